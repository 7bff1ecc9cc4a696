// Held deliveries that go out as single cards, and deliveries that go out before others.
import { describe, expect, test } from 'vitest';
import { takeDue } from '../../../src/store/deliveries/index.ts';
import { raiseDelivery, releaseCards } from '../../../src/store/groups/index.ts';
import { draft, hold, useDatabase } from '../stored.ts';
import { change, freeze, grouped, plain, storeFor } from './digests.ts';

const database = useDatabase();
const priorityOf = async (eventId: number) =>
  (await database().$client`select priority from deliveries where event_id = ${eventId}`)[0]!
    .priority;

test('a group releases its most urgent deliveries first', async () => {
  const lease = await hold(database(), 'sink:x');
  await storeFor(database(), grouped, [
    draft(1, { severity: 2 }),
    draft(2, { severity: 5 }),
    draft(3, { severity: 4 }),
  ]);
  await releaseCards(database(), lease, { sink: 'soc', group: change, count: 2 });
  expect(
    (await takeDue(database(), { sink: 'soc', limit: 10 })).map(({ event }) => event.externalId),
  ).toEqual(['2', '3']);
});

test('what was held says by what and until when, and what was not says nothing', async () => {
  const lease = await hold(database(), 'sink:x');
  const [card] = await storeFor(database(), grouped, [draft(1)]);
  await releaseCards(database(), lease, { sink: 'soc', group: change, count: 1 });
  const [raised, free] = await storeFor(database(), plain, [draft(2), draft(3)]);
  await raiseDelivery(database(), lease, { sink: 'soc', eventId: raised!, priority: 1 });
  const due = await takeDue(database(), { sink: 'soc', limit: 10 });
  const held = new Map(due.map((delivery) => [delivery.event.id, delivery.held]));
  expect([held.get(card!)?.by, held.get(raised!)?.by, held.get(free!)]).toEqual([
    'group',
    'storm',
    undefined,
  ]);
  expect(Math.abs(held.get(card!)!.untilMs - Date.now())).toBeLessThan(60_000);
});

describe('a delivery that is raised', () => {
  test('is as urgent as it is told, but never less urgent than it was', async () => {
    const lease = await hold(database(), 'sink:x');
    const [low, critical] = await storeFor(database(), plain, [
      draft(1, { severity: 2 }),
      draft(2, { severity: 5 }),
    ]);
    for (const eventId of [low!, critical!])
      expect(await raiseDelivery(database(), lease, { sink: 'soc', eventId, priority: 1 })).toBe(
        true,
      );
    expect([await priorityOf(low!), await priorityOf(critical!)]).toEqual([1, 0]);
  });

  test('stays as it is in a group, in a digest, and once the role was lost', async () => {
    const lease = await hold(database(), 'sink:x');
    const [waiting, member] = await storeFor(database(), grouped);
    await freeze(database(), lease, { ids: [member!] });
    const [free] = await storeFor(database(), plain, [draft(9)]);
    const before = [];
    const raise = (eventId: number, epoch = lease.epoch) =>
      raiseDelivery(database(), { ...lease, epoch }, { sink: 'soc', eventId, priority: 0 });
    for (const id of [waiting!, member!, free!]) before.push(await priorityOf(id));
    expect([await raise(waiting!), await raise(member!)]).toEqual([true, true]);
    expect(await raise(free!, lease.epoch - 1)).toBe(false);
    const after = [];
    for (const id of [waiting!, member!, free!]) after.push(await priorityOf(id));
    expect(after).toEqual(before);
  });
});
