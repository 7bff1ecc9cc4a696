// The newest events, page by page, with the sinks that each went to.
import { describe, expect, test } from 'vitest';
import type { DecidedEvent } from '../../src/kit/records/decision.ts';
import { insertPage } from '../../src/store/events.ts';
import { readRecentEvents } from '../../src/store/recent.ts';
import { draft, useDatabase } from './stored.ts';

const database = useDatabase();
const hourMs = 3_600_000;
const toSoc = { sink: 'soc', state: 'pending', reason: null, priority: 1 } as const;
const notToBoss = { sink: 'boss', state: 'suppressed', reason: 'other_type', priority: 1 } as const;

/** Stores events with these numbers. @returns their ids, in order */
async function store(
  numbers: readonly number[],
  decisions: DecidedEvent['decisions'] = [toSoc],
): Promise<number[]> {
  const events = numbers.map((n) => ({ draft: draft(n), routes: [], decisions }));
  const page = { fence: null, source: 'a', events, cursor: null };
  return (await insertPage(database(), page))!.map(({ id }) => id);
}
const readIds = async (beforeId: number | null, limit = 10, withinMs = hourMs) =>
  (await readRecentEvents(database(), { withinMs, beforeId, limit })).map(({ id }) => id);
const age = (ids: readonly number[]) =>
  database().$client`
    update events set received_at = now() - interval '2 hours'
    where id = any (string_to_array(${ids.join()}, ',')::bigint[])`;

test('an event comes with what rules look at, and the sinks that it was not kept from', async () => {
  await store([1], [toSoc, notToBoss]);
  const [event] = await readRecentEvents(database(), {
    withinMs: hourMs,
    beforeId: null,
    limit: 1,
  });
  expect(event).toEqual({
    id: expect.any(Number),
    source: 'a',
    receivedAtMs: expect.any(Number),
    event: {
      stream: 'event',
      type: 'STATIC_ANALYSIS',
      severity: 3,
      status: 'OPEN',
      action: 'PREVENTED',
      body: { itemId: '1' },
    },
    sinks: ['soc'],
  });
});

test('an event that reached several sinks names them all, and one that reached none is there too', async () => {
  await store([1], [notToBoss]);
  await store([2], [toSoc, { ...toSoc, sink: 'night' }]);
  const found = await readRecentEvents(database(), { withinMs: hourMs, beforeId: null, limit: 9 });
  expect(found.map(({ sinks }) => sinks.toSorted())).toEqual([['night', 'soc'], []]);
});

describe('a page', () => {
  test('begins with the newest event, and the next one behind the last of it', async () => {
    const ids = await store([1, 2, 3, 4, 5]);
    expect(await readIds(null, 2)).toEqual([ids[4], ids[3]]);
    expect(await readIds(ids[3]!, 2)).toEqual([ids[2], ids[1]]);
    expect(await readIds(ids[1]!, 2)).toEqual([ids[0]]);
    expect(await readIds(ids[0]!, 2)).toEqual([]);
  });

  test('looks at no more rows than was asked for, and leaves out the old ones among them', async () => {
    const ids = await store([1, 2, 3, 4]);
    await age(ids.slice(1, 3));
    expect(await readIds(null, 3)).toEqual([ids[3]]);
    expect(await readIds(null, 4)).toEqual([ids[3], ids[0]]);
    expect(await readIds(null, 4, 3 * hourMs)).toEqual(ids.toReversed());
  });
});
