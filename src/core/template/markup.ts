// The markup that a template's own text may use, whatever the sink: `**strong**` and
// `[words](https://…)`. Until the text is split into parts, markers stand for values, so that
// nothing in a value is ever read as markup. Pure.
import type { Part, Text } from '../../kit/card.ts';
import { neutralText } from '../../kit/text.ts';

/** What a marker stands for. */
export interface Value {
  readonly part: Part;
  /** Letters, digits and `%` alone: it may be a part of an address, and ends none. */
  readonly isOfAddress: boolean;
}

/** Private use. A value may hold them too, but values are not in the text. */
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
/** What is left of a marker that a filter cut. */
const strays = /[\uE000\uE001]/g;

/** The lines of `text`, trimmed, without empty ones. */
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

/** A link; words and values if it is no address, or if a value could make it lead elsewhere. */
function addLink(label: string, target: string, values: readonly Value[], found: Part[]): void {
  const url = addressOf(target, values);
  if (url === undefined) {
    addWords(`[${label}](`, false, found);
    found.push(...partsOf(target, values, false));
    addWords(')', false, found);
  } else found.push({ kind: 'link', text: shownWords(label), url });
}

/** A value before the path: it would choose the host, since browsers decode one. */
const valueInHost = /^https?:\/\/[^/?#\\]*\uE000/;

function addressOf(target: string, values: readonly Value[]): string | undefined {
  if (valueInHost.test(target)) return undefined;
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
