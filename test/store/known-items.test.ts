// What a source learns that follows the items of others: the events of some sources in their order,
// and the vendor's objects.
import { expect, test } from 'vitest';
import { lastIdOlderThan, readKnownEvents, readRaws } from '../../src/store/known-items.ts';
import { draft, drafts, storePage, useDatabase } from './stored.ts';

const db = useDatabase();

test('events of the named sources come by their ids, a number at a time', async () => {
  await storePage(db(), { source: 'a', events: drafts(1, 3), cursor: '3' });
  await storePage(db(), { source: 'b', events: drafts(1, 2), cursor: '2' });
  const last = { ...draft('9'), subject: 'event/1', status: null, severity: 5 as const };
  await storePage(db(), { source: "c'", events: [last], cursor: '9' });
  const read = (afterId: number, limit: number) =>
    readKnownEvents(db(), ['a', "c'"], { afterId, limit });
  const all = await read(0, 10);
  expect(all.map(({ source, externalId }) => [source, externalId])).toEqual([
    ...['1', '2', '3'].map((id) => ['a', id]),
    ["c'", '9'],
  ]);
  expect(all.at(-1)).toMatchObject({ subject: 'event/1', status: null, severity: 5 });
  expect(Math.abs(all[0]!.receivedAtMs - Date.now())).toBeLessThan(60_000);
  expect(await read(0, 2)).toEqual(all.slice(0, 2));
  expect(await read(all[1]!.eventId, 10)).toEqual(all.slice(2));
  expect(await readKnownEvents(db(), [], { afterId: 0, limit: 10 })).toEqual([]);
});

test('events that were stored under a former name come too, and none that the name has got since', async () => {
  const page = (source: string, from: number) =>
    storePage(db(), { source, events: drafts(from, 2), cursor: String(from) });
  await page('old', 1);
  const [last] = (await readKnownEvents(db(), ['old'], { afterId: 0, limit: 9 })).slice(-1);
  await page('new', 3);
  await page('old', 5);
  const names = [{ source: 'old', generation: 1, until: last!.eventId }];
  const former = (generation: number) => JSON.stringify({ generation, names });
  await db().$client`update cursors set former = ${former(1)}::text::json where source = 'new'`;
  const read = async () => {
    const events = await readKnownEvents(db(), ['new'], { afterId: 0, limit: 9 });
    return events.map(({ source, externalId }) => `${source} ${externalId}`);
  };
  expect(await read()).toEqual(['old 1', 'old 2', 'new 3', 'new 4']);
  // They count for one generation alone.
  await db().$client`update cursors set former = ${former(2)}::text::json where source = 'new'`;
  expect(await read()).toEqual(['new 3', 'new 4']);
  expect(await readKnownEvents(db(), ['old', 'new'], { afterId: 0, limit: 9 })).toHaveLength(6);
});

test('objects come by their ids as the vendor wrote them', async () => {
  const raw = '{"id": 1,  "text": "ก\\u0000"}';
  await storePage(db(), { source: 'a', events: [{ ...draft('1'), raw }], cursor: '1' });
  const [{ eventId } = { eventId: 0 }] = await readKnownEvents(db(), ['a'], {
    ...{ afterId: 0, limit: 1 },
  });
  expect(await readRaws(db(), [eventId, 10_000_000])).toEqual(new Map([[eventId, raw]]));
  expect(await readRaws(db(), [])).toEqual(new Map());
});

test('what is older is found among many, and nothing younger is taken for it', async () => {
  expect(await lastIdOlderThan(db(), 1000)).toBe(0);
  const { $client: client } = db();
  await client`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes,
      received_at)
    select 'a', n::text, 'event/' || n, 'event', 'A', 2, '{}', '{}', '{}',
      now() - (5000 - n) * interval '1 minute'
    from generate_series(1, 5000) n where n % 7 <> 0`;
  const last = await lastIdOlderThan(db(), 24 * 3_600_000);
  const [found] = await client`
    select count(*) filter (where id <= ${last} and received_at > now() - interval '24 hours')::int
      as young,
      count(*) filter (where id > ${last} and received_at < now() - interval '24 hours')::int as old
    from events`;
  expect(found!.young).toBe(0);
  expect(found!.old).toBeLessThanOrEqual(500);
});
