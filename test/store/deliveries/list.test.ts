// Deliveries as people list them: every fact of each, by filter, in pages that miss and repeat none,
// however little one search looks at.
import { describe, expect, test } from 'vitest';
import type { DeliveryKey } from '../../../src/kit/records/delivery.ts';
import {
  type DeliverySearch,
  listDeliveries,
  readDeliveries,
  recordDelivered,
  recordFailed,
  takeDue,
} from '../../../src/store/deliveries/index.ts';
import { draft, drafts, hold, storePage, useDatabase } from '../stored.ts';
import { failure, listDead, storeForBoth, success } from './attempts.ts';

const database = useDatabase();

describe('the list of the dead', () => {
  test('shows the last answer that there was, also the one to the digest that held it', async () => {
    const lease = await hold(database(), 'sink:x');
    await storePage(database(), { events: drafts(1, 3), cursor: 'c' });
    const [digest = 0, member = 0, silent = 0] = (
      await takeDue(database(), { sink: 'soc', limit: 3 })
    ).map(({ event }) => event.id);
    await database()
      .$client`update deliveries set digest_id = ${digest}, group_key = 'g', priority = priority + 10 where event_id = ${member}`;
    const attempt = (eventId: number, status: number | null, answer: string | null) => ({
      ...{ eventId, attempts: 1, state: 'pending' as const, delayMs: 0, form: 'full' as const },
      ...{ outcome: 'retry', reason: 'unknown', status, durationMs: 1, answer },
    });
    for (const [status, answer] of [
      [500, 'first'],
      [413, 'too long'],
      [null, null],
    ] as const)
      expect(
        await recordFailed(database(), lease, {
          sink: 'soc',
          failed: [attempt(digest, status, answer)],
        }),
      ).toEqual([]);
    const last = [attempt(digest, null, null), attempt(silent, null, null)];
    await recordFailed(database(), lease, {
      sink: 'soc',
      failed: last.map((one) => ({ ...one, state: 'dead' as const })),
    });
    const none = { lastStatus: null, lastAnswer: null };
    const given = { lastStatus: 413, lastAnswer: 'too long' };
    expect(await listDead(database(), null, 10)).toMatchObject([
      { eventId: silent, ...none },
      { eventId: member, ...given },
      { eventId: digest, ...given },
    ]);
  });

  test('is of one sink or of all, newest first, and no longer than was asked for', async () => {
    const ids = await storeForBoth(database());
    const lease = await hold(database(), 'sink:x');
    const failed = ids.map((id) => failure(id, { state: 'dead' }));
    for (const sink of ['soc', 'boss']) await recordFailed(database(), lease, { sink, failed });
    const listed = async (sink: string | null, limit: number) =>
      (await listDead(database(), sink, limit)).map(({ eventId }) => eventId);
    expect(await listed('soc', 10)).toEqual(ids.toReversed());
    expect(await listed('soc', 2)).toEqual(ids.toReversed().slice(0, 2));
    expect(await listed(null, 10)).toHaveLength(6);
    expect(await listed('nobody', 10)).toEqual([]);
  });
});

/** The keys of all pages, one after the other, and how many pages that took. */
async function walk(search: Partial<DeliverySearch>) {
  const keys: string[] = [];
  let pages = 0;
  for (let after: DeliveryKey | null = null; ; ) {
    const page = await listDeliveries(database(), { limit: 3, ...search, after });
    keys.push(...page.items.map(({ eventId, sink }) => `${eventId} ${sink}`));
    pages += 1;
    expect(page.searchedTo === null || page.items.length < 3).toBe(true);
    if (page.last === null) return { keys, pages };
    after = page.last;
    if (pages > 200) throw new Error('it does not end');
  }
}

