// The loop that works one sink, on a real Postgres: what is sent when, how often, and what is left
// alone.

import type postgres from 'postgres';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Lane } from '../../../src/core/deliver/lane.ts';
import { offerFresh } from '../../../src/core/deliver/origin.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import type { Lease } from '../../../src/core/loops/lease.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { writeSinkState } from '../../../src/store/sinks.ts';
import { draft, drafts, hold, quiet, storePage } from '../../store/stored.ts';
import { until } from '../../support/world.ts';
import { startLaneOf } from './lane-setup.ts';
import { expectSoon, gate, retry, turns, useOrigin } from './origin-setup.ts';

const { database, store, begin, count, isSettled } = useOrigin();

describe('sending', () => {
  test('keeps to so many at once, and each is sent once', async () => {
    const { pass, open } = gate();
    await store(drafts(1, 30));
    const { sent } = await begin({ send: pass, policy: { concurrency: 4 } });
    await expectSoon(() => sent.length === 4);
    await turns();
    expect(sent).toHaveLength(4);
    open();
    await expectSoon(isSettled);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(30);
    expect(sent).toHaveLength(30);
  });

  test('goes on with more at once while answers come as fast as ever, and with fewer once some fail', async () => {
    let isBroken = false;
    let running = 0;
    let most = 0;
    const send = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 100));
      running -= 1;
      if (isBroken) throw retry();
    };
    await store(drafts(1, 3000));
    const { sent } = await begin({
      send,
      policy: { concurrency: 64, outageFailures: 1000, poisonFailures: 1000 },
    });
    await expectSoon(() => most === 64);
    isBroken = true;
    const before = sent.length;
    // Everything that was under way, and then some that were started after the first failure.
    await expectSoon(() => sent.length > before + 100);
    await expectSoon(async () => {
      most = running;
      await turns();
      return most <= 32;
    });
    // Before those that wait for their next attempt thin out by themselves.
    expect(sent.length - before).toBeLessThan(1500);
    isBroken = false;
  });

  test('of what is offered while it is read as well happens once', async () => {
    const { lanes, sent } = await begin({ policy: { rereadMs: 1 } });
    for (let page = 0; page < 20; page += 1) {
      const unstorable = draft(`bad ${page}`, { type: 'A\u0000B' });
      offerFresh(lanes, (await store([...drafts(page * 30, 29), unstorable]))!.fresh);
    }
    await expectSoon(isSettled);
    await turns();
    expect(sent).toHaveLength(600);
  });

  test('waits while an outcome is not written within 50 ms, and then repeats none of them', async () => {
    await store(drafts(1, 1300));
    const locking = await database().$client.reserve();
    await locking.unsafe('begin; lock table deliveries in exclusive mode');
    const { sent } = await begin({
      send: () => new Promise<void>((resolve) => setTimeout(resolve, 5)),
    });
    try {
      await expectSoon(() => sent.length > 0);
      await turns();
      const atOnce = sent.length;
      await turns();
      expect(sent.length).toBe(atOnce);
      expect(atOnce).toBeLessThan(1300);
    } finally {
      await locking`rollback`;
      locking.release();
    }
    await expectSoon(isSettled);
    expect(sent).toHaveLength(1300);
  });
});

