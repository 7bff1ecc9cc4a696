// How far a source was read by time, and where in the pages of a walk it stands. Everything that the
// next request needs is in it. Opaque to everybody else. Pure.
import { AdapterError } from '../errors.ts';
import { parsedJson } from '../parsed-json.ts';
import type { Json } from './template.ts';

/** All times in milliseconds since the epoch, by the stamps of the far end. */
export interface Position {
  /** Where the very first reading began. Nothing from before is announced. */
  readonly from: number;
  /** Everything up to here was read, but for what comes late. */
  readonly at: number;
  /** In the middle of the pages; absent: all were read. */
  readonly walk?: Walk;
  /** The cursor of the far end, where it is kept from one poll to the next. */
  readonly kept?: Json;
}

/** One reading from a first page to a last one. What it asks for stays the same on all of them. */
export interface Walk {
  readonly since: number;
  readonly until: number;
  /** The newest stamp of the pages before; `since` if there is none. */
  readonly newest: number;
  /** What asks for the next page; absent: it is the first. */
  readonly mark?: Json;
  /** How many pages were read. */
  readonly pages: number;
  /** Of an earlier page: the hash of its items. Seen again and again, the pages go in circles. */
  readonly guard?: string;
  /** How often it was seen again; absent: never. */
  readonly repeats?: number;
}

/** @throws {AdapterError} `retry`, `malformed`: somebody else wrote this */
export function parsePosition(text: string): Position {
  const position = tryPosition(text);
  if (position !== undefined) return position;
  throw new AdapterError(
    'retry',
    'malformed',
    'The stored position of this source cannot be read. Start it anew with ' +
      '`tocsin source reset <id>`.',
  );
}

export function formatPosition({ from, at, walk, kept }: Position): string {
  return JSON.stringify({ from, at, walk, kept });
}

/** For people. Undefined if somebody else wrote this. */
export function describePosition(text: string): string | undefined {
  const position = tryPosition(text);
  if (position === undefined) return undefined;
  const { at, walk } = position;
  const within = walk === undefined ? '' : `, ${walk.pages} pages into what came since`;
  return `up to ${new Date(at).toISOString()}${within}`;
}

function tryPosition(text: string): Position | undefined {
  const value = recordOf(parsedJson(text));
  if (value === undefined) return undefined;
  const { from, at, walk: written, kept } = value;
  if (!isTime(from) || !isTime(at)) return undefined;
  const walk = written === undefined ? undefined : walkOf(written);
  if (written !== undefined && walk === undefined) return undefined;
  return { from, at, ...(walk && { walk }), ...(kept !== undefined && { kept: kept as Json }) };
}

function walkOf(written: unknown): Walk | undefined {
  const { since, until, newest, mark, pages, guard, repeats } = recordOf(written) ?? {};
  if (!isTime(since) || !isTime(until) || !isTime(newest)) return undefined;
  if (!Number.isSafeInteger(pages)) return undefined;
  return {
    ...{ since, until, newest, pages: pages as number },
    ...(mark !== undefined && { mark: mark as Json }),
    ...(typeof guard === 'string' && { guard }),
    ...(Number.isSafeInteger(repeats) && { repeats: repeats as number }),
  };
}

/** What a date can hold. */
const msMax = 8.64e15;

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Math.abs(value as number) <= msMax;
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : undefined;
}
