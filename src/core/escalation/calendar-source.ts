// Reads a calendar of who is on duty from its file or its address: bounded in time and bytes, and
// only if it has changed. Its address and credential are secrets, and in no error.
import { createHash } from 'node:crypto';
import { AdapterError } from '../../kit/errors.ts';
import { codeOf, readText } from '../../kit/files.ts';
import type { HttpClient } from '../../kit/http/index.ts';
import { failureOf } from '../../kit/http/status.ts';
import type { StoredCalendar } from '../../kit/records/calendar.ts';
import type { CalendarNews } from '../../store/calendars.ts';
import { CalendarError, readCalendar } from '../rules/calendar/index.ts';
import type { CalendarSource } from '../rules/duty.ts';

const timeoutMs = 30_000;
/** Some 4,000 events; to read them holds everything else up for a fraction of a second. */
const bytesMax = 2 * 1024 * 1024;
const dayMs = 86_400_000;
/** Shifts so far ahead are known through an outage of the server. */
const aheadMs = 400 * dayMs;
const behindMs = 7 * dayMs;

export interface Reading {
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  readonly nowMs: number;
  /** What the far end may say is unchanged; null: its whole text is wanted. */
  readonly known: Pick<StoredCalendar, 'etag' | 'lastModified'> | null;
}

/** Never rejects, unless the signal is aborted. */
export async function readSource(source: CalendarSource, reading: Reading): Promise<CalendarNews> {
  try {
    const found = await textOf(source, reading);
    if (found === undefined) return { kind: 'unchanged' };
    const { nowMs } = reading;
    const { person, timeZone } = source;
    const range = { fromMs: nowMs - behindMs, untilMs: nowMs + aheadMs };
    const { text, ...marks } = found;
    return { kind: 'read', read: readCalendar(text, { ...range, person, timeZone }), ...marks };
  } catch (error) {
    reading.signal.throwIfAborted();
    return { kind: 'failed', error: wordsOf(error, source) };
  }
}

interface Found {
  readonly text: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Undefined: it is unchanged. */
async function textOf(
  { place }: CalendarSource,
  { http, signal, known }: Reading,
): Promise<Found | undefined> {
  if (place.kind === 'file')
    return { text: readText(place.path, undefined, bytesMax), etag: null, lastModified: null };
  const { url, authorization } = place;
  const headers = {
    accept: 'text/calendar',
    ...(authorization !== undefined && { authorization }),
    ...(known?.etag && { 'if-none-match': known.etag }),
    ...(known?.lastModified && { 'if-modified-since': known.lastModified }),
  };
  const { host } = new URL(url);
  const request = {
    method: 'GET',
    url,
    headers,
    signal,
    timeoutMs,
    bodyBytesMax: bytesMax,
  } as const;
  const answer = await http.request(request);
  if (answer.status === 304 && known !== null) return undefined;
  const failure = failureOf(answer, host);
  if (failure !== undefined) throw failure;
  if (answer.truncated) {
    const message = `${host} sent a calendar of more than ${bytesMax / 1024} kB. Give it one of who is on duty alone.`;
    throw new AdapterError('retry', 'too_large', message);
  }
  const { etag = null, 'last-modified': lastModified = null } = answer.headers;
  return { text: answer.body, etag, lastModified };
}

function wordsOf(error: unknown, { place }: CalendarSource): string {
  const from = place.kind === 'url' ? `what ${new URL(place.url).host} sent` : place.path;
  if (error instanceof CalendarError) return `${from} ${error.message}.`;
  if (error instanceof AdapterError) return error.message;
  if (place.kind === 'file')
    return `${from} cannot be read (${codeOf(error)}). Name a file that this user may read.`;
  return `${from} could not be read.`;
}

/** Another text for each place and each way to read it; it tells nothing of them. */
export function originOf({ place, person, timeZone }: CalendarSource): string {
  const where = place.kind === 'url' ? place.url : place.path;
  const text = JSON.stringify([place.kind, where, person, timeZone]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
