// What a reader of a syntax makes of one text at the far end: the words of every oracle.

export interface Reading {
  /** All that can be read in it, targets of links included. */
  readonly seen: string;
  /**
   * Everything that a client makes more of than text, each in words, as often as it is there:
   * `strong`, `link https://…`. What begins with `never` may be there in no message at all.
   */
  readonly active: readonly string[];
}

export type Reader = (text: string) => Reading;

/** What looks like another letter, and is put there by a sink so that a text is not obeyed. */
const lookAlikes: Readonly<Record<string, string>> = {
  ˋ: '`',
  '‹': '<',
  '›': '>',
  '∼': '~',
  '＃': '#',
  '＄': '$',
  '∗': '*',
  '＊': '*',
  '＿': '_',
  '：': ':',
  '＠': '@',
};
const lookAlike = new RegExp(`[${Object.keys(lookAlikes).join('')}]`, 'g');

/**
 * Letters, digits and pictures alone, so that two spellings of one text are equal: how a sink
 * disarms a text is its own affair.
 */
export function folded(text: string): string {
  return text
    .replace(/hxxp/gi, 'http')
    .replace(lookAlike, (sign) => lookAlikes[sign]!)
    .replace(/[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}]/gu, '');
}
