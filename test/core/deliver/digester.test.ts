// Groups and storms of one sink on a real Postgres: what goes out singly, what goes out together, and that nothing is left over.

import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { composeDigest, digestEvent } from '../../../src/core/deliver/digest.ts';
import { type Lanes, offerFresh, startOrigin } from '../../../src/core/deliver/origin.ts';
import { type DeliveryPolicy, defaultPolicy } from '../../../src/core/deliver/policy.ts';
import { noticeEvent } from '../../../src/core/notices/notice.ts';
import type { SinkNotice } from '../../../src/core/notices/sink-notices.ts';
import type { Route } from '../../../src/core/routing/index.ts';
import { compileGlob } from '../../../src/core/rules/glob.ts';
import type { GroupPolicy } from '../../../src/core/rules/group.ts';
import { parseInterval } from '../../../src/core/rules/schedule.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { EventDraft } from '../../../src/kit/event.ts';
import type { Message, Sink } from '../../../src/kit/sink.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { redriveDead } from '../../../src/store/deliveries.ts';
import { insertPage } from '../../../src/store/events.ts';
import { freezeDigest, readMembers, splitDigest } from '../../../src/store/groups.ts';
import { draft, drafts, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const database = useDatabase();
const all: Route = { name: 'all', minSeverity: 0, to: ['soc'] };
const storm = { over: 5, passes: 0, firstMs: 100, betweenMs: 400, betweenMaxMs: 400 };
const grouped = (more: Partial<GroupPolicy>, route: Partial<Route> = {}): Route => ({
  ...all,
  ...route,
  group: { by: [], waitMs: 0, intervalMs: 600, max: 1000, cards: 0, ...more },
});

interface SetUp {
  readonly routes?: readonly Route[];
  readonly policy?: Partial<DeliveryPolicy>;
  send?(message: Message): Promise<void> | void;
  readonly check?: Sink['check'];
}

/** Starts the lane of `soc`. */
async function begin({ routes = [all], policy = {}, send, check }: SetUp = {}) {
  const db = database();
  const sent: Message[] = [];
  const sink: Sink = {
    origin: 'x:',
    async send(message) {
      await send?.(message);
      sent.push(message);
    },
    ...(check && { check }),
  };
  const metrics = createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] });
  const announce = async ({ sink: id, notice, key }: SinkNotice) => {
    await insertPage(db, null, 'tocsin', [noticeEvent({ notice, key, to: [id], nowMs: Date.now() })], null);
  };
  const lanes: Lanes = new Map();
  const worker = startOrigin(
    {
      sinks: [{ id: 'soc', sink }],
      db,
      perSecond: Number.POSITIVE_INFINITY,
      policy: {
        ...defaultPolicy,
        backoff: { firstMs: 10, maxMs: 20 },
        sinkBackoff: { firstMs: 10, maxMs: 20 },
        rereadMs: 30,
        ...policy,
      },
      metrics,
      log: quiet,
      now: Date.now,
      random: () => 0.5,
      routes,
      showTenant: () => false,
      announce,
    },
    lanes,
    await hold(db, 'sink:x'),
  );
  onTestFinished(() => worker.stop());
  const store = async (page: readonly EventDraft[]) => {
    const stored = await storePage(db, { routes, events: page });
    offerFresh(lanes, stored!.fresh);
  };
  const cards = () => sent.filter(({ event }) => event.source === 'a').map(({ event }) => event.externalId);
  const digests = () => sent.flatMap(({ event }) => event.body.digest ?? []);
  const notices = () => sent.flatMap(({ event }) => event.body.notice?.kind ?? []);
  return { worker, store, sent, cards, digests, notices, metrics };
}

