// Reads the part of Mattermost's Markdown that a card uses into a small tree. markdown-it parses
// it, and this file keeps what the page draws. It yields no HTML, and no URLs but http and https.
import MarkdownIt from 'markdown-it';
import { inlinesOf } from './inline.ts';
import type { Block, Inline, Token } from './tree.ts';

export type { Block, Inline } from './tree.ts';

/**
 * How far to look for the end of an address, so that hostile text takes no longer than honest text.
 */
const addressMax = 2000;

const parser = createParser();

function createParser(): MarkdownIt {
  const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true });
  // Mattermost does not know these, or draws them differently: entities, references, underlined
  // headings, addresses in angle brackets. NUL stays unchanged.
  markdown.disable(['entity', 'reference', 'lheading', 'autolink', 'normalize', 'text_join']);
  // Finds addresses once in the whole text; a search at each colon takes hours on hostile text.
  markdown.inline.ruler.disable('linkify');
  markdown.validateLink = (url) => /^https?:\/\//i.test(url);
  markdown.normalizeLink = (url) => url;
  markdown.normalizeLinkText = (text) => text;
  const { parseLinkDestination } = markdown.helpers;
  markdown.helpers.parseLinkDestination = (text, from, to) =>
    parseLinkDestination(text, from, Math.min(to, from + addressMax));
  const { linkify } = markdown;
  linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  for (const schema of ['ftp:', 'mailto:', '//']) linkify.add(schema, null as never);
  linkify.add('http:', { validate: (text, at) => lengthOfRest(text, at, '//') });
  linkify.add('https:', 'http:');
  linkify.add('www.', {
    validate: (text, at) => lengthOfRest(text, at, ''),
    normalize: (match) => {
      match.url = `http://${match.url}`;
    },
  });
  return markdown;
}

/** The length of a bare address behind its scheme; 0 if it is none. */
function lengthOfRest(text: string, at: number, begin: '//' | ''): number {
  if (!text.startsWith(begin, at)) return 0;
  const from = at + begin.length;
  const [rest = ''] = /^[^\s<>"'`\\*]+/.exec(text.slice(from, from + addressMax)) ?? [];
  const { length } = rest.replace(/[.,;:!?)\]]+$/, '');
  return length === 0 ? 0 : begin.length + length;
}

export function parseMarkdown(text: string): Block[] {
  return new Reader(parser.parse(text.replace(/\r\n?/g, '\n'), {})).blocks();
}

/** Reads markdown-it's flat list of tokens, in which each block is opened and closed. */
class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Reads up to the end of the block that was opened last. */
  blocks(): Block[] {
    const blocks: Block[] = [];
    for (let token = this.#take(); token !== undefined; token = this.#take()) {
      if (token.nesting < 0) break;
      const block = this.#blockOf(token);
      if (block !== undefined) blocks.push(block);
    }
    return blocks;
  }

  #take(): Token | undefined {
    const token = this.#tokens[this.#next];
    this.#next += 1;
    return token;
  }

  #blockOf(token: Token): Block | undefined {
    switch (token.type) {
      case 'paragraph_open':
        return { kind: token.hidden ? 'line' : 'paragraph', children: this.#inlines() };
      case 'heading_open':
        return { kind: 'heading', level: Number(token.tag.slice(1)), children: this.#inlines() };
      case 'fence':
      case 'code_block':
        return { kind: 'fence', text: token.content.replace(/\n$/, '') };
      case 'blockquote_open':
        return { kind: 'quote', blocks: this.blocks() };
      case 'bullet_list_open':
      case 'ordered_list_open':
        return { kind: 'list', isOrdered: token.tag === 'ol', items: this.#items() };
      case 'table_open':
        return { kind: 'table', rows: this.#rows() };
      case 'hr':
        return { kind: 'rule' };
      default:
        return undefined;
    }
  }

  /** Reads a block that holds nothing but text. */
  #inlines(): Inline[] {
    const token = this.#take();
    this.#take();
    return inlinesOf(token?.children ?? []);
  }

  #items(): Block[][] {
    const items: Block[][] = [];
    while (this.#take()?.type === 'list_item_open') items.push(this.blocks());
    return items;
  }

  #rows(): Inline[][][] {
    const rows: Inline[][][] = [];
    for (let token = this.#take(); token && token.type !== 'table_close'; token = this.#take()) {
      if (token.type === 'tr_open') rows.push([]);
      if (token.type === 'inline') rows.at(-1)?.push(inlinesOf(token.children ?? []));
    }
    return rows;
  }
}
