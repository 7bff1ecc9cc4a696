// Texts of a card in Mattermost's Markdown, in which nothing of others is obeyed: each part by its
// kind, and what touches a value apart from it. Pure.
import type { Part, Text } from '../../kit/card.ts';
import { code, fence, strongCode, words, zeroWidthSpace } from './escape.ts';
import { linkOf } from './link.ts';

/** One text, as it stands in a message. */
export function markdown(text: Text): string {
  return together(text, partOf);
}

/** For what clients put into `**`: no emphasis and no link of its own. */
export function strongText(text: Text): string {
  return together(text, strongPartOf);
}

/**
 * Phones find an e-mail address (`/` and `a@b.co`) before code, which takes the back-tick away, and
 * two values share their back-ticks: something that nobody sees parts a value from what it touches.
 */
function together(text: Text, made: (part: Part) => string): string {
  if (text.length === 1) return made(text[0]!);
  let shown = '';
  let before = '';
  let isTime = false;
  for (const part of text) {
    const next = made(part);
    if (isValue(part) ? !ends(before) : isTime && goesOn.test(next)) shown += zeroWidthSpace;
    shown += next;
    before = next;
    isTime = part.kind === 'time';
  }
  return shown;
}

/** `+07:00` and `a:` are an emoji together. */
const goesOn = /^[^ ),.;]/;

/** What ends no word, so that nothing goes on from it into a value. */
function ends(before: string): boolean {
  if (before === '') return true;
  const last = before.charCodeAt(before.length - 1);
  return last === 0x20 || last === 0x28 || last === 0x200b;
}

function strongPartOf(part: Part): string {
  if (isValue(part)) return strongCode(part.text);
  return part.kind === 'time' ? part.text : words(part.text);
}

function isValue({ kind }: Part): boolean {
  return kind === 'code' || kind === 'prose' || kind === 'block';
}

/** One part alone. */
export function partOf(part: Part): string {
  switch (part.kind) {
    case 'word':
      return part.isStrong ? strong(part.text) : words(part.text);
    case 'time':
      return part.text;
    case 'link': {
      const href = linkOf(part.url);
      return href === undefined ? words(part.text) : `[${words(part.text)}](${href})`;
    }
    case 'block':
      return fence(part.text);
    // A word in running text notifies whoever has it among the own keywords.
    case 'prose':
    case 'code':
      return code(part.text);
  }
}

/** Blanks inside of it would keep the asterisks from being read. */
function strong(text: string): string {
  const inner = text.trim();
  if (inner === '') return text;
  const start = text.indexOf(inner);
  return `${text.slice(0, start)}**${words(inner)}**${text.slice(start + inner.length)}`;
}
