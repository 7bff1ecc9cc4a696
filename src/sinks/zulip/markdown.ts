// A text of a card in Zulip's Markdown, in which nothing of others is obeyed. Zulip has no escape
// for its signs: they look alike, or something that no one sees parts them from what follows. Pure.
import type { Part, Text } from '../../kit/card.ts';
import { codePointLength } from '../../kit/text.ts';

const lookAlikes = {
  '`': 'ˋ',
  '*': '∗',
  '~': '∼',
  '[': '［',
  ']': '］',
} as const;
const nothing = '\u200B';

/** One text a line. A block stands on lines of its own. */
export function lineOf(text: Text): string {
  const line = text.map(partOf).reduce(apart, '');
  // At the beginning of a line Zulip looks for headings, lists, quotes and tables.
  return /^[\s#>|=+\-\d]/.test(line) && !line.startsWith('\n') ? `${nothing}${line}` : line;
}

/** @param url of the configuration, never of an event */
export function link(url: string, text: string): string {
  const address = new URL(url).href.replace(/[()*`[\]]/g, encoded);
  return `[${inert(text).replace(/[[\]]/g, alike)}](${address})`;
}

/** Code points that it adds to a message. */
export function weightOf(part: Part): number {
  return codePointLength(partOf(part));
}

/** Of two signs side by side Zulip may take the wrong pair. */
function apart(one: string, next: string): string {
  return /[`*]$/.test(one) && /^[`*]/.test(next) ? `${one}${nothing}${next}` : one + next;
}

function partOf(part: Part): string {
  const { kind, text } = part;
  if (kind === 'link') return link(part.url, text);
  if (kind === 'block') return `\n\`\`\`text\n${coded(text)}\n\`\`\``;
  if (kind === 'code' || kind === 'prose') return `\`${coded(text)}\``;
  const isStrong = kind === 'word' && part.isStrong === true && text.trim() !== '';
  return isStrong ? strongOf(text) : inert(text);
}

/** Blanks at the edges are no part of what is strong. */
function strongOf(text: string): string {
  const [, before = '', inner = '', after = ''] = /^(\s*)(.*?)(\s*)$/su.exec(text)!;
  return `${before}**${inert(inner)}**${after}`;
}

function coded(text: string): string {
  return text.replaceAll('`', lookAlikes['`']);
}

/** Words in which nothing is obeyed. */
function inert(text: string): string {
  return text
    .replace(/[`*~]/g, alike)
    .replace(/\](?=\()|[@#$:/.!&<\\](?!\s)/g, (sign) => `${sign}${nothing}`);
}

function alike(sign: string): string {
  return lookAlikes[sign as keyof typeof lookAlikes];
}

function encoded(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
}