describe('the lease', () => {
  test('that does not outlast a send lets none start', async () => {
    let isLong = false;
    const asked: number[] = [];
    const outlasts = (ms: number) => asked.push(ms) > 0 && isLong;
    await store(drafts(1, 1));
    const { sent } = await begin({ lease: { outlasts }, policy: { sendTimeoutMs: 4321 } });
    await expectSoon(() => asked.length >= 2);
    expect([sent.length, new Set(asked)]).toEqual([0, new Set([4321])]);
    isLong = true;
    await expectSoon(isSettled);
  });

  test('that ran short during a reading lets no send start', async () => {
    let isLong = true;
    await store(drafts(1, 1));
    const locking = await database().$client.reserve();
    await locking.unsafe('begin; lock table deliveries in access exclusive mode');
    const { sent } = await begin({ lease: { outlasts: () => isLong } });
    await expectSoon(
      async () => (await database().$client`select 1 from pg_locks where not granted`).length > 0,
    );
    isLong = false;
    await locking`rollback`;
    locking.release();
    await turns();
    expect(sent).toEqual([]);
    isLong = true;
    await expectSoon(isSettled);
  });

  test('that ran short during the check of a paused sink lets no probe start', async () => {
    let isLong = true;
    await store(drafts(1, 1));
    const lease = await hold(database(), 'sink:x');
    await writeSinkState(database(), lease, { sink: 'soc', state: 'paused', reason: 'auth' });
    let checks = 0;
    const { sent } = await begin({
      lease: { outlasts: () => isLong },
      async check() {
        checks += 1;
        isLong = false;
      },
    });
    await expectSoon(() => checks > 0);
    await turns();
    expect(sent).toEqual([]);
    isLong = true;
    await expectSoon(isSettled);
  });

  test('shows the state that the last holder left, and none once it is given back', async () => {
    const lease = await hold(database(), 'sink:x');
    await writeSinkState(database(), lease, { sink: 'soc', state: 'paused', reason: 'auth' });
    const { worker, metrics } = await begin({
      check: () => Promise.reject(new AdapterError('reject_sink', 'auth', 'refused')),
    });
    const shown = async () => {
      const { values } = await metrics.sinkState.get();
      return values.filter(({ value }) => value === 1).map(({ labels }) => labels.state);
    };
    await expectSoon(async () => (await shown()).length > 0);
    expect(await shown()).toEqual(['paused']);
    await worker.stop();
    expect(await shown()).toEqual([]);
  });

  test('that ends while a send is under way ends the send, which costs neither the delivery nor the sink anything', async () => {
    let isLong = true;
    await store(drafts(1, 1));
    const { pass, open } = gate();
    const { sent, changes } = await begin({
      lease: { outlasts: () => isLong },
      policy: { sendTimeoutMs: 300_000, outageFailures: 1 },
      send: pass,
    });
    await expectSoon(() => sent.length === 1);
    isLong = false;
    await expectSoon(
      async () => (await count("reason = 'timeout' and attempts = 0 and state = 'pending'")) === 1,
    );
    open();
    isLong = true;
    await expectSoon(isSettled);
    expect([sent.length, changes]).toEqual([2, []]);
  });

  test('lets a send begin that may take longer than the lease', async () => {
    const asked: number[] = [];
    await store(drafts(1, 1));
    const outlasts = (ms: number) => asked.push(ms) > 0 && ms <= 15_000;
    await begin({ lease: { outlasts }, policy: { sendTimeoutMs: 300_000 } });
    await expectSoon(isSettled);
    expect(Math.max(...asked)).toBe(defaultPolicy.leaseLeftMs);
  });

  test('that was lost ends the sending', async () => {
    let isHeld = true;
    await store(drafts(1, 50));
    const { sent } = await begin({
      policy: { concurrency: 1 },
      lease: { isHeld: () => isHeld },
      send() {
        isHeld = false;
      },
    });
    await expectSoon(() => sent.length > 0);
    await turns();
    expect(sent).toHaveLength(1);
  });
});