describe('a search', () => {
  /** 20 events for two sinks; of `soc` every fifth is dead and every fourth delivered. */
  async function fill() {
    const events = Array.from({ length: 20 }, (_, n) =>
      draft(n + 1, { severity: n % 2 === 0 ? 5 : 2, body: { device: { name: `PC-${n + 1}` } } }),
    );
    const ids = await storeForBoth(database(), events);
    const lease = await hold(database(), 'sink:x');
    const dead = ids.filter((_, n) => n % 5 === 0);
    const delivered = ids.filter((_, n) => n % 4 === 3);
    await recordFailed(database(), lease, {
      sink: 'soc',
      failed: dead.map((id) => failure(id, { state: 'dead', reason: 'too_large', status: 413 })),
    });
    await recordDelivered(
      database(),
      'soc',
      delivered.map((id) => success(id, { remoteId: `post-${id}` })),
    );
    const rows = await database().$client`
      select event_id::int as id, sink, state, reason from deliveries
      order by event_id desc, sink collate "C" desc`;
    const stored = rows as unknown as { id: number; sink: string; state: string; reason: string }[];
    const keysOf = (is: (row: (typeof stored)[number]) => boolean) =>
      stored.filter(is).map(({ id, sink }) => `${id} ${sink}`);
    return { ids, keysOf, dead, delivered };
  }

  test('of every kind gives each delivery once, the newest event first, however little it looks at', async () => {
    const { ids, keysOf } = await fill();
    const isEven = (id: number) => ids.indexOf(id) % 2 === 0;
    const cases: [
      Partial<DeliverySearch>,
      (row: { id: number; sink: string; state: string; reason: string }) => boolean,
    ][] = [
      [{}, () => true],
      [{ sink: 'soc' }, ({ sink }) => sink === 'soc'],
      [{ states: ['dead'] }, ({ state }) => state === 'dead'],
      [{ states: ['pending'] }, ({ state }) => state === 'pending'],
      [
        { states: ['pending'], sink: 'boss' },
        ({ state, sink }) => state === 'pending' && sink === 'boss',
      ],
      [{ states: ['pending', 'dead'] }, ({ state }) => state !== 'delivered'],
      [{ states: ['dead', 'delivered'] }, ({ state }) => state !== 'pending'],
      [{ reason: 'too_large' }, ({ reason }) => reason === 'too_large'],
      [{ severities: [5] }, ({ id }) => isEven(id)],
      [
        { states: ['pending'], severities: [2] },
        ({ id, state }) => state === 'pending' && !isEven(id),
      ],
      [{ eventId: String(ids[5]) }, ({ id }) => id === ids[5]],
      [
        { states: ['dead'], eventId: String(ids[5]) },
        ({ id, state }) => id === ids[5] && state === 'dead',
      ],
      [{ sink: 'nobody' }, () => false],
      [{ states: ['dead'], sink: 'nobody' }, () => false],
    ];
    for (const [search, is] of cases)
      for (const rowsMax of [undefined, 1, 4, 7]) {
        const { keys } = await walk({ ...search, rowsMax });
        expect(keys, JSON.stringify({ ...search, rowsMax })).toEqual(keysOf(is));
      }
  });

  test('says how far it has looked when it found less than was asked for, and goes on from there', async () => {
    const { ids } = await fill();
    const search = { reason: 'too_large', limit: 3, rowsMax: 4 };
    const first = await listDeliveries(database(), { ...search, after: null });
    expect(first.items).toEqual([]);
    expect(first.last?.eventId).toBe(ids.at(-2));
    expect(first.searchedTo).toMatch(/^20.*Z$/);
    const whole = await listDeliveries(database(), { ...search, rowsMax: 1000, after: null });
    expect(whole.items).toHaveLength(3);
    expect(whole.searchedTo).toBeNull();
  });

  test('shows every fact of a delivery', async () => {
    const { dead, delivered } = await fill();
    const [lost] = (
      await listDeliveries(database(), {
        eventId: String(dead[1]),
        sink: 'soc',
        after: null,
        limit: 9,
      })
    ).items;
    expect(lost).toEqual({
      ...{ eventId: dead[1], sink: 'soc', state: 'dead', reason: 'too_large', attempts: 1 },
      ...{ form: 'full', route: null, digestId: null, silenceId: null, remoteId: null },
      ...{ lastStatus: 413, lastAnswer: 'oops', severity: 2, type: 'STATIC_ANALYSIS' },
      ...{ device: 'PC-6', itemId: null },
      scheduledAt: expect.stringMatching(/^20.*Z$/),
      finalizedAt: expect.stringMatching(/^20.*Z$/),
      receivedAt: expect.stringMatching(/^20.*Z$/),
    });
    const [arrived] = (
      await listDeliveries(database(), {
        eventId: String(delivered[0]),
        sink: 'soc',
        after: null,
        limit: 9,
      })
    ).items;
    expect(arrived).toMatchObject({
      state: 'delivered',
      reason: null,
      remoteId: `post-${delivered[0]}`,
      lastStatus: null,
    });
  });

  test('of a time is of the events that were received in it', async () => {
    const { ids } = await fill();
    await database().$client`
      update events set received_at = now() - interval '100 hours' + (id - ${ids[0]!}) * interval '1 hour'`;
    const times = await database().$client`
      select id::int as id, extract(epoch from received_at) * 1000 as ms from events order by id`;
    const at = (n: number) => Number(times[n]!.ms);
    for (const states of [undefined, ['pending', 'dead', 'delivered'], ['dead']] as const) {
      const found = await walk({ sink: 'soc', states, sinceMs: at(5), untilMs: at(11) });
      const expected = ids.slice(5, 11).filter((_, n) => states?.length !== 1 || (n + 5) % 5 === 0);
      expect(found.keys).toEqual(expected.toReversed().map((id) => `${id} soc`));
    }
  });
});

test('deliveries are read by their keys, in that order, and what is gone is left out', async () => {
  const [first = 0, second = 0] = await storeForBoth(database());
  const keys = [
    { eventId: second, sink: 'soc' },
    { eventId: 999_999, sink: 'soc' },
    { eventId: first, sink: 'boss' },
  ];
  expect(await readDeliveries(database(), keys)).toMatchObject([keys[0], keys[2]]);
  expect(await readDeliveries(database(), [])).toEqual([]);
});
