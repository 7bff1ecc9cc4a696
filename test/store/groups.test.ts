// The statements of groups and digests on a real Postgres: whole or not at all, and only by who
// holds the role.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { composeDigest, digestEvent } from '../../src/core/deliver/digest.ts';
import type { Lease } from '../../src/core/loops/lease.ts';
import type { Route } from '../../src/core/routing/index.ts';
import { recordDelivered, takeDue } from '../../src/store/deliveries/index.ts';
import {
  forgetGroups,
  freezeDigest,
  listWaitingGroups,
  readMembers,
  releaseCards,
} from '../../src/store/groups/index.ts';
import { draft, drafts, hold, storePage, useDatabase } from './stored.ts';

const database = useDatabase();
const grouped: Route = {
  name: 'g',
  minSeverity: 0,
  to: ['soc'],
  group: { by: [], waitMs: 0, intervalMs: 1000, max: 9, cards: 0 },
};
const plain: Route = { name: 'all', minSeverity: 0, to: ['soc'] };
const key = '["g"]';
const change = { key, isNew: true, startsInterval: true };

const store = async (route: Route, events = drafts(1, 4)) =>
  (await storePage(database(), { routes: [route], events }))!.events.map(({ id }) => id);
const one = {
  severity: 3,
  type: 'T',
  device: undefined,
  fileHash: undefined,
  fileName: undefined,
  receivedAtMs: 0,
} as const;
/** @param group null for a storm's */
function freeze(lease: Lease, ids: readonly number[], group: typeof change | null = change) {
  const members = ids.map((eventId) => ({ ...one, eventId, itemId: undefined, link: undefined }));
  const digest = composeDigest(members, { kind: group ? 'group' : 'storm', before: 0, by: [] });
  return freezeDigest(database(), lease, {
    sink: 'soc',
    event: digestEvent(digest, randomUUID(), 'soc'),
    members: ids,
    group: group ?? undefined,
  });
}
const count = async (where: string) =>
  Number(
    (await database().$client.unsafe(`select count(*) as n from deliveries where ${where}`))[0]!.n,
  );

describe('a digest', () => {
  test('is frozen with all of its members, which are due no more', async () => {
    const lease = await hold(database(), 'sink:x');
    const ids = await store(grouped);
    expect(await freeze(lease, ids)).toBe('frozen');
    expect(await count('digest_id is not null')).toBe(4);
    const due = await takeDue(database(), { sink: 'soc', limit: 10 });
    expect(due.map(({ event }) => event.body.digest?.count)).toEqual([4]);
    expect(await listWaitingGroups(database(), 'soc')).toEqual([]);
    expect(await freeze(lease, ids)).toBe('changed');
  });

  test('is not made when one of its members was delivered meanwhile, and nothing is written then', async () => {
    const lease = await hold(database(), 'sink:x');
    const ids = await store(plain);
    const rest = ids.slice(1);
    await recordDelivered(database(), 'soc', [
      { eventId: ids[0]!, afterFailure: false, durationMs: 1 },
    ]);
    expect(await freeze(lease, ids, null)).toBe('changed');
    expect(await count('digest_id is not null')).toBe(0);
    expect(await database().$client`select 1 from events where stream = 'digest'`).toEqual([]);
    expect(await freeze(lease, rest, null)).toBe('frozen');
  });

  test('is not made by who lost the role, nor is a card released', async () => {
    const lease = await hold(database(), 'sink:x');
    const ids = await store(grouped);
    const stale = { ...lease, epoch: lease.epoch - 1 };
    expect(await freeze(stale, ids)).toBe('lost');
    expect(
      await releaseCards(database(), stale, { sink: 'soc', group: change, count: 2 }),
    ).toBeNull();
    expect(await count('digest_id is null and group_key is not null')).toBe(4);
    expect(await database().$client`select 1 from groups`).toEqual([]);
  });
});

test('the members of a digest come with what tells their devices apart', async () => {
  const body = { device: { id: '7', name: 'DC01' }, tenant: { name: 'Bakery', id: 't1' } };
  await store(plain, [draft(1, { body })]);
  const [only] = await readMembers(database(), {
    sink: 'soc',
    choice: { below: -1, excluded: [] },
    limit: 10,
  });
  expect(only).toMatchObject({ device: 'DC01', deviceId: '7', tenant: 'Bakery', source: 'a' });
});

describe('a group', () => {
  test('is listed with how many wait, since when, and what was sent of it', async () => {
    const lease = await hold(database(), 'sink:x');
    await store(grouped);
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

  test('releases its most urgent ones first', async () => {
    const lease = await hold(database(), 'sink:x');
    await store(grouped, [
      draft(1, { severity: 2 }),
      draft(2, { severity: 5 }),
      draft(3, { severity: 4 }),
    ]);
    await releaseCards(database(), lease, { sink: 'soc', group: change, count: 2 });
    expect(
      (await takeDue(database(), { sink: 'soc', limit: 10 })).map(({ event }) => event.externalId),
    ).toEqual(['2', '3']);
  });

  test('goes on counting until it is new, and keeps its interval while cards are added to it', async () => {
    const lease = await hold(database(), 'sink:x');
    const row = async () => (await database().$client`select cards, total, sent_at from groups`)[0];
    await store(grouped);
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

  test('that was quiet for long is forgotten', async () => {
    const lease = await hold(database(), 'sink:x');
    await store(grouped);
    await releaseCards(database(), lease, { sink: 'soc', group: change, count: 1 });
    await forgetGroups(database(), 'soc', 60_000);
    expect(await database().$client`select 1 from groups`).toHaveLength(1);
    await database().$client`update groups set sent_at = now() - interval '2 minutes'`;
    await forgetGroups(database(), 'soc', 60_000);
    expect(await database().$client`select 1 from groups`).toEqual([]);
  });
});
