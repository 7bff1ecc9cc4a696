// Hostile text made safe: the one neutral form from which every sink escapes. Knows no sink's
// syntax, does no I/O. Every function is linear in its input and returns the text itself when there
// is nothing to do.
import { holdsPrivateUse, withControlsShown, withUnseenShown } from './unseen.ts';

/**
 * NUL, and surrogates without their other half: `text` columns refuse the first, `jsonb` both, and
 * some chat servers answer 500.
 */
const unstorable = /[\0\p{Surrogate}]/u;
const unstorableAll = /[\0\p{Surrogate}]/gu;

/**
 * Valid Unicode without NUL: NUL removed, each lone surrogate replaced by U+FFFD. Nothing else is
 * touched.
 */
export function validText(text: string): string {
  if (!unstorable.test(text)) return text;
  return text.replace(unstorableAll, (found) => (found === '\0' ? '' : '\uFFFD'));
}

const printableAscii = /^[\x20-\x7E]*$/;
const lineBreak = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

export interface NeutralOptions {
  /**
   * Keep line breaks (as `\n`) and tabs; otherwise a line break becomes a visible `⏎` and a tab a
   * space.
   */
  readonly multiline: boolean;
}

/**
 * The neutral form: valid Unicode; whatever is invisible, a control character, or turns the reading
 * direction is written out as `\u{202E}`, unless its script needs it there. Idempotent. Not escaped
 * for any syntax.
 */
export function neutralText(text: string, options: NeutralOptions): string {
  if (printableAscii.test(text)) return text;
  const brokenAs = options.multiline ? '\n' : '⏎';
  const tabAs = options.multiline ? '\t' : ' ';
  const visible = withControlsShown(text.replace(lineBreak, brokenAs).replaceAll('\t', tabAs));
  return withUnseenShown(validText(visible));
}

/**
 * Whether one line of text is its own neutral form: everything in it is seen, and nothing obeyed.
 */
export function isNeutral(text: string): boolean {
  return neutralText(text, { multiline: false }) === text;
}

/**
 * Whether one line of text may name somebody or something: all of it is seen, nothing is obeyed, and
 * every reader sees the same.
 */
export function isFitForName(text: string): boolean {
  return isNeutral(text) && !holdsPrivateUse(text);
}

/** Length as people, databases and most chat servers count it: a surrogate pair is one. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    if (isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1))) length -= 1;
  }
  return length;
}

/**
 * At most `codePointsMax` code points: head and tail are kept, and `…` stands for what was between,
 * because the end of a path is the file's name. Never splits a surrogate pair; splits a grapheme
 * only if it is longer than any honest one.
 */
export function cutMiddle(text: string, codePointsMax: number): string {
  if (text.length <= codePointsMax) return text;
  // Above twice as many units nothing needs to be counted.
  if (text.length <= 2 * codePointsMax && codePointLength(text) <= codePointsMax) return text;
  if (codePointsMax < 1) return '';
  const tailMax = Math.floor((codePointsMax - 1) / 2);
  const headMax = codePointsMax - 1 - tailMax;
  const headEnd = graphemeStart(text, after(text, headMax));
  const tailStart = graphemeEnd(text, before(text, tailMax));
  return `${text.slice(0, headEnd)}…${text.slice(tailStart)}`;
}

/** Index after the first `count` code points. */
function after(text: string, count: number): number {
  let index = 0;
  for (let left = count; left > 0 && index < text.length; left -= 1) {
    index += isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1)) ? 2 : 1;
  }
  return index;
}

/** Index before the last `count` code points. */
function before(text: string, count: number): number {
  let index = text.length;
  for (let left = count; left > 0 && index > 0; left -= 1) {
    index -= isLow(text.charCodeAt(index - 1)) && isHigh(text.charCodeAt(index - 2)) ? 2 : 1;
  }
  return index;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** UTF-16 units looked at on each side of a cut; the longest emoji in use has about twenty. */
const graphemeReach = 32;

/** `index`, moved back to where its grapheme begins. */
function graphemeStart(text: string, index: number): number {
  const grapheme = graphemeAt(text, index);
  return grapheme === undefined ? index : grapheme.start;
}

/** `index`, moved on to where its grapheme ends, unless it begins there. */
function graphemeEnd(text: string, index: number): number {
  const grapheme = graphemeAt(text, index);
  return grapheme === undefined || grapheme.start === index ? index : grapheme.end;
}

/**
 * The grapheme around `index`; undefined at either end of the text, or if it is longer than we
 * look.
 */
function graphemeAt(text: string, index: number): { start: number; end: number } | undefined {
  if (index <= 0 || index >= text.length) return undefined;
  // Cheap and usual: two plain ASCII neighbours never belong together once CRLF is gone.
  if (text.charCodeAt(index - 1) < 0x80 && text.charCodeAt(index) < 0x80) return undefined;
  const from = pairStart(text, Math.max(0, index - graphemeReach));
  const to = pairStart(text, Math.min(text.length, index + graphemeReach));
  const found = segmenter.segment(text.slice(from, to)).containing(index - from);
  if (found === undefined) return undefined;
  const start = from + found.index;
  const end = start + found.segment.length;
  const isWhole = (start > from || from === 0) && (end < to || to === text.length);
  return isWhole ? { start, end } : undefined;
}

/** `index`, or the index before it if that would split a surrogate pair. */
function pairStart(text: string, index: number): number {
  return index > 0 && isLow(text.charCodeAt(index)) && isHigh(text.charCodeAt(index - 1))
    ? index - 1
    : index;
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
