// What a sink that is down is asked, and how often, on a real Postgres.
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../../src/kit/errors.ts';
import { writeSinkState } from '../../../src/store/sinks.ts';
import { drafts, hold } from '../../store/stored.ts';
import { until } from '../../support/world.ts';
import { expectSoon, gate, retry, turns, useOrigin } from './origin-setup.ts';

const { database, store, begin, count, isSettled } = useOrigin();

describe('an outage', () => {
  test('burns no attempts but those that showed it, and no probe repeats the delivery that failed last', async () => {
    await store(drafts(1, 8));
    const { sent, changes } = await begin({
      policy: { concurrency: 1, outageFailures: 3 },
      send() {
        throw retry();
      },
    });
    await expectSoon(() => sent.length >= 20);
    const [row] = await database().$client`select sum(attempts)::int as attempts from deliveries`;
    expect(row?.attempts).toBe(3);
    const probes = sent.slice(3).map(({ id }) => id);
    expect(probes.filter((id, n) => id === probes[n - 1])).toEqual([]);
    expect(changes).toEqual(['backing_off']);
  });

  test('is one step, however many were in flight when it began', async () => {
    const { pass, open } = gate();
    await store(drafts(1, 12));
    const { sent } = await begin({
      policy: {
        concurrency: 4,
        outageFailures: 2,
        backoff: { firstMs: 50, maxMs: 60_000 },
        sinkBackoff: { firstMs: 50, maxMs: 60_000 },
      },
      async send() {
        await pass();
        throw retry();
      },
    });
    await expectSoon(() => sent.length === 4);
    open();
    expect(await until(() => sent.length > 4, 2500)).toBe(true);
  });

  test('is probed only when nothing is in flight any more', async () => {
    const { pass, open } = gate();
    await store(drafts(1, 8));
    const { sent } = await begin({
      policy: { concurrency: 4, outageFailures: 1 },
      send({ id }) {
        if (sent.length === 4 && id === sent[3]!.id) throw retry();
        return pass();
      },
    });
    await expectSoon(() => sent.length === 4);
    await turns();
    expect(sent).toHaveLength(4);
    open();
    await expectSoon(isSettled);
  });

  test.each([
    ['little', 3],
    ['a backlog', 2000],
  ])(
    'of longer than the longest wait, with %s to send, is over within that wait after the return',
    async (_, many) => {
      const maxMs = 400;
      let isAway = true;
      let passedAtMs = 0;
      await store(drafts(1, many));
      const { sent } = await begin({
        policy: { sinkBackoff: { firstMs: 10, maxMs }, outageFailures: 2 },
        send({ atMs }) {
          if (isAway) throw retry();
          passedAtMs ||= atMs;
        },
      });
      const gapMs = () => sent.at(-1)!.atMs - sent.at(-2)!.atMs;
      await expectSoon(() => sent.length > 2 && gapMs() >= maxMs);
      const before = sent.length;
      await expectSoon(() => sent.length === before + 1);
      const backAtMs = sent.at(-1)!.atMs;
      const longestMs = Math.max(gapMs(), sent.at(-2)!.atMs - sent.at(-3)!.atMs);
      isAway = false;
      await expectSoon(() => passedAtMs > 0);
      // Waits that do not grow any more are all alike.
      expect((passedAtMs - backAtMs) / longestMs).toBeLessThan(1.8);
      await expectSoon(isSettled);
    },
  );

  test('that a pause had no part in, and that was short, is told to nobody', async () => {
    await store(drafts(1, 5));
    const { sent, changes, notices } = await begin({
      policy: { concurrency: 1, outageFailures: 3 },
      send() {
        if (sent.length < 6) throw retry();
      },
    });
    await expectSoon(isSettled);
    expect([changes, notices]).toEqual([['backing_off', 'ok'], []]);
    await expectSoon(
      async () => (await database().$client`select state from sinks`)[0]?.state === 'ok',
    );
  });

  test('is remembered for the next holder', async () => {
    await store(drafts(1, 5));
    await begin({
      policy: { concurrency: 1, outageFailures: 3 },
      send() {
        throw retry();
      },
    });
    const states = () => database().$client`select sink, state, reason from sinks`;
    await expectSoon(async () => (await states()).length > 0);
    expect(await states()).toEqual([{ sink: 'soc', state: 'backing_off', reason: 'connection' }]);
  });
});

describe('a paused sink', () => {
  const rejected = new AdapterError('reject_sink', 'auth', 'status 403');

  test('is written down as well again, although the database was away just then', async () => {
    const sql = database().$client;
    await store(drafts(1, 1));
    await writeSinkState(database(), await hold(database(), 'sink:x'), {
      sink: 'soc',
      state: 'paused',
      reason: 'auth',
    });
    const check = async () => void (await sql`alter table sinks rename to elsewhere`);
    const { changes } = await begin({ check });
    await expectSoon(() => changes.at(-1) === 'ok');
    await turns();
    await sql`alter table elsewhere rename to sinks`;
    await expectSoon(async () => (await sql`select state from sinks`)[0]?.state === 'ok');
  });

  test('stays paused for the next holder: it is looked at, and nothing is posted until its check passes', async () => {
    await store(drafts(1, 3));
    await writeSinkState(database(), await hold(database(), 'sink:x'), {
      sink: 'soc',
      state: 'paused',
      reason: 'auth',
    });
    let checks = 0;
    const { sent, notices } = await begin({
      async check() {
        checks += 1;
        if (checks < 4) throw rejected;
      },
    });
    await expectSoon(() => checks === 3);
    expect(sent).toEqual([]);
    await expectSoon(isSettled);
    await expectSoon(() => notices.length > 0);
    expect(notices).toEqual(['soc sink_back to this']);
  });

  test('kept everything pending, and told the others', async () => {
    await store(drafts(1, 3));
    const { sent, notices, changes } = await begin({
      policy: { concurrency: 1, pausedBackoff: { firstMs: 60_000, maxMs: 60_000 } },
      send() {
        throw rejected;
      },
    });
    await expectSoon(() => notices.length > 0);
    await turns();
    expect([changes, notices]).toEqual([['paused'], ['soc sink_paused to others']]);
    expect(sent.length).toBeLessThan(15);
    expect(await count("state = 'pending' and attempts = 0 and form = 'full'")).toBe(3);
  });

  test.each([
    ['is of the sink', rejected],
    [
      'says as little as that of the event',
      new AdapterError('reject_event', 'too_large', 'status 414'),
    ],
  ])(
    'is what a rejected event shows if the check fails too, and its failure %s',
    async (_, checkFailure) => {
      await store(drafts(1, 1));
      const { changes } = await begin({
        policy: { pausedBackoff: { firstMs: 60_000, maxMs: 60_000 } },
        async check() {
          throw checkFailure;
        },
        send() {
          throw new AdapterError('reject_event', 'rejected', 'status 400');
        },
      });
      await expectSoon(() => changes.length > 0);
      await turns();
      expect(changes).toEqual(['paused']);
      expect(await count("state = 'pending' and attempts = 0 and form = 'full'")).toBe(1);
    },
  );
});
