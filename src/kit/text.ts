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
 * marks on one than a reader can tell apart: a tenth of the price of looking for what is unseen.
 */
const seenSigns = String.raw`\x20-\x7E\xA1-\xAC\xAE-\u02AF\u0E01-\u0E30\u0E32\u0E33\u0E3F-\u0E46\u0E4F-\u0E5B\u2026\u23CE\u3041-\u3096\u30A1-\u30FA\u4E00-\u9FFF\uAC00-\uD7A3`;
const seenMarks = String.raw`[\u0E31\u0E34-\u0E3A\u0E47-\u0E4E]{0,8}`;
const seen = new RegExp(`^(?:[${seenSigns}]${seenMarks})*$`);
const seenLines = new RegExp(`^(?:[\\t\\n${seenSigns}]${seenMarks})*$`);
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
  const isSeen = options.multiline ? seenLines : seen;
  if (isSeen.test(text)) return text;
  const brokenAs = options.multiline ? '\n' : '⏎';
  const tabAs = options.multiline ? '\t' : ' ';
  const broken = text.replace(lineBreak, brokenAs).replaceAll('\t', tabAs);
  if (broken !== text && isSeen.test(broken)) return broken;
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
