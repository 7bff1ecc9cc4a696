// What came and went of late.
import { expect, test } from 'vitest';
import { countRecentDeliveries, readNewestEvents } from '../../src/store/newest.ts';
import { draft, drafts, storePage, useDatabase } from './stored.ts';

const db = useDatabase();

test('the newest event of each source is the one that came last, whenever it happened', async () => {
  await storePage(db(), { events: [draft(1), draft(2, { occurredAt: null })] });
  await storePage(db(), { source: 'b', events: [draft(9)] });
  expect(await readNewestEvents(db())).toMatchObject([
    { source: 'a', occurredAt: null },
    { source: 'b', occurredAt: '2026-02-03T01:19:32.505Z' },
  ]);
});

test('what was delivered in the last hour and day is counted, and nothing else is', async () => {
  await storePage(db(), { events: drafts(1, 6) });
  const deliver = (ago: string, externalId: string) => db().$client`
    update deliveries set state = 'delivered', finalized_at = now() - ${ago}::interval
    where event_id = (select id from events where external_id = ${externalId})`;
  await deliver('1 minute', '1');
  await deliver('2 hours', '2');
  await deliver('2 days', '3');
  await db().$client`update deliveries set state = 'dead', reason = 'x', finalized_at = now()
    where event_id = (select max(id) from events)`;
  expect(await countRecentDeliveries(db())).toEqual({
    sinks: [{ sink: 'soc', lastHour: 1, lastDay: 2 }],
    isCut: false,
  });
});

test('of many rows only the newest are looked at, and that is said', async () => {
  await db().$client`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
    select 'a', n::text, 's', 'event', 'T', 3, '{}', '{}', '{}' from generate_series(1, 10010) n`;
  await db().$client`
    insert into deliveries (event_id, sink, state, priority, finalized_at)
    select id, 'soc', 'delivered', 2, now() from events`;
  expect(await countRecentDeliveries(db())).toEqual({
    sinks: [{ sink: 'soc', lastHour: 10_000, lastDay: 10_000 }],
    isCut: true,
  });
});
