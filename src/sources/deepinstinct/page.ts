// The body of an answer -> a page of items, each with its number and its own text. Judges the
// envelope strictly and the items not at all. Pure.

import { parsedJson } from '../../kit/parsed-json.ts';
import { type Cut, type CutPage, cutMembers, cutPage } from './cut.ts';
import { timeOf } from './time.ts';

export interface WireItem {
  /** As parsed; may be anything. Undefined if its text is no JSON, or costs too much to parse. */
  readonly value: unknown;
  /** Its text in the page, byte for byte. */
  readonly raw: string;
  /** Undefined if it has none that can be used. */
  readonly id: number | undefined;
  /**
   * `insertion_timestamp` as it came, or in ISO 8601 if it came as a number; null if it is no time.
   */
  readonly at: string | null;
}

export interface WirePage {
  /** By number, whatever the order on the wire; items without a number stand last. */
  readonly items: readonly WireItem[];
  /** The number that came first on the wire. */
  readonly firstId: number | undefined;
  /** The highest number of an item; undefined if none has one. */
  readonly newestId: number | undefined;
  /** As the envelope says. Nobody may have seen an item of that number, so it moves no position. */
  readonly lastId: number | undefined;
}

/** The body is no page. The message is the end of a sentence about the answer. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
}

export const emptyPage: WirePage = {
  items: [],
  firstId: undefined,
  newestId: undefined,
  lastId: undefined,
};

/**
 * Real pages have up to 50 events of some 100 values each; what costs more than this is an attack.
 */
const limits = { elementsMax: 1000, othersMax: 1000 };
/** Values in one event that are still parsed, and in all events of a page. */
const eventValuesMax = 20_000;
const pageValuesMax = 200_000;

/**
 * Reads `{last_id, events}`; both may be absent or null on an empty page. An object with neither
 * but with something else is an error message in disguise: if that were taken for an empty page,
 * nobody would notice that nothing is read. An event that is no JSON, or that costs too much to
 * parse, is an item without a value, and the others are as they are.
 * @throws {EnvelopeError}
 */
export function parsePage(body: string): WirePage {
  const page = cutPage(body, 'events', limits);
  if (page === undefined) throw noPage(body);
  if (!page.isWhole) throw new EnvelopeError('is no JSON, or is cut short');
  const { elements = [] } = page;
  const valuesMax = valuesMaxOf(elements);
  const isCheap = elements.every(({ values }) => values <= valuesMax);
  const envelope = isCheap ? parsedJson(body) : undefined;
  return isObject(envelope)
    ? pageOf(envelope, (events) => itemsOf(events, elements))
    : pageOf(envelopeOf(page), () => elements.map((element) => itemOfText(element, valuesMax)));
}

/** What one event may cost: less where the whole page costs too much. */
function valuesMaxOf(elements: readonly Cut[]): number {
  let values = 0;
  for (const element of elements) values += element.values;
  return values <= pageValuesMax
    ? eventValuesMax
    : Math.min(eventValuesMax, pageValuesMax / elements.length);
}

function noPage(body: string): EnvelopeError {
  if (/^\s*\{/.test(body)) {
    return new EnvelopeError(
      `has more than ${limits.elementsMax} events, or more than ${limits.othersMax} values ` +
        'beside them',
    );
  }
  if (/^\s*</.test(body)) return new EnvelopeError('is a web page and no JSON');
  const isJson = /^\s*\[/.test(body) || parsedJson(body.slice(0, 1000)) !== undefined;
  return new EnvelopeError(
    isJson ? 'is JSON, but no object with a list of events' : 'is no JSON, or is cut short',
  );
}

/** The envelope of a page that is not parsed as a whole. */
function envelopeOf({ elements, instead, others }: CutPage): Record<string, unknown> {
  const envelope = Object.fromEntries(
    [...others].map(([key, { text }]) => [key, parsedJson(text) ?? text]),
  );
  const events = elements ?? (instead && (parsedJson(instead.text) ?? instead.text));
  // Beside events, which have numbers of their own, a last_id that cannot be read is none.
  if (
    elements?.length &&
    typeof envelope.last_id === 'string' &&
    numberOf(envelope.last_id) === undefined
  ) {
    delete envelope.last_id;
  }
  return events === undefined ? envelope : { ...envelope, events };
}

function pageOf(
  envelope: Readonly<Record<string, unknown>>,
  read: (events: readonly unknown[]) => WireItem[],
): WirePage {
  const { events } = envelope;
  const last = lastIdOf(envelope.last_id);
  if (events === undefined || events === null) {
    const others = Object.keys(envelope).filter((key) => key !== 'events' && key !== 'last_id');
    if (others.length > 0 || last !== undefined)
      throw new EnvelopeError('is JSON without a list of events');
    return emptyPage;
  }
  if (!Array.isArray(events)) throw new EnvelopeError('has events that are no list');
  const items = read(events);
  const firstId = items.find((item) => item.id !== undefined)?.id;
  const sorted = sortById(items);
  const newestId = sorted.findLast((item) => item.id !== undefined)?.id;
  return { items: sorted, firstId, newestId, lastId: last };
}

function lastIdOf(value: unknown): number | undefined {
  const isNone =
    value === undefined || value === null || value === '' || value === 0 || value === '0';
  const last = isNone ? undefined : numberOf(value);
  if (last === undefined && !isNone) throw new EnvelopeError('has a last_id that is no number');
  return last;
}

/**
 * @returns the number of an item or a page; also out of a numeric text. Undefined if it is none,
 * below 1 or past 2^53, where two would look the same
 */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 1 ? (number as number) : undefined;
}

function itemsOf(events: readonly unknown[], elements: readonly Cut[]): WireItem[] {
  const areTexts = elements.length === events.length;
  return events.map((value, index) =>
    itemOf(value, areTexts ? elements[index]!.text : JSON.stringify(value)),
  );
}

function itemOf(value: unknown, raw: string): WireItem {
  if (!isObject(value)) return { value, raw, id: undefined, at: null };
  const inserted = value.insertion_timestamp;
  const time = timeOf(inserted);
  const at = time !== null && typeof inserted === 'string' ? inserted : time;
  return { value, raw, id: numberOf(value.id), at };
}

function itemOfText({ text, values }: Cut, valuesMax: number): WireItem {
  const value = values <= valuesMax ? parsedJson(text) : undefined;
  if (value !== undefined) return itemOf(value, text);
  const id = cutMembers(text, ['id']).get('id') ?? '';
  // Digits alone, or in quotes: `007` too, which no JSON may be.
  const [, digits] = /^"?(\d{1,20})"?$/.exec(id) ?? [];
  return { value: undefined, raw: text, id: numberOf(digits), at: null };
}

function sortById(items: readonly WireItem[]): WireItem[] {
  return items.toSorted(
    (a, b) => (a.id ?? Number.POSITIVE_INFINITY) - (b.id ?? Number.POSITIVE_INFINITY) || 0,
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
