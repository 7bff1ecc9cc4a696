// Three parsers as readers of a post: that of Mattermost's web client (marked 0.3 with the rules of
// its fork), of its phones (commonmark with what their fork adds), and plain CommonMark.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

interface Inline {
  subject: string;
  pos: number;
  brackets: unknown;
  parseInline(block: Node): boolean;
}
interface Node {
  readonly type: string;
  readonly literal: string | null;
  readonly destination: string | null;
  appendChild(child: Node): void;
  walker(): { next(): { entering: boolean; node: Node } | null };
}
interface Commonmark {
  readonly Parser: new () => { inlineParser: Inline; parse(text: string): Node };
  readonly Node: new (type: string) => Node & { literal: string; destination: string };
}
type Rules = Record<string, RegExp>;
interface Marked {
  (text: string, options: object): string;
  readonly Renderer: new () => Record<string, (...parts: string[]) => string>;
  readonly InlineLexer: { readonly rules: Record<string, Rules> };
}
interface Token {
  readonly type: string;
  readonly content: string;
  readonly children: readonly Token[] | null;
  attrGet(name: string): string | null;
}

const commonmark = require('commonmark') as Commonmark;
const marked = require('marked') as Marked;
const MarkdownIt = require('markdown-it') as new (
  options: object,
) => { parse(text: string, env: object): readonly Token[] };

/**
 * What a reader would see as more than text, in its order; code and text without what stands in
 * them.
 */
export type Reader = (markdown: string) => string[];

