// A small tenant on loopback for the tests of the sources: lists of 50 beyond an exclusive cursor,
// as the vendor's server gives them. Its items may be made on demand, so that a tenant of a million
// costs nothing.
import type { ServerResponse } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import type { AdapterContext } from '../../../src/kit/adapter.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import { createHttpClient } from '../../../src/kit/http/index.ts';
import type { Page, PollSource } from '../../../src/kit/source.ts';
import { sources } from '../../../src/sources/index.ts';
import { type FarEnd, type Received, startFarEnd } from '../../support/far-end.ts';

export const token = 'key-of-an-api-connector';
/** The clock of every test: later than every item. */
export const nowMs = Date.parse('2026-03-05T00:00:00Z');
export const never = new AbortController().signal;

export type StreamName = 'events' | 'suspicious-events';

export interface FakeStream {
  /** Ascending. */
  ids: number[];
  /** The item as JSON text. */
  itemOf(id: number): string;
  /** The vendor's 401 of a feature that is switched off. */
  disabled: boolean;
}

export interface FakeTenant {
  readonly farEnd: FarEnd;
  readonly streams: Record<StreamName, FakeStream>;
  /** `after_event_id` of each list request since the last call, in order, by stream. */
  asked(stream?: StreamName): number[];
  /** How requests are answered from now on in place of a page; undefined: by pages. */
  answering(answer: ((request: Received, response: ServerResponse) => void) | undefined): void;
}

/** ISO 8601, so many minutes before {@link nowMs}. */
export function minutesAgo(minutes: number): string {
  return new Date(nowMs - minutes * 60_000).toISOString();
}

/** An item of minute `minutes` before {@link nowMs}. */
export function item(id: number, minutes: number, more: object = {}): string {
  const at = minutesAgo(minutes);
  const fields = {
    id,
    type: 'STATIC_ANALYSIS',
    status: 'OPEN',
    action: 'PREVENTED',
    threat_severity: 'HIGH',
  };
  return JSON.stringify({
    ...fields,
    timestamp: at,
    insertion_timestamp: at,
    device_id: 1,
    ...more,
  });
}

export async function startFakeTenant(): Promise<FakeTenant> {
  const farEnd = await startFarEnd();
  const empty = (): FakeStream => ({ ids: [], itemOf: (id) => item(id, 0), disabled: false });
  const streams = { events: empty(), 'suspicious-events': empty() };
  let override: ((request: Received, response: ServerResponse) => void) | undefined;
  let seen = 0;
  farEnd.answering((request, response) => {
    if (override !== undefined) override(request, response);
    else answer(streams, request, response);
  });
  return {
    farEnd,
    streams,
    asked(stream = 'events') {
      const fresh = farEnd.received.slice(seen);
      seen = farEnd.received.length;
      return fresh.flatMap(({ target }) => {
        const found = /^\/api\/v1\/([a-z-]+)\/\?after_event_id=(\d+)$/.exec(target);
        return found?.[1] === stream ? [Number(found[2])] : [];
      });
    },
    answering(next) {
      override = next;
    },
  };
}

/** @param minutesOf how many minutes ago an item was inserted, by its number */
export async function startAgedTenant(
  ids: number[],
  minutesOf: (id: number) => number,
): Promise<FakeTenant> {
  const tenant = await startFakeTenant();
  tenant.streams.events.ids = ids;
  tenant.streams.events.itemOf = (id) => item(id, minutesOf(id));
  return tenant;
}

function answer(
  streams: Record<StreamName, FakeStream>,
  request: Received,
  response: ServerResponse,
): void {
  const url = new URL(request.target, 'http://tenant.example');
  const stream = /^\/api\/v1\/(events|suspicious-events)\/$/.exec(url.pathname)?.[1] as
    | StreamName
    | undefined;
  if (stream === undefined) send(response, 404, '{"message": "Not found"}');
  else if (request.headers.authorization !== token)
    send(response, 401, '{"msg": "Token has been revoked"}');
  else if (streams[stream].disabled)
    send(response, 401, '{"message": "Suspicious Events Disabled"}');
  else
    send(
      response,
      200,
      pageAfter(streams[stream], Number(url.searchParams.get('after_event_id') ?? 0)),
    );
}

