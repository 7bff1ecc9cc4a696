// A digest is stored with all of its members or not at all, and only by who holds the role.
import { describe, expect, test } from 'vitest';
import { recordDelivered, takeDue } from '../../../src/store/deliveries/index.ts';
import { freezeDigest, listWaitingGroups, releaseCards } from '../../../src/store/groups/index.ts';
import { hold, useDatabase } from '../stored.ts';
import { change, countWhere, digestOf, freeze, grouped, plain, storeFor } from './digests.ts';

const database = useDatabase();

describe('a digest', () => {
  test('is frozen with all of its members, which are no longer due by themselves', async () => {
    const lease = await hold(database(), 'sink:x');
    const ids = await storeFor(database(), grouped);
    expect(await freeze(database(), lease, { ids: ids })).toBe('frozen');
    expect(await countWhere(database(), 'digest_id is not null')).toBe(4);
    const due = await takeDue(database(), { sink: 'soc', limit: 10 });
    expect(due.map(({ event }) => event.body.digest?.count)).toEqual([4]);
    expect(await listWaitingGroups(database(), 'soc')).toEqual([]);
    expect(await freeze(database(), lease, { ids: ids })).toBe('changed');
  });

  test('is not made when one of its members was delivered meanwhile, and nothing is written then', async () => {
    const lease = await hold(database(), 'sink:x');
    const ids = await storeFor(database(), plain);
    const rest = ids.slice(1);
    await recordDelivered(database(), 'soc', [
      { eventId: ids[0]!, afterFailure: false, durationMs: 1 },
    ]);
    expect(await freeze(database(), lease, { ids: ids, group: null })).toBe('changed');
    expect(await countWhere(database(), 'digest_id is not null')).toBe(0);
    expect(await database().$client`select 1 from events where stream = 'digest'`).toEqual([]);
    expect(await freeze(database(), lease, { ids: rest, group: null })).toBe('frozen');
  });

  test('is not made once the role was lost, and no card is released', async () => {
    const lease = await hold(database(), 'sink:x');
    const ids = await storeFor(database(), grouped);
    const stale = { ...lease, epoch: lease.epoch - 1 };
    expect(await freeze(database(), stale, { ids: ids })).toBe('lost');
    expect(
      await releaseCards(database(), stale, { sink: 'soc', group: change, count: 2 }),
    ).toBeNull();
    expect(await countWhere(database(), 'digest_id is null and group_key is not null')).toBe(4);
    expect(await database().$client`select 1 from groups`).toEqual([]);
  });

  test('is stored with the trace that it was made in, and its own delivery with its route', async () => {
    const lease = await hold(database(), 'sink:x');
    const members = await storeFor(database(), grouped);
    const event = digestOf(members);
    const own = { ...event.decisions[0]!, route: 'g' };
    expect(
      await freezeDigest(database(), lease, {
        sink: 'soc',
        event: { ...event, decisions: [own], routes: ['g', 'h'] },
        members,
        group: change,
        traceParent: '00-1',
      }),
    ).toBe('frozen');
    const [row] = await database().$client`
      select to_json(routes) as routes, traceparent, route, state
      from events e join deliveries d on d.event_id = e.id where stream = 'digest'`;
    expect(row).toEqual({
      ...{ routes: ['g', 'h'], traceparent: '00-1', route: 'g', state: 'pending' },
    });
  });

  test('of a storm keeps how urgent its members are, should they be split again', async () => {
    const lease = await hold(database(), 'sink:x');
    const ids = await storeFor(database(), plain);
    const priorities = async () =>
      (
        await database().$client`select priority from deliveries where event_id <= ${ids.at(-1)!}`
      ).map((row) => row.priority);
    const before = await priorities();
    expect(await freeze(database(), lease, { ids, group: null })).toBe('frozen');
    expect(await priorities()).toEqual(before.map((priority) => priority + 10));
    expect(await database().$client`select 1 from groups`).toEqual([]);
  });
});
