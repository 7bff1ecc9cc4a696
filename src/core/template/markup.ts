// What a template's own text may mark up, whatever sink it goes to: `**strong**` and
// `[words](https://…)`. Values stand in it as markers until the text is parts, so that nothing in a
// value is ever read as markup. Pure.
import type { Part, Text } from '../../kit/card.ts';
import { neutralText } from '../../kit/text.ts';

/** What a marker stands for. */
export interface Value {
  readonly part: Part;
  /** Letters, digits and `%` alone: it may be a part of an address, and ends none. */
  readonly isOfAddress: boolean;
}

/** Private use. Those of a value are not looked at, since values are not in the text. */
const begin = '\uE000';
const end = '\uE001';

export function markerOf(index: number): string {
  return `${begin}${index}${end}`;
}

/** Whether `text` is the marker of one of `values` and nothing else. */
export function isMarker(text: string, values: readonly Value[]): boolean {
  const [, index] = wholeMarker.exec(text) ?? [];
  return index !== undefined && values[Number(index)] !== undefined;
}

const wholeMarker = /^\uE000(\d{1,6})\uE001$/;
const marker = /\uE000(\d{1,6})\uE001/g;
const token =
  /\*\*([^*]+)\*\*|\[([^[\]\uE000\uE001]+)\]\(((?:\uE000|https?:\/\/)[^\s()]+)\)|\uE000(\d{1,6})\uE001/g;
/** What was cut out of a marker by a filter. */
const strays = /[\uE000\uE001]/g;

/** Its lines without blanks around them, and without empty ones. */
export function linesOf(text: string, values: readonly Value[]): readonly Text[] {
  return text
    .trim()
    .split(/\s*\n\s*/)
    .map((line) => partsOf(line, values, false))
    .filter((line) => line.length > 0);
}

function partsOf(text: string, values: readonly Value[], isStrong: boolean): Text {
  const found: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(token)) {
    addWords(text.slice(at, match.index), isStrong, found);
    addToken(match, values, found);
    at = match.index + match[0].length;
  }
  addWords(text.slice(at), isStrong, found);
  return found;
}

function addToken(match: RegExpMatchArray, values: readonly Value[], found: Part[]): void {
  const [, strong, label, target, index] = match;
  if (strong !== undefined) found.push(...partsOf(strong, values, true));
  else if (target !== undefined) addLink(label!, target, values, found);
  else if (values[Number(index)] !== undefined) found.push(values[Number(index)]!.part);
}

/** Words and values as they stand, if it is no address or a value could lead elsewhere. */
function addLink(label: string, target: string, values: readonly Value[], found: Part[]): void {
  const url = addressOf(target, values);
  if (url === undefined) {
    addWords(`[${label}](`, false, found);
    found.push(...partsOf(target, values, false));
    addWords(')', false, found);
  } else found.push({ kind: 'link', text: shownWords(label), url });
}

function addressOf(target: string, values: readonly Value[]): string | undefined {
  let isSafe = true;
  const url = target.replace(marker, (_all, index) => {
    const value = values[Number(index)];
    if (value?.part.kind === 'link') return value.part.url;
    if (value?.isOfAddress !== true) isSafe = false;
    return value?.part.text ?? '';
  });
  return isSafe && /^https?:\/\//.test(url) && URL.canParse(url) ? url : undefined;
}

function addWords(text: string, isStrong: boolean, found: Part[]): void {
  const words = shownWords(text);
  if (words !== '') found.push({ kind: 'word', text: words, ...(isStrong && { isStrong }) });
}

function shownWords(text: string): string {
  return neutralText(text.replace(strays, ''), { multiline: false });
}
