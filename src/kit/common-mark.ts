// Texts of a card in CommonMark, in which nothing of others is obeyed: values are code, words are
// escaped. For products that read Markdown and add no syntax of their own but links. Pure.
import type { Part, Text } from './card.ts';
import { defanged } from './defang.ts';
import { isStrong, withStrongJoined } from './strong.ts';

/** One text, as a line of its own; a block is below it, within a fence. */
export function commonMark(text: Text): string {
  let shown = '';
  for (const next of withStrongJoined(text).map(marked)) {
    // Two values that touch would share their back-ticks.
    const touches = shown.endsWith('`') && next.startsWith('`');
    shown += touches ? ` ${next}` : next;
  }
  return shown.replace(beginning, (found, digits = '') =>
    digits === '' ? `\\${found}` : `${digits}\\${found.slice(digits.length)}`,
  );
}

/** Lines below each other, in products that join lines and in those that do not. */
export function commonMarkLines(lines: readonly Text[]): string {
  return lines.map(commonMark).join('  \n');
}

/** What a part weighs at most. */
export function commonMarkWeight(part: Part): number {
  return marked(part).length + 3;
}

/** A list, a rule or a heading; escaped signs and code begin neither. */
const beginning = /^(?:[-+=]|(\d{1,9})[.)])/;

function marked(part: Part): string {
  switch (part.kind) {
    case 'word':
      return isStrong(part) ? strong(part.text) : escaped(part.text);
    case 'time':
      return escaped(part.text);
    case 'link':
      return `[${escaped(part.text)}](<${new URL(part.url).href.replace(/[<>]/g, encodeURIComponent)}>)`;
    case 'block':
      return part.text.includes('\n') ? `\n\`\`\`\n${inert(part.text)}\n\`\`\`` : code(part.text);
    case 'prose':
    case 'code':
      return code(part.text);
  }
}

/** Blanks at its edge would keep the asterisks from being read. */
function strong(text: string): string {
  const inner = text.trim();
  if (inner === '') return escaped(text);
  const start = text.indexOf(inner);
  return `${text.slice(0, start)}**${escaped(inner)}**${text.slice(start + inner.length)}`;
}

function code(text: string): string {
  return text === '' ? '' : `\`${inert(text)}\``;
}

/** Code has no escape: what would end it is a letter that looks like it. */
function inert(text: string): string {
  return defanged(text).replaceAll('`', 'ˋ');
}

/** A backslash is no help where a program looks for names, tags and emoji: signs that look like it. */
const lookAlikes: Readonly<Record<string, string>> = { '@': '＠', '#': '＃', ':': '：', '`': 'ˋ' };
const acting = /[\\*_[\]<>|~!$&"`@#]|:(?=[\w+-])/g;

function escaped(text: string): string {
  return defanged(text).replace(acting, (sign) => lookAlikes[sign] ?? `\\${sign}`);
}
