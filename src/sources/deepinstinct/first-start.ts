// The first start: finds the number from which a new source is read, without reading the history
// and without announcing it.
import type { Client } from './client.ts';
import type { Cursor, Place } from './cursor.ts';
import type { WireItem, WirePage } from './page.ts';
import type { StartFrom } from './start-from.ts';
import type { Stream } from './stream.ts';
import { timeMsOf } from './time.ts';

/** Where to start, and how to say so: an ISO time, `all`, or `event 17000`. */
export interface Begin {
  readonly cursor: Cursor;
  readonly from: string;
  /** START_FROM is a number beyond every event, so reading begins behind {@link Beyond.newest}. */
  readonly beyond?: Beyond;
}

/** A number that was asked for, and the newest one that the tenant shows; 0 if it shows none. */
export interface Beyond {
  readonly asked: number;
  readonly newest: number;
}

export interface FirstStart {
  readonly stream: Stream;
  readonly startFrom: StartFrom;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/**
 * From 1 to some 60 requests.
 * @throws {AdapterError} as {@link Client.readPage}
 */
export async function findBegin(
  client: Client,
  { stream, startFrom, nowMs, signal }: FirstStart,
): Promise<Begin> {
  const read = (after: number) => client.readPage(stream, after, signal);
  if (startFrom.kind === 'all') {
    // Nothing needs to be found, but a wrong key must not pass for a start.
    await read(0);
    return { cursor: { id: 0, at: null, start: 0 }, from: 'all' };
  }
  if (startFrom.kind === 'id') return beginAt(read, startFrom.id, nowMs);
  const fromMs = fromMsOf(startFrom, nowMs);
  // With `now`, what has no time is history like the rest. Only what comes while we search is
  // newer.
  const age =
    startFrom.kind === 'now'
      ? (item: WireItem) => ageOf(item, fromMs + 1, 'older')
      : (item: WireItem) => ageOf(item, fromMs, 'unknown');
  const { id, at } = await lastOlder(read, age);
  return { cursor: { id, at, start: id }, from: new Date(fromMs).toISOString() };
}

/**
 * A number that no event has reached would leave the source blind until one does: it means the same
 * as `now`.
 */
async function beginAt(read: Read, asked: number, nowMs: number): Promise<Begin> {
  const id = Math.max(0, asked - 1);
  const newest = await endBefore(read, id);
  if (newest === undefined || newest.id >= id) {
    const at = newest?.id === id ? newest.at : null;
    return { cursor: { id, at, start: id }, from: `event ${asked}` };
  }
  const cursor = { ...newest, start: newest.id };
  return { cursor, from: new Date(nowMs).toISOString(), beyond: { asked, newest: newest.id } };
}

/**
 * The newest item of the tenant if nothing lies beyond `id`, number 0 if it has none; undefined if
 * something does.
 */
async function endBefore(read: Read, id: number): Promise<Place | undefined> {
  const { items } = await read(id);
  return items.length > 0 ? undefined : findEnd(read);
}

/**
 * @returns what START_FROM names if that lies beyond every event; undefined if it does not
 * @throws {AdapterError} as {@link Client.readPage}
 */
export async function beyondOf(
  client: Client,
  stream: Stream,
  startFrom: StartFrom,
  signal: AbortSignal,
): Promise<Beyond | undefined> {
  if (startFrom.kind !== 'id') return undefined;
  const id = Math.max(0, startFrom.id - 1);
  const newest = await endBefore((after) => client.readPage(stream, after, signal), id);
  return newest === undefined || newest.id >= id
    ? undefined
    : { asked: startFrom.id, newest: newest.id };
}

/**
 * The newest item that the tenant shows; number 0 if there is none. From 1 to some 60 requests, the
 * first of them after number 0.
 */
export function findEnd(read: Read): Promise<Place> {
  return lastOlder(read, () => 'older');
}

/** The last item that was inserted before `ms`, as {@link findEnd}. */
export function findLastBefore(read: Read, ms: number): Promise<Place> {
  return lastOlder(read, (item) => ageOf(item, ms, 'unknown'));
}

function fromMsOf(startFrom: Exclude<StartFrom, { kind: 'all' | 'id' }>, nowMs: number): number {
  // A start in the future begins now.
  if (startFrom.kind === 'date') return Math.min(startFrom.ms, nowMs);
  return startFrom.kind === 'duration' ? Math.max(0, nowMs - startFrom.ms) : nowMs;
}

type Age = 'older' | 'newer' | 'unknown';

function ageOf({ at }: WireItem, fromMs: number, withoutTime: Age): Age {
  const ms = timeMsOf(at);
  if (ms === undefined) return withoutTime;
  return ms < fromMs ? 'older' : 'newer';
}

/** The page of what lies beyond a number. */
export type Read = (after: number) => Promise<WirePage>;

/**
 * One less than powers of two, so that 2^31 - 1 is among them: a server that keeps its numbers in
 * 32 bits fails on anything above, and is never asked for it, because there the page is empty
 * already.
 */
const gallop = [7, 15, 23, 31, 42, 53].map((bits) => 2 ** bits - 1);

/**
 * The last item that is older; number 0 if there is none. Whether the page after x begins with
 * something older is true up to that item and false from there on, because numbers and insertion
 * times rise together; so it is found by bisection, and every page read on the way lifts the lower
 * end to the last older item in it.
 */
async function lastOlder(read: Read, age: (item: WireItem) => Age): Promise<Place> {
  let low: Place = { id: 0, at: null };
  let high: number | undefined;
  for (let probe = 0; high === undefined || low.id < high; probe = nextProbe(low.id, high)) {
    const { last, isBorder } = leadingOlder((await read(probe)).items, age);
    if (last === undefined) high = probe;
    else low = last;
    if (isBorder) return low;
  }
  return low;
}

function nextProbe(low: number, high: number | undefined): number {
  if (high === undefined) return gallop.find((id) => id > low) ?? low;
  // Far apart, halve the digits and not the distance.
  if (high / low > 4) return Math.floor(Math.sqrt(low) * Math.sqrt(high));
  return low + Math.floor((high - low) / 2);
}

/**
 * The last older item before the first newer one, and whether both are in this page. An item
 * without a time counts for nothing, so a page of such items is not taken for old: rather too much
 * is announced than too little.
 */
function leadingOlder(
  items: readonly WireItem[],
  age: (item: WireItem) => Age,
): { last: Place | undefined; isBorder: boolean } {
  let last: Place | undefined;
  for (const item of items) {
    if (item.id === undefined) continue;
    const its = age(item);
    if (its === 'newer') return { last, isBorder: last !== undefined };
    if (its === 'older') last = { id: item.id, at: item.at };
  }
  return { last, isBorder: false };
}
