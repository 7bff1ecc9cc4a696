// The body of an answer -> a page of items, each with its number and its own text. Judges the envelope strictly and the items not at all. Pure.
import { cutElements } from './cut.ts';
import { timeOf } from './time.ts';

export interface WireItem {
  /** As parsed; may be anything. */
  readonly value: unknown;
  /** Its text in the page, byte for byte. */
  readonly raw: string;
  /** Undefined if it has none that can be used. */
  readonly id: number | undefined;
  /** `insertion_timestamp` as it came. */
  readonly at: string | null;
}

export interface WirePage {
  /** By number, whatever the order on the wire; items without a number stand last. */
  readonly items: readonly WireItem[];
  /** The number that came first on the wire. */
  readonly firstId: number | undefined;
  /** The highest number of an item, or `last_id` if that is more. Undefined if there is neither. */
  readonly newestId: number | undefined;
}

/** The body is no page. The message is the end of a sentence about the answer. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
}

export const emptyPage: WirePage = { items: [], firstId: undefined, newestId: undefined };

/**
 * `{last_id, events}`; both may be absent or null on an empty page. An object with neither but with something else is an error message in
 * disguise: taking it for an empty page would make the source blind without a word.
 * @throws {EnvelopeError}
 */
export function parsePage(body: string): WirePage {
  const envelope = parseEnvelope(body);
  const { events } = envelope;
  const last = lastIdOf(envelope.last_id);
  if (events === undefined || events === null) {
    const others = Object.keys(envelope).filter((key) => key !== 'events' && key !== 'last_id');
    if (others.length > 0 || last !== undefined) throw new EnvelopeError('is JSON without a list of events');
    return emptyPage;
  }
  if (!Array.isArray(events)) throw new EnvelopeError('has events that are no list');
  const items = itemsOf(events, body);
  const firstId = items.find((item) => item.id !== undefined)?.id;
  const sorted = sortById(items);
  const highest = sorted.findLast((item) => item.id !== undefined)?.id;
  return { items: sorted, firstId, newestId: highest === undefined ? last : Math.max(highest, last ?? 0) };
}

function lastIdOf(value: unknown): number | undefined {
  const isNone = value === undefined || value === null || value === '' || value === 0 || value === '0';
  const last = isNone ? undefined : numberOf(value);
  if (last === undefined && !isNone) throw new EnvelopeError('has a last_id that is no number');
  return last;
}

/** @returns the number of an item or a page; also out of a numeric text. Undefined if it is none, below 1 or past 2^53, where two would look the same */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 1 ? (number as number) : undefined;
}

function parseEnvelope(body: string): Record<string, unknown> {
  let envelope: unknown;
  try {
    envelope = JSON.parse(body);
  } catch {
    throw new EnvelopeError(/^\s*</.test(body) ? 'is a web page and no JSON' : 'is no JSON, or is cut short');
  }
  if (!isObject(envelope)) throw new EnvelopeError('is JSON, but no object with a list of events');
  return envelope;
}

function itemsOf(events: readonly unknown[], body: string): WireItem[] {
  const texts = cutElements(body, 'events');
  const areTexts = texts?.length === events.length;
  return events.map((value, index) => {
    const raw = areTexts ? texts[index]! : JSON.stringify(value);
    if (!isObject(value)) return { value, raw, id: undefined, at: null };
    const at = value.insertion_timestamp;
    return { value, raw, id: numberOf(value.id), at: timeOf(at) === null ? null : (at as string) };
  });
}

function sortById(items: readonly WireItem[]): WireItem[] {
  return items.toSorted((a, b) => (a.id ?? Number.POSITIVE_INFINITY) - (b.id ?? Number.POSITIVE_INFINITY) || 0);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