/** The body of the page beyond `after`. */
export function pageAfter({ ids, itemOf }: FakeStream, after: number): string {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! > after) high = middle;
    else low = middle + 1;
  }
  const shown = ids.slice(low, low + 50);
  return `{"last_id": ${shown.at(-1) ?? null}, "events": [${shown.map(itemOf).join(', ')}]}`;
}

export function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: object = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

/** A source of the registry that reads this tenant. */
export function sourceOf(
  { farEnd }: Pick<FakeTenant, 'farEnd'>,
  settings: Readonly<Record<string, unknown>> = {},
  type: 'deepinstinct_events' | 'deepinstinct_suspicious_events' = 'deepinstinct_events',
): PollSource {
  const http = createHttpClient();
  onTestFinished(() => http.close());
  const context: AdapterContext = {
    id: 'di',
    http,
    now: () => nowMs,
  };
  const definition = sources[type]!;
  const config = definition.config.parse({ url: farEnd.origin, token, ...settings });
  return definition.create(config, context) as PollSource;
}

/** Reads until nothing more is there; at most 100 pages. Gives the pages. */
export async function drain(source: PollSource, cursor: string | null): Promise<Page[]> {
  const pages: Page[] = [];
  let at = cursor;
  for (let count = 0; count < 100; count += 1) {
    const page = await source.poll(at, never);
    pages.push(page);
    at = page.cursor ?? at;
    if (!page.more) return pages;
  }
  throw new Error('the source found no end in 100 pages');
}

export function externalIds(pages: readonly Page[]): string[] {
  return pages.flatMap((page) => page.events.map((event) => event.externalId));
}

/** From `first` on, `count` of them, each `step` apart. */
export function numbers(first: number, count: number, step = 1): number[] {
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/** A stored cursor. `at` null: the insertion time of its item is not known. */
export function cursorAt(id: number, at: string | null = null, start = 0): string {
  return JSON.stringify({ id, at, start });
}

/**
 * Polls so many times, each from where the one before ended, which is never further back. Gives
 * what came, and where the last one ended.
 */
export async function pollOn(
  source: PollSource,
  from: string,
  polls: number,
): Promise<{ seen: string[]; cursor: string }> {
  const seen: string[] = [];
  let cursor = from;
  for (let poll = 0; poll < polls; poll += 1) {
    const page = await source.poll(cursor, never);
    expect(idOf(page.cursor)).toBeGreaterThanOrEqual(idOf(cursor));
    seen.push(...externalIds([page]));
    cursor = page.cursor!;
  }
  return { seen, cursor };
}

/** Reads to the end, and once more, so that no second reading is due. Gives the cursor. */
export async function settle(source: PollSource, cursor: string | null): Promise<string> {
  const first = (await drain(source, cursor)).at(-1)!.cursor!;
  return (await drain(source, first)).at(-1)!.cursor!;
}

/** A source that has done its first, second reading, so that each poll is one plain request. */
export async function settled(tenant: FakeTenant, cursor: string) {
  const source = sourceOf(tenant);
  const { cursor: next } = await source.poll(cursor, never);
  tenant.asked();
  return { source, cursor: next! };
}

/** The error of a poll that fails, which must be a typed one. */
export async function failure(
  tenant: FakeTenant,
  cursor: string | null = cursorAt(100),
): Promise<AdapterError> {
  const error: unknown = await sourceOf(tenant)
    .poll(cursor, never)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AdapterError);
  return error as AdapterError;
}

/** The number of a stored cursor. */
export const idOf = (cursor: string | null | undefined): number => JSON.parse(cursor!).id;

/** The next answers are these, made of the page that should have been; then come pages again. */
export function answerWrongly(tenant: FakeTenant, ...bodies: ((page: string) => string)[]): void {
  const left = [...bodies];
  tenant.answering((request, response) => {
    const page = pageAfter(tenant.streams.events, Number(request.target.split('=')[1]));
    const body = left.shift() ?? ((right: string) => right);
    send(response, 200, body(page));
  });
}