describe('a stop', () => {
  test('waits for a far end that does not answer only so long, and the delivery stays', async () => {
    await store(drafts(1, 1));
    const { worker, sent } = await begin({
      send: () => new Promise<void>(() => undefined),
      policy: { sendTimeoutMs: 300_000, drainMs: 200 },
    });
    await expectSoon(() => sent.length === 1);
    await worker.stop();
    expect(await count("reason = 'timeout' and attempts = 0 and state = 'pending'")).toBe(1);
  });

  test('waits for what is in flight and writes what became of it', async () => {
    const { pass, open } = gate();
    await store(drafts(1, 5));
    const { worker, lanes, sent } = await begin({ send: pass, policy: { concurrency: 2 } });
    await expectSoon(() => sent.length === 2);
    let isStopped = false;
    const stopped = worker.stop().then(() => {
      isStopped = true;
    });
    await turns();
    expect([isStopped, lanes.get('soc')?.isIdle()]).toEqual([false, false]);
    const locking = await database().$client.reserve();
    await locking.unsafe('begin; lock table deliveries in exclusive mode');
    open();
    await turns();
    expect(isStopped).toBe(false);
    await locking`rollback`;
    locking.release();
    await stopped;
    expect([await count("state = 'delivered'"), sent.length, lanes.size]).toEqual([2, 2, 0]);
  });

  test('waits until a change of state is written and told', async () => {
    await store(drafts(1, 1));
    const locking = await database().$client.reserve();
    await locking.unsafe('begin; lock table sinks in exclusive mode');
    const { worker, changes, notices } = await begin({
      send() {
        throw new AdapterError('reject_sink', 'auth', 'status 403');
      },
    });
    await expectSoon(() => changes.length > 0);
    let isStopped = false;
    const stopped = worker.stop().then(() => {
      isStopped = true;
    });
    await turns();
    expect(isStopped).toBe(false);
    await locking`rollback`;
    locking.release();
    await stopped;
    expect(notices).toEqual(['soc sink_paused to others']);
    expect(await database().$client`select state from sinks`).toEqual([{ state: 'paused' }]);
  });
});

test('what is in flight is not sent again, and a lane is idle only when nothing is due, in flight or unwritten', async () => {
  const { pass, open } = gate();
  await store(drafts(1, 1));
  const { lanes, sent } = await begin({ send: pass });
  const lane = lanes.get('soc')!;
  await expectSoon(() => sent.length === 1);
  await turns();
  expect([sent.length, lane.isIdle()]).toEqual([1, false]);
  open();
  await expectSoon(() => lane.isIdle());
  expect(await isSettled()).toBe(true);
});

describe('the most urgent of a burst', () => {
  const burst = () =>
    drafts(1, 9).map((one, n) => ({
      ...one,
      severity: ([3, 5, 2, 4, 3, 5, 1, 4, 2] as const)[n]!,
    }));

  test('is answered before the others are sent, severity by severity', async () => {
    const answered: number[] = [];
    const unanswered: number[] = [];
    const overtaking: number[] = [];
    await store(burst());
    await begin({
      async send({ message: { event } }) {
        overtaking.push(...unanswered.filter((severity) => severity > event.severity));
        unanswered.push(event.severity);
        // The most urgent take longest.
        await new Promise((resolve) => setTimeout(resolve, 20 * event.severity));
        unanswered.splice(unanswered.indexOf(event.severity), 1);
        answered.push(event.severity);
      },
    });
    await expectSoon(isSettled);
    expect(overtaking).toEqual([]);
    expect(answered).toEqual([5, 5, 4, 4, 3, 3, 2, 2, 1]);
  });

  test('comes first, and then the others in the order in which they are sent, also where later ones are taken sooner', async () => {
    const stored: string[] = [];
    await store(drafts(1, 9).map((one, n) => ({ ...one, severity: n === 4 ? 5 : 3 })));
    await begin({
      async send({ id }) {
        await new Promise((resolve) => setTimeout(resolve, 40 - 4 * Number(id)));
        stored.push(id);
      },
    });
    await expectSoon(isSettled);
    expect(stored).toEqual(['5', '1', '2', '3', '4', '6', '7', '8', '9']);
  });

  test('that gets no answer keeps the others waiting for a bounded time', async () => {
    const { pass, open } = gate();
    await store(burst());
    const { sent } = await begin({
      send: ({ message: { event } }) => (event.severity === 5 ? pass() : undefined),
    });
    await expectSoon(() => sent.length === 9);
    expect(sent.slice(0, 2).map(({ message }) => message.event.severity)).toEqual([5, 5]);
    expect(await count("state = 'delivered'")).toBeLessThan(9);
    open();
    await expectSoon(isSettled);
  });
});

