// A digest that is split: every member goes into a smaller one or out as a card, or nothing changes.
import { describe, expect, test } from 'vitest';
import { recordDelivered } from '../../../src/store/deliveries/index.ts';
import { splitDigest } from '../../../src/store/groups/index.ts';
import { hold, useDatabase } from '../stored.ts';
import { countWhere, digestOf, freeze, grouped, storeFor } from './digests.ts';

const database = useDatabase();

/** Four events in a digest. */
async function frozen() {
  const lease = await hold(database(), 'sink:x');
  const ids = await storeFor(database(), grouped);
  await freeze(database(), lease, { ids });
  const [row] = await database().$client`select id from events where stream = 'digest'`;
  const digestId: number = row!.id;
  const part = (members: readonly number[], traceParent: string | null = null) => ({
    ...{ event: digestOf(members), members, traceParent },
  });
  return { lease, ids, digestId, part };
}

describe('a digest', () => {
  test('becomes smaller ones and single cards, and is suppressed itself', async () => {
    const { lease, ids, digestId, part } = await frozen();
    const parts = [part(ids.slice(0, 2), '00-1'), part(ids.slice(2, 3))];
    const cards = ids.slice(3);
    const made = await splitDigest(database(), lease, { sink: 'soc', digestId, parts, cards });
    expect(made).toHaveLength(2);
    const [first, second] = made as readonly number[];
    const rows = await database().$client`
      select event_id, digest_id, group_key is null as is_free, priority, state, reason
      from deliveries order by event_id`;
    expect(rows.map((row) => [row.event_id, row.digest_id, row.state, row.reason])).toEqual([
      ...ids.slice(0, 2).map((id) => [id, first, 'pending', null]),
      [ids[2], second, 'pending', null],
      [ids[3], null, 'pending', null],
      [digestId, null, 'suppressed', 'split'],
      [first, null, 'pending', null],
      [second, null, 'pending', null],
    ]);
    expect(rows[3]).toMatchObject({ is_free: true, priority: 0 });
    const traces = await database().$client`
      select traceparent from events where id in (${first!}, ${second!}) order by id`;
    expect(traces.map((row) => row.traceparent)).toEqual(['00-1', null]);
  });

  test('that is made of cards alone has no smaller ones', async () => {
    const { lease, ids, digestId } = await frozen();
    const split = { sink: 'soc', digestId, parts: [], cards: ids };
    expect(await splitDigest(database(), lease, split)).toEqual([]);
    expect(await countWhere(database(), 'digest_id is not null')).toBe(0);
  });

  test('that was delivered meanwhile stays whole', async () => {
    const { lease, ids, digestId, part } = await frozen();
    const delivered = { eventId: digestId, afterFailure: false, durationMs: 1, isDigest: true };
    await recordDelivered(database(), 'soc', [delivered]);
    const split = { sink: 'soc', digestId, parts: [part(ids.slice(0, 2))], cards: ids.slice(2) };
    expect(await splitDigest(database(), lease, split)).toBe('changed');
    expect(await countWhere(database(), "state = 'delivered'")).toBe(5);
    expect(await database().$client`select 1 from events where stream = 'digest'`).toHaveLength(1);
  });

  test('is not split once the role was lost', async () => {
    const { lease, ids, digestId, part } = await frozen();
    const stale = { ...lease, epoch: lease.epoch - 1 };
    const split = { sink: 'soc', digestId, parts: [part(ids.slice(0, 2))], cards: ids.slice(2) };
    expect(await splitDigest(database(), stale, split)).toBe('lost');
    expect(await countWhere(database(), `digest_id = ${digestId}`)).toBe(4);
    expect(await countWhere(database(), `state = 'pending' and event_id = ${digestId}`)).toBe(1);
  });
});