const expectSoon = async (isTrue: () => boolean | Promise<boolean>) => expect(await until(isTrue, 10_000)).toBe(true);
const states = async () => {
  const rows = await database().$client`select state, count(*)::int as n from deliveries group by state`;
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
};
const isSettled = async () => (await states()).pending === undefined;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a group', () => {
  test('goes out as one digest after its wait, with each event counted, and all of them are delivered by it', async () => {
    const { store, cards, digests } = await begin({ routes: [grouped({ waitMs: 400 })] });
    await store(drafts(1, 3));
    await store(drafts(4, 4));
    await pause(150);
    expect(digests()).toEqual([]);
    await expectSoon(isSettled);
    expect(digests()).toMatchObject([{ kind: 'group', count: 7, before: 0, route: 'all' }]);
    expect(cards()).toEqual([]);
    // Seven and the digest's own.
    expect(await states()).toEqual({ delivered: 8 });
  });

  test('says in its next digest, after its interval, what was sent before', async () => {
    const { store, digests } = await begin({ routes: [grouped({})] });
    await store(drafts(1, 2));
    await expectSoon(() => digests().length === 1);
    const first = performance.now();
    await store(drafts(3, 2));
    await store(drafts(5, 1));
    await expectSoon(() => digests().length === 2);
    expect(performance.now() - first).toBeGreaterThan(400);
    expect(digests()[1]).toMatchObject({ count: 3, before: 2 });
  });

  test('is parted by what the route groups by, and an event without any of it goes out alone', async () => {
    const file = (hash: string) => ({ body: { file: { hash } } });
    const { store, cards, digests } = await begin({ routes: [grouped({ by: ['hash'], waitMs: 200 })] });
    await store([draft(1, file('aa')), draft(2, file('bb')), draft(3, file('aa')), draft(4), draft(5, file('bb'))]);
    await expectSoon(isSettled);
    expect(cards()).toEqual(['4']);
    const by = digests().map((digest) => digest.by);
    expect(by.map(([one]) => one)).toEqual([
      { field: 'hash', value: 'aa' },
      { field: 'hash', value: 'bb' },
    ]);
  });

  test('is sent whatever the names by which it is parted, and holds up nothing that comes after it', async () => {
    const long = (seed: number) =>
      Array.from({ length: 200 }, (_, n) =>
        String.fromCodePoint(0x4e00 + ((seed * 7919 + n * n * 104_729) % 20_000)),
      ).join('');
    const body = {
      device: { name: long(1), group: long(2) },
      user: long(3),
      tenant: { name: long(4) },
      file: { hash: long(5) },
    };
    const by = ['device', 'device_group', 'user', 'tenant', 'hash'] as const;
    const { store, cards, digests } = await begin({ routes: [grouped({ by, waitMs: 100 })] });
    await store([
      draft(1, { body }),
      draft(2, { body }),
      draft(3, { body: { ...body, user: `${long(3).slice(0, -1)}x` } }),
    ]);
    await store([draft(4)]);
    await expectSoon(isSettled);
    expect(cards().sort()).toEqual(['3', '4']);
    expect(digests()).toMatchObject([{ count: 2 }]);
  });

  test('is one of very many: they go out by and by, and what is due meanwhile does not wait for the last of them', async () => {
    const held: number[] = [];
    const { store, cards } = await begin({
      routes: [grouped({ by: ['device'], waitMs: 300, intervalMs: 60_000 })],
      async send() {
        if (held.length > 0) return;
        held.push(0);
        const [row] = await database().$client`select count(*)::int as n from deliveries where priority >= 10`;
        held[0] = row!.n;
      },
    });
    await store(Array.from({ length: 600 }, (_, n) => draft(n + 1, { body: { device: { name: `PC-${n}` } } })));
    await expectSoon(isSettled);
    expect(held[0]).toBeGreaterThan(0);
    expect(new Set(cards()).size).toBe(600);
    expect(cards()).toHaveLength(600);
  });

  test('that the database cannot hold waits, and holds up neither the others nor what goes out singly', async () => {
    const sql = database().$client;
    await sql.unsafe(`create or replace function refuse() returns trigger language plpgsql as $$ begin
      if new.body::text like '%"value":"bad"%' then raise exception using errcode = '22000', message = 'refused'; end if;
      return new; end $$;
      create trigger refuse before insert on events for each row execute function refuse()`);
    onTestFinished(async () => {
      await sql.unsafe('drop trigger if exists refuse on events');
    });
    const of = (n: number, name: string) => draft(n, { body: { device: { name } } });
    const low: Route = { ...all, name: 'low', types: [compileGlob('PUA')] };
    const { store, cards, digests } = await begin({ routes: [low, grouped({ by: ['device'], waitMs: 100 })] });
    await store([of(1, 'bad'), of(2, 'bad'), of(3, 'good'), of(4, 'good'), draft(5, { type: 'PUA' })]);
    await expectSoon(() => digests().length === 1);
    for (let n = 10; n < 20; n += 1) await store([draft(n, { type: 'PUA' })]);
    await expectSoon(() => cards().length === 11);
    // The other one waits all the while.
    expect(digests()).toMatchObject([{ count: 2, by: [{ value: 'good' }] }]);
    await sql.unsafe('drop trigger refuse on events');
    await expectSoon(() => digests().length === 2);
    await expectSoon(isSettled);
  });

  test('without a wait shows its first event at once as a card, and then counts: the same file on many devices', async () => {
    const on = (n: number) => draft(n, { body: { file: { hash: 'aa' }, device: { name: `PC-${n}` } } });
    const { store, cards, digests } = await begin({ routes: [grouped({ by: ['hash'] })] });
    await store([on(1)]);
    await expectSoon(() => cards().length === 1);
    await store([on(2), on(3)]);
    await store([on(4)]);
    await expectSoon(isSettled);
    expect(cards()).toEqual(['1']);
    expect(digests()).toMatchObject([{ count: 3, before: 1, deviceCount: 3, files: [{ hash: 'aa', devices: 3 }] }]);
  });

  test('survives the process that was to send it, and is sent once', async () => {
    const routes = [grouped({ waitMs: 300 })];
    const first = await begin({ routes });
    await first.store(drafts(1, 4));
    await first.worker.stop();
    const second = await begin({ routes });
    await expectSoon(isSettled);
    expect([...first.digests(), ...second.digests()]).toMatchObject([{ count: 4 }]);
  });

  test('of a route that is gone goes out', async () => {
    const routes = [grouped({ waitMs: 60_000 })];
    const first = await begin({ routes });
    await first.store(drafts(1, 4));
    await first.worker.stop();
    const { digests } = await begin();
    await expectSoon(isSettled);
    expect(digests()).toMatchObject([{ count: 4, by: [] }]);
  });

  test('is the same message under the same id when it has to be sent again', async () => {
    const tried: string[] = [];
    const { store, digests } = await begin({
      routes: [grouped({ waitMs: 100 })],
      send({ event }) {
        tried.push(JSON.stringify(event));
        if (tried.length < 3) throw new AdapterError('retry', 'connection', 'failed');
      },
    });
    await store(drafts(1, 3));
    await pause(200);
    await store(drafts(4, 3));
    await expectSoon(isSettled);
    expect(new Set(tried.slice(0, 3)).size).toBe(1);
    expect(digests().map(({ count }) => count)).toEqual([3, 3]);
  });

  test('that failed for too long is dead with its digest, and comes back with it', async () => {
    let isRefused = true;
    const { store, digests } = await begin({
      routes: [grouped({ waitMs: 100 })],
      // It is too old at its first failure.
      policy: { maxAgeMs: 0 },
      send() {
        if (isRefused) throw new AdapterError('retry', 'connection', 'failed');
      },
    });
    await store(drafts(1, 3));
    await expectSoon(async () => (await states()).dead === 4);
    isRefused = false;
    expect(await redriveDead(database(), 'soc', null)).toBe(4);
    await expectSoon(isSettled);
    expect(digests()).toMatchObject([{ count: 3 }]);
    expect(await states()).toEqual({ delivered: 4 });
  });

  test('member that is put back alone is a card', async () => {
    let isRefused = true;
    const { store, cards } = await begin({
      routes: [grouped({ waitMs: 100 })],
      // It is too old at its first failure.
      policy: { maxAgeMs: 0 },
      send() {
        if (isRefused) throw new AdapterError('retry', 'connection', 'failed');
      },
    });
    await store(drafts(1, 3));
    await expectSoon(async () => (await states()).dead === 4);
    isRefused = false;
    const [row] = await database().$client`select id from events where external_id = '2'`;
    expect(await redriveDead(database(), 'soc', [Number(row!.id)])).toBe(1);
    await expectSoon(isSettled);
    expect(cards()).toEqual(['2']);
  });
});