// From mattermost/marked, lib/marked.js.
const webUrl =
  /^((?:[A-Za-z][A-Za-z\d.+-]*:(?:\/{1,3}|[\p{L}\d%])|www\d{0,3}[.]|[\p{L}\d.-]+[.]\p{L}{2,4}\/)(?:\[[\da-f:]+\]|[^\s`!()[\]{;:'",<>?«»“”‘’\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF5E\u3001\u3002\u300C-\u3011]|[`![\]{;:'",<>?«»“”‘’](?=[^\s()<>])|\((?:[^\s()<>]|(?:\([^\s()<>]+\)))*\))+)/u;
const webRules: Rules = {
  escape: /^\\([`*{}[\]()#+\-.!_>|~]|\\(?!\w))/,
  autolink: /^<((?:[^ >]+(@|:\/)|www\d{0,3}\.)[^ >]+)>/,
  url: webUrl,
  link: /^!?\[((?:\[(?:\\.|[^[\]\\])*\]|\\.|`+[^`]*?`+(?!`)|[^[\]\\`])*)\]\(((?:[^()]|\([^()]*\))*)\)/,
  strong: /^__([\s\S]+?)__(?!_)|^\*\*([\s\S]+?)\*\*(?!\*)/,
  em: /^_([^\s_])_(?!_)|^\*([^\s*"<])\*(?!\*)|^_([^\s][\s\S]*?[^\s_])_(?!_|[^\s!"#$%&'()*+,\-./:;<=>?@\\[^_{|}~])|^_([^\s_][\s\S]*?[^\s])_(?!_|[^\s!"#$%&'()*+,\-./:;<=>?@\\[^_{|}~])|^\*([^\s"<][\s\S]*?[^\s*])\*(?!\*)|^\*([^\s*"<][\s\S]*?[^\s])\*(?!\*)/,
  code: /^(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/,
  br: /^ *\n(?!\s*$)/,
  del: /^~~(?=\S)([\s\S]*?\S)~~/,
  text: /^(`+|[^`])(?:[\s\S]*?(?:(?=[\\<![`*~]|\b[a-z][a-z0-9.+-]{1,31}:|\bwww\d{0,3}\.|\B\$|\b_|$)|[^ ](?= *\n))|(?= *\n))/,
};

/** Of the newest web client; looks at text for what the client makes of it afterwards. */
export const web: Reader = (markdown) => {
  Object.assign(marked.InlineLexer.rules.breaks!, webRules);
  const out: string[] = [];
  const renderer = new marked.Renderer();
  const kinds = [
    'strong',
    'em',
    'del',
    'codespan',
    'code',
    'heading',
    'blockquote',
    'hr',
    'listitem',
    'tablerow',
  ];
  for (const kind of [...kinds, 'html']) {
    renderer[kind] = (inner = '') => {
      if (kind !== 'codespan' && kind !== 'code' && kind !== 'html') activeText(inner, out);
      out.push(kind);
      return '\u0001';
    };
  }
  const link = (kind: string) => (href: string, _title: string, text: string) => {
    activeText(kind === 'link' ? text : '', out);
    out.push(`${kind} ${href}`);
    return '\u0001';
  };
  renderer.link = link('link');
  renderer.image = link('image');
  const rest = marked(markdown, {
    renderer,
    gfm: true,
    tables: true,
    breaks: true,
    sanitize: true,
  });
  activeText(rest.replace(/<[^>]*>/g, '\n'), out);
  return out.sort();
};

function activeText(html: string, out: string[]): void {
  const text = html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
  for (const [mention] of text.matchAll(/(?<![\p{L}\d])[@＠][\p{L}\d][\p{L}\d._-]*/gu))
    out.push(`mention ${mention}`);
  for (const [channel] of text.matchAll(/\B~[a-z0-9_-]+/gi)) out.push(`channel ${channel}`);
  for (const [tag] of text.matchAll(/(?<![\p{L}\d])#\p{L}[\p{L}\d._-]*[\p{L}\d]/gu))
    out.push(`tag ${tag}`);
  for (const [mail] of text.matchAll(/[\p{L}\d._%+-]+@[\p{L}\d.-]+[.]\p{L}{2,5}/gu))
    out.push(`mail ${mail}`);
  for (const [emoji] of text.matchAll(/:[a-z0-9_+-]*[a-z][a-z0-9_+-]*:/gi))
    out.push(`emoji ${emoji}`);
  for (const [face] of text.matchAll(/(?<!\w)(?:x-d|:-?[()dops|/]|;-?\)|<\/?3)(?!\w)/gi))
    out.push(`face ${face}`);
}

// From mattermost/commonmark.js, lib/inlines.js: what it looks for before it looks for code.
const mailCharacters = String.raw`\p{L}\p{Nd}!#$%&'*+\-/=?^_\x60{|}~`;
const mailStart = String.raw`(?:[${mailCharacters}](?:[${mailCharacters}]|\.(?!\.|@))*|"[${mailCharacters}\s(),:;<>@[\].]+")@`;
const phoneRules: readonly (readonly [kind: string, first: RegExp, rule: RegExp])[] = [
  ['mention', /@/, /^@([a-z][a-z0-9._-]*)/i],
  ['channel', /~/, /^~(?!~)([a-z0-9_-]+)/i],
  ['emoji', /:/, /^:([a-z0-9_\-+]+):\B/i],
  [
    'face',
    /[:;xX&<]/,
    /^(?:x-d|:-?\)|;-?\)|:o|:-o|:-?\]|:-?d|:-?p|:-?[[@]|:-?\(|:[`'’]-?\(|:-?\/|:-?s|:-?\||:-?\$|:-x|<3|&lt;3|<\/3|&lt;\/3)(?=$|\W)/i,
  ],
  ['tag', /#/, /^#(\p{L}[\p{L}\d\-_.]*[\p{L}\d])/u],
  ['formula', /\$/, /^\$([^$\n]+)\$(?!\w)/],
  [
    'mail',
    /[^`\\*_[\]!]/,
    new RegExp(String.raw`^${mailStart}[\p{L}\d.\-]+[.]\p{L}{2,4}(?=$|[^\p{L}])`, 'u'),
  ],
  [
    'link',
    /[^`\\*_[\]!]/,
    /^(?:[A-Za-z][A-Za-z\d\-.+]*:(?:\/{1,3}|[\p{L}\d%])|www\d{0,3}[.]|[\p{L}\d.-]+[.]\p{L}{2,4}\/)(?:\[[\da-f:]+\]|[^\s`!()[\]{;:'",<>?«»“”‘’*_]|[*_]+(?=[^_*\s])|[`![\]{;:'",<>?«»“”‘’](?=[^\s()<>])|\((?:[^\s()<>]|(?:\([^\s()<>]+\)))*\))+/iu,
  ],
];

function phoneParser() {
  const parser = new commonmark.Parser();
  const { inlineParser } = parser;
  const usual = inlineParser.parseInline;
  inlineParser.parseInline = function (block) {
    const rest = this.subject.slice(this.pos);
    if (rest === '') return false;
    const before = this.subject[this.pos - 1] ?? ' ';
    const first = String.fromCodePoint(rest.codePointAt(0)!);
    for (const [kind, begins, rule] of phoneRules) {
      if (!begins.test(first) || !/\W/.test(before) || this.brackets) continue;
      const found = rule.exec(rest)?.[0];
      if (found === undefined) continue;
      const node = new commonmark.Node('link');
      node.destination = `${kind} ${found}`;
      block.appendChild(node);
      this.pos += found.length;
      return true;
    }
    // One character at a time, since any of these may begin at the next.
    if (/[\n`\\*_[\]!<&'"]/.test(first)) return usual.call(this, block);
    const text = new commonmark.Node('text');
    text.literal = first;
    block.appendChild(text);
    this.pos += first.length;
    return true;
  };
  return parser;
}

const phones = phoneParser();

export const phone: Reader = (markdown) => {
  const out: string[] = [];
  const walker = phones.parse(markdown).walker();
  for (let step = walker.next(); step !== null; step = walker.next()) {
    const { type, destination } = step.node;
    if (!step.entering || /^(text|document|paragraph|softbreak|linebreak)$/.test(type)) continue;
    out.push(type === 'link' ? `link ${destination}` : type);
  }
  return out.sort();
};

const markdownIt = new MarkdownIt({ breaks: true, html: false });

export const plain: Reader = (markdown) => {
  const out: string[] = [];
  const look = (tokens: readonly Token[]): void => {
    for (const token of tokens) {
      look(token.children ?? []);
      if (token.type === 'text') activeText(token.content, out);
      else if (!/^(inline|paragraph_|softbreak|hardbreak)|_close$/.test(token.type))
        out.push(`${token.type} ${token.attrGet('href') ?? ''}`);
    }
  };
  look(markdownIt.parse(markdown, {}));
  return out.sort();
};

export const readers: Readonly<Record<string, Reader>> = { web, phone, plain };
