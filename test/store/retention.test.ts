// One batch of a removal: what it looks at, what it removes, and where the next one begins.
import { describe, expect, test } from 'vitest';
import { changeIncident } from '../../src/core/incidents/change.ts';
import { readKeptFrom, removeExpired } from '../../src/store/retention.ts';
import { drafts, hold, storePage, useDatabase } from './stored.ts';

const database = useDatabase();
const dayMs = 86_400_000;

/** Ten events that are two days old. */
async function store() {
  const fence = await hold(database(), 'job:retention');
  const page = await storePage(database(), { events: drafts(1, 10) });
  await database().$client`update events set received_at = now() - interval '2 days'`;
  await database().$client`
    update deliveries set state = 'delivered', finalized_at = now()`;
  const ids = page!.events.map(({ id }) => id);
  const batch = { kept: new Map([['a', 1e9]]), afterId: 0, limit: 100, ageMs: dayMs };
  return { fence, ids, batch: { ...batch, nowMs: Date.now() } };
}
const left = async () =>
  (await database().$client`select id from events order by id`).map((row) => row.id);

describe('a batch', () => {
  test('ends with its limit, and says where the next one begins, until nothing is old enough', async () => {
    const { fence, ids, batch } = await store();
    await database().$client`
      update events set received_at = now() where id in (${ids[8]!}, ${ids[9]!})`;
    const first = await removeExpired(database(), fence, { ...batch, limit: 6 });
    expect(first).toEqual({ lastId: ids[5], count: 6 });
    const next = { ...batch, limit: 6, afterId: first!.lastId! };
    expect(await removeExpired(database(), fence, next)).toEqual({ lastId: ids[7], count: 2 });
    const last = { ...batch, limit: 6, afterId: ids[7]! };
    expect(await removeExpired(database(), fence, last)).toEqual({ lastId: null, count: 0 });
    expect(await left()).toEqual(ids.slice(8));
  });

  test('goes on behind events that have to stay', async () => {
    const { fence, ids, batch } = await store();
    await database().$client`
      update deliveries set state = 'pending', finalized_at = null where event_id = ${ids[1]!}`;
    const removed = await removeExpired(database(), fence, { ...batch, limit: 3 });
    expect(removed).toEqual({ lastId: ids[2], count: 2 });
    expect(await left()).toEqual([ids[1], ...ids.slice(3)]);
  });

  test.each([
    ['the first of those that a source keeps', (ids: number[]) => new Map([['a', ids[4]!]]), 4],
    ['another source has a bound', () => new Map([['b', 1e9]]), 0],
    ['no source has a bound', () => new Map(), 0],
  ])('keeps what the bounds keep: %s', async (_, keptOf, count) => {
    const { fence, ids, batch } = await store();
    const kept = keptOf(ids);
    expect(await removeExpired(database(), fence, { ...batch, kept })).toMatchObject({ count });
    expect(await left()).toEqual(ids.slice(count));
  });

  test('removes nothing that is old by one of the two clocks alone', async () => {
    const { fence, ids, batch } = await store();
    const nowMs = batch.nowMs - 3 * dayMs;
    const removed = await removeExpired(database(), fence, { ...batch, nowMs });
    expect(removed).toEqual({ lastId: null, count: 0 });
    await database().$client`update events set received_at = now()`;
    const later = { ...batch, nowMs: batch.nowMs + 365 * dayMs };
    expect(await removeExpired(database(), fence, later)).toEqual({ lastId: null, count: 0 });
    expect(await left()).toEqual(ids);
  });

  test('removes nothing once the role was lost', async () => {
    const { fence, ids, batch } = await store();
    const stale = { ...fence, epoch: fence.epoch - 1 };
    expect(await removeExpired(database(), stale, batch)).toBeNull();
    expect(await left()).toEqual(ids);
  });
});

test.each([
  [999, null],
  [1000, 1],
  [1003, 4],
])('a source with %i events keeps everything from its event number %j on', async (count, from) => {
  await database().$client`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
    select 'a', n, 'e', 'event', 'T', 3, '{}', '{}', '{}' from generate_series(1, ${count}::int) n`;
  const [first] = await database().$client`select min(id) as id from events`;
  const kept = await readKeptFrom(database());
  expect([...kept]).toEqual(from === null ? [] : [['a', first!.id + from - 1]]);
});

test('the incident of an event goes with it: its changes, and the edits of its messages', async () => {
  const { fence, ids, batch } = await store();
  const [old, young] = [ids[0]!, ids[1]!];
  await database().$client`update events set received_at = now() where id = ${young}`;
  // Of a message without an id nothing is edited.
  await database().$client`update deliveries set remote_id = 'm' || event_id`;
  for (const eventId of [old, young])
    await changeIncident(database(), {
      ...{ eventId, wanted: { kind: 'resolved' }, actor: 'ana', via: 'page' },
    });
  await database().$client`update deliveries set state = 'delivered', finalized_at = now()`;
  await removeExpired(database(), fence, batch);
  const [counts] = await database().$client`
    select (select array_agg(event_id)::text from incidents) as incidents,
      (select count(*)::int from incident_changes) as changes,
      (select array_agg(event_id)::text from message_edits) as edits`;
  expect(counts).toEqual({ incidents: `{${young}}`, changes: 1, edits: `{${young}}` });
});