describe('a digest that is not accepted for the text of one of its events', () => {
  const poison = 'union select';
  /** As the far end sees it: a bare card holds no text. */
  const isPoisonous = ({ event, form }: Message) =>
    form !== 'bare' && JSON.stringify(event.body.digest ?? event.body).includes(poison);
  const lows = (count: number) => drafts(1, count).map((one) => ({ ...one, severity: 2 as const }));
  const page = (count: number, guilty: readonly number[]) =>
    lows(count).map((one, n) => (guilty.includes(n) ? { ...one, body: { file: { name: `${poison}${n}` } } } : one));

  const refusals = [
    ['refused', new AdapterError('reject_sink', 'auth', 'status 403')],
    ['reset', new AdapterError('retry', 'connection', 'reset')],
  ] as const;
  const kinds = [
    ['group', { routes: [grouped({ waitMs: 100 })] }],
    ['storm', { policy: { storm: { ...storm, betweenMs: 60_000, betweenMaxMs: 60_000 } } }],
  ] as const;
  const cases = kinds.flatMap(([kind, setUp]) => refusals.map(([how, error]) => [kind, how, setUp, error] as const));

  test.each(cases)(
    'of a %s, %s, is split until the others are out, and that one is a bare card',
    async (kind, _, setUp, error) => {
      const { store, sent, cards } = await begin({
        ...setUp,
        check: async () => {},
        send(message) {
          if (isPoisonous(message)) throw error;
        },
      });
      await store(page(40, [3, 20]));
      await expectSoon(
        async () =>
          (
            await database().$client`select 1 from deliveries d join events e on e.id = d.event_id
      where e.source = 'a' and d.state <> 'delivered'`
          ).length === 0,
      );
      const digests = sent.filter(({ event }) => event.body.digest);
      for (const { event, form } of digests) expect([event.body.digest!.kind, form]).toEqual([kind, 'full']);
      const singles = sent.filter(({ event }) => event.source === 'a');
      const bare = singles.filter(({ form }) => form === 'bare').map(({ event }) => event.externalId);
      expect(bare.sort()).toEqual(['21', '4']);
      const counted = digests.reduce((sum, { event }) => sum + event.body.digest!.count, cards().length);
      expect(counted).toBe(40);
      expect((await states()).suppressed).toBeGreaterThan(0);
      expect(await database().$client`select distinct reason from deliveries where state = 'suppressed'`).toEqual([
        { reason: 'split' },
      ]);
    },
  );

  test('whose events are all refused does not look like an outage, though nothing else passes', async () => {
    const { store, sent, metrics } = await begin({
      routes: [grouped({ waitMs: 100 })],
      check: async () => {},
      send(message) {
        if (isPoisonous(message)) throw new AdapterError('reject_event', 'rejected', 'status 400');
      },
    });
    const states = vi.spyOn(metrics, 'setSinkState');
    await store(page(8, [0, 1, 2, 3, 4, 5, 6, 7]));
    await expectSoon(() => sent.filter(({ form }) => form === 'bare').length === 8);
    expect(states.mock.calls.filter(([, state]) => state === 'backing_off')).toEqual([]);
  });

  test('is not split by who lost the role, and then nothing is changed', async () => {
    const db = database();
    await storePage(db, { routes: [grouped({})], events: page(4, []) });
    const lease = await hold(db, 'sink:x');
    const ids = (await db.$client`select event_id::int as id from deliveries order by 1`).map(({ id }) => Number(id));
    const [row] = await db.$client`select group_key from deliveries limit 1`;
    const members = await readMembers(db, 'soc', { group: String(row!.group_key) }, 10);
    const whole = digestEvent(composeDigest(members, { kind: 'group', before: 0, by: [] }), 'x', 'soc');
    expect(await freezeDigest(db, lease, 'soc', whole, ids)).toBe('frozen');
    const [digest] = await db.$client`select event_id::int as id from deliveries where priority < 10`;
    const id = Number(digest!.id);
    expect(await splitDigest(db, { ...lease, epoch: lease.epoch + 1 }, 'soc', id, [], ids)).toBe('lost');
    expect(await splitDigest(db, lease, 'soc', id + 1000, [], ids)).toBe('changed');
    expect(await states()).toEqual({ pending: 5 });
    expect(await splitDigest(db, lease, 'soc', id, [], ids)).toEqual([]);
    expect(await states()).toEqual({ pending: 4, suppressed: 1 });
    expect(await splitDigest(db, lease, 'soc', id, [], ids)).toBe('changed');
  });
});

