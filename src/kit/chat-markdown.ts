// Texts of a card in the Markdown of chats, of which each client reads another part. It relies on no
// backslash: signs that act are replaced by look-alikes, or kept from acting by a blank that nobody
// sees. Pure; linear.
import type { Part, Text } from './card.ts';
import { defanged } from './defang.ts';

/** Where the Markdown of chats differs. */
export interface ChatSyntax {
  /** Around strong words. */
  readonly strong: '*' | '**';
  /** @param text in which nothing acts any more */
  link(url: string, text: string): string;
}

const unseenBlank = '\u200B';
const lookAlikes: Readonly<Record<string, string>> = {
  '`': 'ˋ',
  '*': '∗',
  '~': '∼',
  '|': '¦',
  '<': '‹',
  '\\': '⧵',
  _: '＿',
};

/**
 * What acts in running text: a colon by what follows it at once, a full stop within a word, an
 * underscore unless it is within a word of ASCII.
 */
const acting =
  /[`*~|<\\\]#@＠﹫]|_(?<![A-Za-z0-9]_(?=[A-Za-z0-9]))|:(?! |$)|;(?=-?\))|&(?=#|[A-Za-z0-9])|\$(?=\$)|\.(?<=[\p{L}\d]\.)(?=\p{L})/gu;

/** Words outside of code, in which nothing acts. */
export function inertWords(text: string): string {
  return defanged(text).replace(acting, (sign) => lookAlikes[sign] ?? `${sign}${unseenBlank}`);
}

/** One text. A value of others is code, in which nothing links, pings or ends it. */
export function chatMarkdown(text: Text, syntax: ChatSyntax): string {
  let shown = '';
  let isTime = false;
  for (const part of text) {
    const next = partOf(part, syntax);
    // Within a word, some clients take a back-tick for no beginning of code and no end.
    if (touches.test(shown.slice(-1) + next.slice(0, 1))) shown += ' ';
    // `+07:00` and `a:` would be an emoji together.
    else if (isTime && /^[^\s),.;]/.test(next)) shown += unseenBlank;
    shown += next;
    isTime = part.kind === 'time';
  }
  return shown;
}
const touches = /[\p{L}\p{M}\p{N}`]`|`[\p{L}\p{M}\p{N}]/u;

/** The beginning of a list, a quote, a rule or a line under a heading. */
const begins = /^(?:[-+=>]|\d{1,9}[.)])/;

/** The same as a line of its own. */
export function chatLine(text: Text, syntax: ChatSyntax): string {
  const shown = chatMarkdown(text, syntax);
  return begins.test(shown) ? `${unseenBlank}${shown}` : shown;
}

function partOf(part: Part, { strong, link }: ChatSyntax): string {
  switch (part.kind) {
    case 'word': {
      const [, before = '', words = '', after = ''] = /^(\s*)(.*?)(\s*)$/su.exec(part.text) ?? [];
      const isStrong = part.isStrong === true && words !== '';
      return isStrong
        ? `${before}${strong}${inertWords(words)}${strong}${after}`
        : inertWords(part.text);
    }
    case 'time':
      return part.text;
    case 'link':
      return link(safeHref(part.url), inertWords(part.text).replace(/[[\]]/g, bracket));
    case 'block':
      return `\`\`\`\n${inertCode(part.text)}\n\`\`\``;
    default:
      return `\`${inertCode(part.text)}\``;
  }
}

/** One that ends no text of a link. */
function bracket(sign: string): string {
  return sign === '[' ? '［' : '］';
}

/** Some clients look for mentions and links in angle brackets before they look for code. */
function inertCode(text: string): string {
  return defanged(text)
    .replaceAll('`', lookAlikes['`']!)
    .replace(/<(?=[@#!:/a-z])/gi, lookAlikes['<']!);
}

/** In which nothing ends the link that it stands in. */
function safeHref(url: string): string {
  return new URL(url).href.replace(
    /[()<>|\\`*\s]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
