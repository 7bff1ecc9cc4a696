// Groups in which something waits, what was sent of them, and when they are forgotten.
import { describe, expect, test } from 'vitest';
import { forgetGroups, listWaitingGroups, releaseCards } from '../../../src/store/groups/index.ts';
import { drafts, hold, useDatabase } from '../stored.ts';
import { change, freeze, grouped, key, storeFor } from './digests.ts';

const database = useDatabase();

describe('a group', () => {
  test('is listed with how many wait, since when, and what was sent of it', async () => {
    const lease = await hold(database(), 'sink:x');
    await storeFor(database(), grouped);
    await database()
      .$client`update deliveries set scheduled_at = now() - interval '7 seconds' where event_id = (select min(id) from events)`;
    const [fresh] = await listWaitingGroups(database(), 'soc');
    expect(fresh).toMatchObject({ key, waiting: 4, sentMs: null, cards: 0, total: 0 });
    expect(fresh!.oldestMs).toBeGreaterThan(6900);
    const releasedAt = performance.now();
    expect(await releaseCards(database(), lease, { sink: 'soc', group: change, count: 3 })).toBe(3);
    const [later] = await listWaitingGroups(database(), 'soc');
    expect(later).toMatchObject({ waiting: 1, cards: 3, total: 3 });
    expect(later!.sentMs).toBeLessThanOrEqual(performance.now() - releasedAt + 100);
  });

  test('goes on counting until it is new, and keeps its interval while cards are added to it', async () => {
    const lease = await hold(database(), 'sink:x');
    const row = async () => (await database().$client`select cards, total, sent_at from groups`)[0];
    await storeFor(database(), grouped);
    await releaseCards(database(), lease, { sink: 'soc', group: change, count: 1 });
    const first = await row();
    await releaseCards(database(), lease, {
      sink: 'soc',
      group: { key, isNew: false, startsInterval: false },
      count: 1,
    });
    expect(await row()).toEqual({ cards: 2, total: 2, sent_at: first!.sent_at });
    await releaseCards(database(), lease, {
      sink: 'soc',
      group: { key, isNew: false, startsInterval: true },
      count: 1,
    });
    const third = await row();
    expect(third).toMatchObject({ cards: 1, total: 3 });
    expect(third!.sent_at).not.toEqual(first!.sent_at);
    await releaseCards(database(), lease, { sink: 'soc', group: change, count: 1 });
    expect(await row()).toMatchObject({ cards: 1, total: 1 });
  });

  test('counts the events of a digest, but no cards', async () => {
    const lease = await hold(database(), 'sink:x');
    const ids = await storeFor(database(), grouped);
    await freeze(database(), lease, { ids });
    await storeFor(database(), grouped, drafts(5, 1));
    expect(await listWaitingGroups(database(), 'soc')).toMatchObject([
      { key, waiting: 1, cards: 0, total: 4 },
    ]);
  });

  test('whose times lie ahead, for the clock went back, has waited for ever', async () => {
    const lease = await hold(database(), 'sink:x');
    await storeFor(database(), grouped);
    await releaseCards(database(), lease, { sink: 'soc', group: change, count: 1 });
    await database().$client`update groups set sent_at = sent_at + interval '1 hour'`;
    await database().$client`update deliveries set scheduled_at = scheduled_at + interval '1 hour'`;
    const endless = Number.POSITIVE_INFINITY;
    expect(await listWaitingGroups(database(), 'soc')).toMatchObject([
      { oldestMs: endless, sentMs: endless },
    ]);
    expect(await listWaitingGroups(database(), 'boss')).toEqual([]);
  });

  test('that was quiet for long is forgotten', async () => {
    const lease = await hold(database(), 'sink:x');
    await storeFor(database(), grouped);
    await releaseCards(database(), lease, { sink: 'soc', group: change, count: 1 });
    await forgetGroups(database(), 'soc', 60_000);
    expect(await database().$client`select 1 from groups`).toHaveLength(1);
    await database().$client`update groups set sent_at = now() - interval '2 minutes'`;
    await forgetGroups(database(), 'soc', 60_000);
    expect(await database().$client`select 1 from groups`).toEqual([]);
  });
});