test('a throttled route shows so many of each key, and the others together at the end of the window', async () => {
  const of = (n: number, name: string) => draft(n, { body: { device: { name } } });
  const throttle = grouped({ by: ['device'], cards: 2, intervalMs: 700 });
  const { store, cards, digests } = await begin({ routes: [throttle] });
  await store([of(1, 'A'), of(2, 'A'), of(3, 'A'), of(4, 'B')]);
  await store([of(5, 'A'), of(6, 'B')]);
  await expectSoon(() => cards().length === 4);
  expect(cards().sort()).toEqual(['1', '2', '4', '6']);
  await expectSoon(isSettled);
  expect(digests()).toMatchObject([{ count: 2, before: 2, by: [{ field: 'device', value: 'A' }] }]);
});

describe('a storm', () => {
  const lows = (from: number, count: number) => drafts(from, count).map((one) => ({ ...one, severity: 2 as const }));

  test('begins when more is due at once than may be, and then only what is urgent comes singly', async () => {
    const { store, cards, digests, notices, metrics } = await begin({ policy: { storm } });
    await store([...lows(1, 30), draft(31, { severity: 5 }), draft(32, { severity: 4 })]);
    await expectSoon(() => cards().length === 1);
    expect(cards()).toEqual(['31']);
    await expectSoon(() => digests().length === 1);
    expect(digests()).toMatchObject([{ kind: 'storm', count: 31, by: [] }]);
    await store(lows(40, 10));
    await expectSoon(() => digests().length === 2);
    expect((await metrics.sinkStorm.get()).values).toMatchObject([{ value: 1 }]);
    await expectSoon(() => notices().includes('storm_over'));
    expect(notices()).toEqual(['storm_begun', 'storm_over']);
    expect(cards()).toEqual(['31']);
    await expectSoon(isSettled);
    // 32 and 10, two digests, two notices.
    expect(await states()).toEqual({ delivered: 46 });
    expect((await metrics.sinkStorm.get()).values).toMatchObject([{ value: 0 }]);
  });

  test('leaves nothing of its digests in memory, however seldom the database is looked at', async () => {
    const { store, cards, digests, notices } = await begin({ policy: { storm, rereadMs: 60_000 } });
    await store(lows(1, 30));
    await expectSoon(() => notices().includes('storm_over'));
    await expectSoon(isSettled);
    expect(digests()).toMatchObject([{ kind: 'storm', count: 30 }]);
    expect(cards()).toEqual([]);
  });

  test('leaves out of its digests what is on its way singly', async () => {
    let go = () => {};
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { store, cards, digests } = await begin({
      policy: { storm },
      send: ({ event }) => (event.source === 'a' ? gone : undefined),
    });
    await store(lows(1, 3));
    await pause(100);
    await store(lows(10, 9));
    await expectSoon(() => digests().length === 1);
    go();
    await expectSoon(isSettled);
    expect(digests().map(({ count }) => count)).toEqual([9]);
    expect(cards()).toEqual(['1', '2', '3']);
  });

  test('does not begin for as many as may be', async () => {
    const { store, cards, sent } = await begin({ policy: { storm } });
    await store(lows(1, 5));
    await expectSoon(isSettled);
    expect(cards()).toHaveLength(5);
    expect(sent).toHaveLength(5);
  });

  test('begins for a backlog in the database, however slow the sink may be asked', async () => {
    await storePage(database(), { routes: [all], events: lows(1, 300) });
    const { cards, digests } = await begin({ policy: { storm } });
    await expectSoon(isSettled);
    expect(cards()).toEqual([]);
    expect(digests().map(({ count }) => count)).toEqual([300]);
  });

  test('at its end leaves singly what is no more than may be', async () => {
    const { store, cards, digests, notices } = await begin({ policy: { storm } });
    await store(lows(1, 10));
    await expectSoon(() => digests().length === 1);
    await store(lows(20, 3));
    await expectSoon(isSettled);
    expect(cards()).toEqual(['20', '21', '22']);
    expect(notices()).toEqual(['storm_begun', 'storm_over']);
  });

  test('goes on where the last holder was: begun once, over once, and the count is that of all of it', async () => {
    const first = await begin({ policy: { storm } });
    await first.store(lows(1, 30));
    await expectSoon(() => first.digests().length === 1);
    await first.worker.stop();
    await storePage(database(), { routes: [all], events: lows(40, 10) });
    const second = await begin({ policy: { storm } });
    await expectSoon(() => second.notices().includes('storm_over'));
    await expectSoon(isSettled);
    expect([...first.notices(), ...second.notices()]).toEqual(['storm_begun', 'storm_over']);
    expect(second.digests()).toMatchObject([{ count: 10, before: 30 }]);
    const over = second.sent.find(({ event }) => event.body.notice?.kind === 'storm_over');
    expect(over?.event.body.notice?.values).toMatchObject({ count: '40', digests: '2' });
    await second.worker.stop();
    const third = await begin({ policy: { storm } });
    await third.store(lows(60, 1));
    await expectSoon(() => third.cards().length === 1);
    expect(third.notices()).toEqual([]);
  });

  test('is over when the next configuration knows no storms', async () => {
    const first = await begin({ policy: { storm } });
    await first.store(lows(1, 30));
    await expectSoon(() => first.digests().length === 1);
    await first.worker.stop();
    const second = await begin();
    await second.store(lows(40, 10));
    await expectSoon(isSettled);
    expect(second.notices()).toEqual(['storm_over']);
    expect(second.cards()).toHaveLength(10);
  });

  test('counts each event once, also while it goes on arriving and the sink fails now and then', async () => {
    let calls = 0;
    const { store, cards, digests } = await begin({
      policy: { storm, outageFailures: 100, poisonFailures: 100 },
      send() {
        calls += 1;
        if (calls % 3 === 0) throw new AdapterError('retry', 'connection', 'failed');
      },
    });
    for (let page = 0; page < 12; page += 1) {
      await store(drafts(page * 50, 50).map((one, n) => ({ ...one, severity: n === 7 ? 5 : 3 })));
      await pause(40);
    }
    await expectSoon(isSettled);
    const counted = digests().reduce((sum, { count }) => sum + count, 0);
    expect(counted + cards().length).toBe(600);
    const [row] = await database().$client`select count(*)::int as n from deliveries where digest_id is not null`;
    expect(row!.n).toBe(counted);
  });

  test('makes a digest for each route that has its own way to the sink', async () => {
    const settings = new Map([['soc', { channel: 'night' }]]);
    const routes: Route[] = [{ ...all, name: 'night', types: [compileGlob('NIGHT')], settings }, all];
    const { store, sent } = await begin({ routes, policy: { storm } });
    await store([...lows(1, 10), ...lows(11, 4).map((one) => ({ ...one, type: 'NIGHT' }))]);
    await expectSoon(isSettled);
    const digests = sent.filter(({ event }) => event.body.digest);
    expect(digests.map((one) => [one.event.body.digest!.count, one.settings])).toEqual([
      [10, undefined],
      [4, { channel: 'night' }],
    ]);
  });

  test('sends the only event of a route as a card', async () => {
    const settings = new Map([['soc', { channel: 'night' }]]);
    const routes: Route[] = [{ ...all, name: 'night', types: [compileGlob('NIGHT')], settings }, all];
    const { store, sent, cards, digests } = await begin({ routes, policy: { storm } });
    await store([...lows(1, 10), ...lows(11, 1).map((one) => ({ ...one, type: 'NIGHT' }))]);
    await expectSoon(isSettled);
    expect(digests()).toMatchObject([{ kind: 'storm', count: 10 }]);
    expect(cards()).toEqual(['11']);
    expect(sent.find(({ event }) => event.externalId === '11')?.settings).toEqual({ channel: 'night' });
  });
});