describe('a lane that lost its role', () => {
  /** Works until the test ends. */
  function start(send: () => Promise<void>, lease: Lease): Lane {
    const lane = startLaneOf({ send }, lease, {
      db: database(),
      policy: { ...defaultPolicy, rereadMs: 20 },
    });
    onTestFinished(() => lane.stop());
    return lane;
  }

  test('sends nothing more once the database has refused an outcome, and is not stuck by that', async () => {
    const db = database();
    await storePage(db, { events: drafts(1, 1) });
    let sends = 0;
    let answer: (() => void) | undefined;
    const send = () => {
      sends += 1;
      return new Promise<void>((_, reject) => (answer = () => reject(new Error('reset'))));
    };
    const lane = start(send, await hold(db, 'sink:x'));
    expect(await until(() => answer !== undefined, 5000)).toBe(true);
    await db.$client`update leases set epoch = epoch + 1 where name = 'sink:x'`;
    answer?.();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(sends).toBe(1);
    expect(lane.stuckMs?.()).toBe(0);
    expect(await db.$client`select state, attempts from deliveries`).toEqual([
      { state: 'pending', attempts: 0 },
    ]);
  });

  test('sends nothing if the lease became too short for it while what is due was read', async () => {
    const db = database();
    await storePage(db, { events: drafts(1, 1) });
    const send = vi.fn(async () => {});
    // Before its first look at groups, and once more when it goes on.
    const outlasts = vi
      .fn(() => false)
      .mockReturnValueOnce(true)
      .mockReturnValueOnce(true);
    start(send, { ...(await hold(db, 'sink:x')), outlasts });
    expect(await until(() => outlasts.mock.calls.length > 3, 5000)).toBe(true);
    expect(send).not.toHaveBeenCalled();
  });
});

describe('while the database does not answer,', () => {
  const metrics = createMetrics({
    version: 't',
    sources: [{ id: 'a' }],
    sinks: [{ id: 'soc' }],
    roles: ['job:x'],
  });

  const shared = { log: quiet, metrics, now: Date.now, random: () => 0.5 };

  /** While `table` is locked, `stuckMs` grows; once it is free again, it falls. */
  async function expectToStick(table: string, stuckMs: () => number): Promise<void> {
    const locking: postgres.ReservedSql = await database().$client.reserve();
    try {
      await locking.unsafe(`begin; lock table ${table} in access exclusive mode`);
      expect(await until(() => stuckMs() > 1500, 10_000)).toBe(true);
    } finally {
      await locking`rollback`;
      locking.release();
    }
    expect(await until(() => stuckMs() < 1000, 10_000)).toBe(true);
  }

  const lane = async (role: string, send: () => Promise<void>) => {
    const policy = { ...defaultPolicy, rereadMs: 50 };
    return startLaneOf({ send }, await hold(database(), role), {
      ...shared,
      db: database(),
      policy,
    });
  };

  test('a lane that cannot read what is due is stuck, and one that rests is not', async () => {
    const worker = await lane('sink:x', async () => undefined);
    await expectToStick('deliveries', () => worker.stuckMs!());
    await worker.stop();
  });

  test('a lane that cannot write what became of a send is stuck', async () => {
    const routes = [{ name: 'default', minSeverity: 1 as const, to: ['soc'] }];
    const event = {
      subject: 'e',
      stream: 'event',
      type: 'T',
      severity: 3,
      status: null,
      action: null,
    } as const;
    const draft = { ...event, externalId: '1', occurredAt: null, body: {}, raw: '{}' };
    let answer: (() => void) | undefined;
    const worker = await lane('sink:y', () => new Promise((resolve) => (answer = resolve)));
    await storePage(database(), { routes, events: [draft], cursor: 'c' });
    expect(await until(() => answer !== undefined, 5000)).toBe(true);
    const locking = await database().$client.reserve();
    // Reading goes on.
    await locking.unsafe('begin; lock table deliveries in exclusive mode');
    answer!();
    expect(await until(() => worker.stuckMs!() > 1500, 10_000)).toBe(true);
    await locking`rollback`;
    locking.release();
    await worker.stop();
    expect(await database().$client`select state from deliveries`).toEqual([
      { state: 'delivered' },
    ]);
  });
});
