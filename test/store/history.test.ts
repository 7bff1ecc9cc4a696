// The stored events, page by page: each once and in order, from a time on, and no page larger than
// two processes can bear.

import { beforeEach, describe, expect, test } from 'vitest';
import type { EventDraft } from '../../src/kit/event.ts';
import type { DecidedEvent } from '../../src/kit/records/decision.ts';
import type { PastEvent } from '../../src/kit/records/past.ts';
import type { Database } from '../../src/store/database.ts';
import { insertPage } from '../../src/store/events.ts';
import { readPast } from '../../src/store/history.ts';
import { draft, drafts, useDatabase } from './stored.ts';

const database = useDatabase();
let db: Database;
beforeEach(async () => {
  db = database();
  await db.$client`alter sequence events_id_seq restart`;
});

const toSoc = { sink: 'soc', state: 'pending', reason: null, priority: 1 } as const;
const notToBoss = { sink: 'boss', state: 'suppressed', reason: 'other_type', priority: 1 } as const;
const store = (
  events: readonly EventDraft[],
  source = 'di',
  decisions: DecidedEvent['decisions'] = [toSoc, notToBoss],
) =>
  insertPage(db, {
    fence: null,
    source,
    events: events.map((one) => ({ draft: one, routes: [], decisions })),
    cursor: null,
  });

async function readAll(sinceMs: number): Promise<PastEvent[][]> {
  const pages: PastEvent[][] = [];
  for (
    let page = await readPast(db, sinceMs, null);
    page.length > 0;
    page = await readPast(db, sinceMs, page.at(-1)!.id)
  )
    pages.push(page);
  return pages;
}
const idsOf = (pages: readonly PastEvent[][]) => pages.flat().map(({ id }) => id);
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

test('an event comes with what routes look at, its time, and the sinks that were given it', async () => {
  const body = { itemId: '1', device: { name: 'ห้อง "7"' } };
  await store([
    draft(1, { severity: 5, type: 'RANSOMWARE', status: null, action: 'DETECTED', body }),
  ]);
  await db.$client`update events set received_at = '2026-02-03T01:02:03.456Z'`;
  const [event] = await readPast(db, 0, null);
  expect({ ...event, body: JSON.parse(event!.body) }).toEqual({
    id: 1,
    source: 'di',
    stream: 'event',
    type: 'RANSOMWARE',
    severity: 5,
    status: null,
    action: 'DETECTED',
    receivedAtMs: Date.parse('2026-02-03T01:02:03.456Z'),
    body,
    sinks: ['soc'],
  });
});

test('an event that no sink was given, or several, says so', async () => {
  await store([draft(1)], 'di', [notToBoss]);
  await store([draft(2)], 'di', [toSoc, { ...toSoc, sink: 'night' }]);
  expect((await readPast(db, 0, null)).map(({ sinks }) => sinks)).toEqual([[], ['night', 'soc']]);
});

test('the notices of Tocsin itself are no events of a source', async () => {
  await store(drafts(1, 2));
  await store(drafts(3, 2), 'tocsin');
  await store(drafts(5, 1));
  expect(idsOf(await readAll(0))).toEqual([1, 2, 5]);
});

describe('pages', () => {
  test('give every event once, in order, 500 at most', async () => {
    await store(drafts(1, 1203));
    const pages = await readAll(0);
    expect(pages.map(({ length }) => length)).toEqual([500, 500, 203]);
    expect(idsOf(pages)).toEqual(numbers(1, 1203));
  });

  test('are smaller when the events are large, and an event that is too large for any is one of its own', async () => {
    const large = (kilobytes: number) => ({ body: { description: 'x'.repeat(kilobytes * 1000) } });
    await store([
      ...drafts(1, 3),
      draft(4, large(2500)),
      ...numbers(5, 30).map((id) => draft(id, large(300))),
    ]);
    const pages = await readAll(0);
    expect(idsOf(pages)).toEqual(numbers(1, 30));
    const sizes = pages.map((page) => page.reduce((sum, { body }) => sum + body.length, 0));
    expect(Math.max(...sizes)).toBeLessThan(2_600_000);
    expect(pages.length).toBeGreaterThanOrEqual(4);
  });
});

describe('from a time on', () => {
  const minute = (id: number) => Date.UTC(2026, 1, 3) + id * 60_000;
  beforeEach(async () => {
    await store(drafts(1, 2600));
    await db.$client`update events set received_at = to_timestamp(${minute(0) / 1000}::float8 + id * 60)`;
  });

  test.each([1, 2, 499, 500, 501, 1300, 2599, 2600])(
    'begins with the event of that time, such as number %d',
    async (id) => {
      expect(idsOf(await readAll(minute(id)))).toEqual(numbers(id, 2600));
    },
  );

  test('gives nothing of a time after all events, and nothing of an empty store', async () => {
    expect(await readAll(minute(2601))).toEqual([]);
    await db.$client`truncate events`;
    expect(await readAll(0)).toEqual([]);
  });

  test('finds its way over the gaps that removed events leave', async () => {
    await db.$client`delete from events where id between 700 and 2100 or id < 3`;
    expect(idsOf(await readAll(minute(1000)))).toEqual(numbers(2101, 2600));
    expect(idsOf(await readAll(minute(650)))).toEqual([
      ...numbers(650, 699),
      ...numbers(2101, 2600),
    ]);
  });

  test('misses none whose number and time are out of step by less than an hour, and takes none of before', async () => {
    const at = (id: number) => new Date(minute(id)).toISOString();
    await db.$client`update events set received_at = ${at(2003)} where id in (1950, 1999)`;
    await db.$client`update events set received_at = ${at(1990)} where id = 2040`;
    const expected = [1950, 1999, ...numbers(2001, 2600).filter((id) => id !== 2040)];
    expect(idsOf(await readAll(minute(2001)))).toEqual(expected);
  });

  test('looks at a few events to find the first, and reads from not far before it', async () => {
    const asked: unknown[][] = [];
    const listening = new Proxy(db.$client, {
      apply(target, self, [text, ...values]) {
        asked.push(values);
        return Reflect.apply(target, self, [text, ...values]);
      },
    });
    const [first] = await readPast(
      { $client: listening } as unknown as Database,
      minute(2300),
      null,
    );
    expect(first?.id).toBe(2300);
    expect(asked.length).toBeLessThanOrEqual(6);
    expect(asked.at(-1)?.[0]).toBeGreaterThan(1500);
  });
});