describe('quiet hours', () => {
  const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
  const always = [parseInterval({ timeZone: 'UTC', first: day(Date.now() - 86_400_000) })];
  const quietly: Route = { ...all, quiet: { times: always, passes: 0 } };

  test('hold what may wait, let the urgent through, and survive a restart', async () => {
    const first = await begin({ routes: [quietly] });
    await first.store(drafts(1, 3));
    await first.store([{ ...draft(4), severity: 5 }]);
    await expectSoon(() => first.cards().length === 1);
    await first.worker.stop();
    const second = await begin({ routes: [quietly] });
    await pause(200);
    expect([first.cards(), second.sent, await states()]).toEqual([['4'], [], { delivered: 1, pending: 3 }]);
  });

  test('go out in one digest when they are over, or when the configuration has them no more', async () => {
    const held = await begin({ routes: [quietly] });
    await held.store(drafts(1, 3));
    await held.worker.stop();
    const over = [parseInterval({ timeZone: 'UTC', last: day(Date.now() - 2 * 86_400_000) })];
    const after = await begin({ routes: [{ ...all, quiet: { times: over, passes: 0 } }] });
    await expectSoon(isSettled);
    expect(after.digests()).toMatchObject([{ kind: 'group', count: 3, route: 'all', by: [] }]);
    expect([held.sent, after.cards()]).toEqual([[], []]);
    await after.worker.stop();
    const again = await begin({ routes: [quietly] });
    await again.store(drafts(11, 2));
    await again.worker.stop();
    const without = await begin({ routes: [all] });
    await expectSoon(isSettled);
    expect(without.digests()).toMatchObject([{ count: 2 }]);
  });
});
