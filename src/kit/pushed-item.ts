// What every source that is pushed to makes of bytes: JSON with the text of each item, and events of
// items that nobody understands. Pure.
import { createHash } from 'node:crypto';
import { AdapterError } from './errors.ts';
import { type EventDraft, type Technique, unparsedRaw } from './event.ts';
import { type JsonPieces, parsePieces } from './json-pieces.ts';
import type { PushSource } from './source.ts';
import { cutMiddle, validText } from './text.ts';

/** Longer texts are cut before anything looks at them. What is kept of the item is whole. */
const textMax = 4000;

/**
 * @param lengthMax of each text within the value
 * @throws {AdapterError} `malformed`
 */
export function pushedJson(body: Uint8Array, lengthMax = textMax): JsonPieces {
  const text = new TextDecoder().decode(body);
  try {
    return parsePieces(text, lengthMax);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw malformedBody(error.message);
  }
}

/** As {@link pushedJson}, of an object. @param hint follows "is no object" */
export function pushedObject(body: Uint8Array, hint = '', lengthMax = textMax): JsonPieces {
  const pieces = pushedJson(body, lengthMax);
  if (pieces.sourceOf(pieces.value)?.startsWith('{') !== true)
    throw malformedBody(`is no object${hint}`);
  return pieces;
}

/** @param why follows "The body", without a full stop or a word of it */
export function malformedBody(why: string): AdapterError {
  return new AdapterError('reject_event', 'malformed', `The body ${why}.`);
}

/** The item as it was received; what is no object or list, as JSON. */
export function rawOf(pieces: JsonPieces, item: unknown): string {
  return pieces.sourceOf(item) ?? JSON.stringify(item) ?? unparsedRaw(String(item));
}

/** For senders that give their items no id: the same bytes are the same item. */
export function hashId(raw: string): string {
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
}

const idMax = 180;

/** The id, or the hash of one that no column holds; a suffix of 20 characters fits behind either. */
export function boundId(id: string): string {
  return id.length > idMax ? hashId(id) : id;
}

const unrecognised = 'UNRECOGNISED';

/** Nobody understands it; it is kept, and announced. */
export function unrecognisedItem(raw: string, stream: string): EventDraft {
  const externalId = hashId(raw);
  return {
    externalId,
    subject: `${stream}/${externalId}`,
    stream,
    type: unrecognised,
    severity: 0,
    status: null,
    action: null,
    occurredAt: null,
    body: {},
    raw,
  };
}

/**
 * Valid Unicode without NUL; of a number or a yes its word. Undefined for anything else, and for
 * what is blank.
 */
export function wordOf(value: unknown, lengthMax = textMax): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (typeof value !== 'string') return undefined;
  const text = validText(cutMiddle(value, lengthMax));
  return /\S/.test(text) ? text : undefined;
}

/** As {@link wordOf}; of a list, as of users or addresses, its words. */
export function wordsOf(value: unknown, lengthMax = textMax): string | undefined {
  if (!Array.isArray(value)) return wordOf(value, lengthMax);
  const words = value.slice(0, 50).flatMap((one) => wordOf(one, lengthMax) ?? []);
  return wordOf(words.join(', '), lengthMax);
}

const techniquesMax = 20;
const techniqueForm = /\b(?:T\d{4}(?:\.\d{3})?|TA\d{4})\b/g;

/** The MITRE ATT&CK ids in a text or a list of texts; undefined if there are none. */
export function techniquesIn(value: unknown): readonly Technique[] | undefined {
  const texts = (Array.isArray(value) ? value : [value])
    .slice(0, 50)
    .flatMap((one) => wordOf(one) ?? []);
  const ids = [...new Set(texts.flatMap((text) => text.match(techniqueForm) ?? []))];
  return ids.length === 0 ? undefined : ids.slice(0, techniquesMax).map((id) => ({ id }));
}

/** For `readItem`: the event of a body that holds one alone. Undefined for any other. */
export function onlyEvent(source: Pick<PushSource, 'parse'>, text: string): EventDraft | undefined {
  try {
    const { events } = source.parse({
      ...{ headers: new Headers(), query: new URLSearchParams() },
      body: new TextEncoder().encode(text),
    });
    return events.length === 1 && events[0]?.type !== unrecognised ? events[0] : undefined;
  } catch {
    return undefined;
  }
}

/** The object, or an empty one for anything else. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : {};
}

const [msMin, msMax] = [Date.UTC(1990), Date.UTC(2200)];

/**
 * ISO 8601 in UTC of a time: ISO 8601 or RFC 3339, else seconds, milliseconds, microseconds or
 * nanoseconds since the epoch. Without a zone it counts as UTC. Undefined for anything else.
 */
export function timeOf(value: unknown): string | undefined {
  const ms =
    typeof value === 'string' && !/^\d{9,19}$/.test(value) ? msOfText(value) : msOfNumber(value);
  return ms !== undefined && ms >= msMin && ms < msMax ? new Date(ms).toISOString() : undefined;
}

const isoForm =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

function msOfText(text: string): number | undefined {
  const [, date, time, fraction = '0', zone = 'Z'] = isoForm.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const offset = zone.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  const ms = Date.parse(`${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  // Without seconds the fraction does not belong there.
  return Number.isNaN(ms) ? Date.parse(`${date}T${time}${offset}`) : ms;
}

function msOfNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  const digits = Math.floor(Math.log10(Math.abs(number) || 1)) + 1;
  if (digits <= 10) return number * 1000;
  return digits <= 13 ? number : number / 10 ** (digits - 13);
}
