// How far a stream was read, and what is needed to notice that its numbers no longer go on from
// there. Opaque to everybody else. Pure.
import { AdapterError } from '../../kit/errors.ts';
import { parsedJson } from '../../kit/parsed-json.ts';
import type { WireItem } from './page.ts';
import { timeMsOf, timeOf } from './time.ts';

export interface Cursor {
  /** The highest number read, or known to lie before where we started. */
  readonly id: number;
  /** `insertion_timestamp` of that very item as it came; null if the item itself was not seen. */
  readonly at: string | null;
  /** Items up to here are from before the first start and are never announced. */
  readonly start: number;
  /**
   * The latest `insertion_timestamp` read, where that is not `at`: of a late item, or of what else
   * was there when `at` was not known.
   */
  readonly latest?: string;
  /** Where the last item, alone, leapt to {@link id} from. If that item vanishes, the way back. */
  readonly before?: WayBack;
  /** Items that vanished after such a leap. What has one of their numbers now is another item. */
  readonly vanished?: readonly Place[];
}

export type WayBack = Pick<Cursor, 'id' | 'at' | 'latest'>;

/** An item, by its number and `insertion_timestamp`; number 0 stands before the first one. */
export type Place = Pick<Cursor, 'id' | 'at'>;

type Numbered = Pick<WireItem, 'id' | 'at'>;

/** Whether this is the very item of the place. */
export function isAt({ id, at }: Numbered, place: Numbered): boolean {
  return id === place.id && at === place.at;
}

/** The number to ask beyond so that the item of this place is shown as well. */
export function numberBefore({ id }: Pick<Place, 'id'>): number {
  return Math.max(0, id - 1);
}

/** More numbers than this between two items are a leap. Fewer are within what is read again. */
export const leapMin = 50;
/** Releases may write times with more or fewer digits. */
export const toleranceMs = 1000;
/** Clocks may differ by so much. A time that lies further ahead is not believed. */
const aheadMaxMs = 86_400_000;
/** How many vanished items are kept, and how far behind the cursor: none comes late from there. */
const vanishedMax = 20;
const vanishedBehindMax = 10_000;

/** @throws {AdapterError} `retry`, `malformed`: somebody else wrote this */
export function parseCursor(text: string): Cursor {
  const cursor = tryCursor(text);
  if (cursor !== undefined) return cursor;
  throw new AdapterError(
    'retry',
    'malformed',
    'The stored position of this source cannot be read. Start it anew with ' +
      '`tocsin source reset <id>`.',
  );
}

function tryCursor(text: string): Cursor | undefined {
  const value = parsedJson(text);
  // A bare number is what an operator would write into the table by hand.
  if (isPosition(value)) return { id: value, at: null, start: value };
  return typeof value === 'object' && value !== null
    ? cursorOf(value as Record<string, unknown>)
    : undefined;
}

function cursorOf({
  id,
  at = null,
  start = 0,
  latest,
  before,
  vanished,
}: Record<string, unknown>): Cursor | undefined {
  if (!isPosition(id) || !isPosition(start) || !(at === null || typeof at === 'string'))
    return undefined;
  // Hints: without them, whatever an earlier release found is still found.
  const hints = {
    ...(typeof latest === 'string' && { latest }),
    ...(isPlace(before) && before.id < id && { before }),
    ...(Array.isArray(vanished) && { vanished: vanished.filter(isPlace).slice(0, vanishedMax) }),
  };
  return { id, at, start, ...hints };
}

export function formatCursor({ id, at, start, latest, before, vanished }: Cursor): string {
  return JSON.stringify({ id, at, start, latest, before, vanished });
}

/** For people. Undefined if somebody else wrote this. Pure. */
export function describeCursor(text: string): string | undefined {
  const cursor = tryCursor(text);
  if (cursor === undefined) return undefined;
  const { id, at, start, before } = cursor;
  const begin = start === 0 ? '' : `, announced from event ${start + 1} on`;
  if (id === 0) return 'nothing yet, from the first event on';
  const leap = before === undefined ? '' : `, leapt there from event ${before.id}`;
  return `up to event ${id}${at === null ? '' : `, inserted ${timeOf(at) ?? at}`}${leap}${begin}`;
}

/**
 * When the latest insertion that was read took place, in milliseconds since the epoch; undefined if
 * no item says.
 */
