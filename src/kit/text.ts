// Makes hostile text safe: the one neutral form from which every sink escapes. Knows the syntax of
// no sink, does no I/O. Every function is linear in its input and returns the text itself if there
// is nothing to change.
import { holdsPrivateUse, withControlsShown, withUnseenShown } from './unseen.ts';

/**
 * NUL and lone surrogates: `text` columns refuse NUL, `jsonb` refuses both, and some chat servers
 * answer 500.
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

/**
 * Letters and signs of Latin, Thai, Chinese, Japanese and Korean that everybody sees, with no more
 * marks on one than a reader can tell apart: a twentieth of the price of looking for what is
 * unseen. First and last of each range, in turn.
 */
const seenSigns = [
  0x20, 0x7e, 0xa1, 0xac, 0xae, 0x2af, 0xe01, 0xe30, 0xe32, 0xe33, 0xe3f, 0xe46, 0xe4f, 0xe5b,
  0x2026, 0x2026, 0x23ce, 0x23ce, 0x3041, 0x3096, 0x30a1, 0x30fa, 0x4e00, 0x9fff, 0xac00, 0xd7a3,
];
const seenMarks = [0xe31, 0xe31, 0xe34, 0xe3a, 0xe47, 0xe4e];
const seenMarksMax = 8;

const [signKind, markKind] = [1, 2];
/** By UTF-16 unit; 0 for all others. */
const seenKinds = new Uint8Array(0x10000);
fill(seenSigns, signKind);
fill(seenMarks, markKind);

function fill(ranges: readonly number[], kind: number): void {
  for (let at = 0; at < ranges.length; at += 2)
    seenKinds.fill(kind, ranges[at], ranges[at + 1]! + 1);
}

/** Whether everything in a text is seen; false may be wrong. */
function isSeen(text: string, multiline: boolean): boolean {
  // Nothing for a mark to stand on yet.
  let marks = seenMarksMax;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const kind = seenKinds[unit];
    if (kind === markKind) {
      marks += 1;
      if (marks > seenMarksMax) return false;
    } else if (kind === signKind || (multiline && (unit === 0x09 || unit === 0x0a))) marks = 0;
    else return false;
  }
  return true;
}

const lineBreak = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

export interface NeutralOptions {
  /**
   * True keeps line breaks (as `\n`) and tabs. Otherwise a line break becomes a visible `⏎`, and a
   * tab becomes a space.
   */
  readonly multiline: boolean;
}

/**
 * The neutral form: valid Unicode in which control characters, invisible characters and those that
 * turn the reading direction are written out as `\u{202E}`, unless their script needs them.
 * Idempotent. Not escaped for any syntax.
 */
export function neutralText(text: string, options: NeutralOptions): string {
  const { multiline } = options;
  if (isSeen(text, multiline)) return text;
  const brokenAs = multiline ? '\n' : '⏎';
  const tabAs = multiline ? '\t' : ' ';
  const broken = text.replace(lineBreak, brokenAs).replaceAll('\t', tabAs);
  if (broken !== text && isSeen(broken, multiline)) return broken;
  return withUnseenShown(validText(withControlsShown(broken)));
}

/**
 * Whether one line of text is its own neutral form: a reader sees everything in it, and nothing is
 * obeyed.
 */
export function isNeutral(text: string): boolean {
  return neutralText(text, { multiline: false }) === text;
}

/**
 * Whether one line of text may name somebody or something: a reader sees all of it, nothing is
 * obeyed, and it looks the same to every reader.
 */
export function isFitForName(text: string): boolean {
  return isNeutral(text) && !holdsPrivateUse(text);
}

/** The length as databases and most chat servers count it: a surrogate pair is one. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    if (isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1))) length -= 1;
  }
  return length;
}

/**
 * Cuts a text to `codePointsMax` code points. It keeps head and tail with `…` between them, because
 * a path ends with the file's name. It never splits a surrogate pair, and a grapheme only if it is
 * longer than any honest one.
 */
export function cutMiddle(text: string, codePointsMax: number): string {
  if (text.length <= codePointsMax) return text;
  // A text of more than twice as many units is too long, without counting.
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
/** How many UTF-16 units to look at on each side of a cut. The longest emoji has about twenty. */
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
 * The grapheme around `index`; undefined at either end of the text, or if the grapheme is longer
 * than `graphemeReach`.
 */
function graphemeAt(text: string, index: number): { start: number; end: number } | undefined {
  if (index <= 0 || index >= text.length) return undefined;
  // The usual case: two ASCII characters are never one grapheme once CRLF is gone.
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