export function latestMsOf(
  { at, latest }: Pick<Cursor, 'at' | 'latest'>,
  nowMs: number,
): number | undefined {
  return latestOf([at, latest], nowMs);
}

/**
 * The cursor after these items: only one that was seen moves it, and only forwards.
 * @param items that were read on the way, by number
 * @param nowMs since the epoch
 */
export function advance(cursor: Cursor, items: readonly Numbered[], nowMs: number): Cursor {
  const numbered = items.filter((item) => item.id !== undefined);
  const newest = numbered.at(-1);
  const latest = latestOf([cursor.at, cursor.latest, ...numbered.map(({ at }) => at)], nowMs);
  if (newest === undefined || newest.id! <= cursor.id) {
    const own = numbered.find(({ id }) => id === cursor.id);
    return withLatest({ ...cursor, at: cursor.at ?? own?.at ?? null }, latest);
  }
  const { start, vanished } = cursor;
  const before = wayBackOf(cursor, numbered);
  const next = {
    id: newest.id!,
    at: newest.at,
    start,
    ...(before && { before }),
    ...(vanished && { vanished }),
  };
  return withLatest(next, latest);
}

/**
 * The place before the last item, if that leapt.
 * @param numbered the last of them lies beyond the cursor
 */
function wayBackOf(cursor: Cursor, numbered: readonly Numbered[]): WayBack | undefined {
  const last = numbered.at(-2);
  const { id, at, latest } =
    last !== undefined && last.id! > cursor.id
      ? { id: last.id!, at: last.at, latest: undefined }
      : cursor;
  if (numbered.at(-1)!.id! - id <= leapMin) return undefined;
  return { id, at, ...(latest !== undefined && { latest }) };
}

/**
 * The cursor before the leap, whose item has vanished or is another one now. Insertion times are
 * measured from there too, because the item may never have existed. Undefined if there was no leap.
 */
export function backOf({ id, at, start, before, vanished = [] }: Cursor): Cursor | undefined {
  if (before === undefined) return undefined;
  const isKnown = vanished.some((item) => item.id === id);
  const all = isKnown ? vanished : [{ id, at }, ...vanished];
  const near = all.filter((item) => item.id > before.id - vanishedBehindMax);
  // What lies furthest ahead is reached last.
  const kept = near.toSorted((a, b) => a.id - b.id).slice(0, vanishedMax);
  return { ...before, start, vanished: kept };
}

/**
 * Whether another item was stored under this number before, so that the number does not identify
 * this one.
 * @param vanished as {@link Cursor.vanished}
 */
export function hasTakenNumber({ id, at }: Numbered, vanished: readonly Place[] = []): boolean {
  const item = vanished.find((other) => other.id === id);
  return item !== undefined && isSameTime(item.at, at) !== true;
}

/** Undefined if one of the two is no time. */
export function isSameTime(before: string | null, now: string | null): boolean | undefined {
  const [beforeMs, nowMs] = [timeMsOf(before), timeMsOf(now)];
  if (beforeMs === undefined || nowMs === undefined) return undefined;
  return Math.abs(beforeMs - nowMs) <= toleranceMs;
}

/** Where the item of the cursor was never seen, what else the tenant shows is the measure. */
export function measuredBy(cursor: Cursor, items: readonly Numbered[], nowMs: number): Cursor {
  if (latestMsOf(cursor, nowMs) !== undefined) return cursor;
  return withLatest(
    cursor,
    latestOf(
      items.map(({ at }) => at),
      nowMs,
    ),
  );
}

function latestOf(times: readonly unknown[], nowMs: number): number | undefined {
  const known = times
    .map(timeMsOf)
    .filter((ms) => ms !== undefined && ms <= nowMs + aheadMaxMs) as number[];
  return known.length > 0 ? Math.max(...known) : undefined;
}

function withLatest({ latest: _, ...cursor }: Cursor, latestMs: number | undefined): Cursor {
  const atMs = timeMsOf(cursor.at);
  const isSaid = latestMs === undefined || (atMs !== undefined && latestMs <= atMs + toleranceMs);
  return isSaid ? cursor : { ...cursor, latest: new Date(latestMs).toISOString() };
}

function isPlace(value: unknown): value is WayBack {
  if (typeof value !== 'object' || value === null) return false;
  const { id, at, latest } = value as Record<string, unknown>;
  return (
    isPosition(id) &&
    (at === null || typeof at === 'string') &&
    (latest === undefined || typeof latest === 'string')
  );
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
