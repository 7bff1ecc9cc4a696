// The sinks of one origin at work on a real Postgres: what is sent when, how often, and what is left alone.
import { describe, expect, onTestFinished, test } from 'vitest';
import { createRateLimiter } from '../../../simulators/mattermost/rate-limiter.ts';
import { type Lanes, type OriginDependencies, offerFresh, startOrigin } from '../../../src/core/deliver/origin.ts';
import { type DeliveryPolicy, defaultPolicy } from '../../../src/core/deliver/policy.ts';
import type { Lease } from '../../../src/core/loops/lease.ts';
import { compileText } from '../../../src/core/template/engine.ts';
import { templateFields } from '../../../src/core/template/fields.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { EventDraft } from '../../../src/kit/event.ts';
import { quotaOf } from '../../../src/kit/quota.ts';
import type { Message, SendContext, Sink } from '../../../src/kit/sink.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { writeSinkState } from '../../../src/store/sinks.ts';
import { draft, drafts, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const database = useDatabase();

interface Sent {
  readonly id: string;
  readonly atMs: number;
  readonly message: Message;
  readonly context: SendContext;
}

interface SetUp {
  /** Called for each send, after it was noted. */
  send?(sent: Sent): ReturnType<Sink['send']> | undefined;
  readonly check?: Sink['check'];
  readonly sinks?: readonly string[];
  /** Of each sink's own. */
  readonly timeoutMs?: number;
  readonly policy?: Partial<DeliveryPolicy>;
  readonly perSecond?: number;
  readonly lease?: Partial<Lease>;
  readonly routes?: OriginDependencies['routes'];
  readonly words?: Sink['templateWords'];
}

const store = (page: readonly EventDraft[], sinks: readonly string[] = ['soc']) =>
  storePage(database(), { routes: [{ name: 'all', minSeverity: 0, to: sinks }], events: page });

/** Starts the sinks of an origin. They end with the test, at the latest. */
async function begin({ send, check, sinks = ['soc'], policy = {}, lease = {}, routes = [], ...own }: SetUp) {
  const { perSecond, timeoutMs, words } = own;
  const db = database();
  const sent: Sent[] = [];
  const notices: string[] = [];
  const changes: string[] = [];
  const sink = (id: string): Sink => ({
    origin: 'x:',
    async send(message, context) {
      const one = { id: message.event.externalId, atMs: performance.now(), message, context };
      sent.push(one);
      return send?.(one);
    },
    ...(check && { check }),
    ...(words && { templateWords: words }),
    ...{ name: id },
  });
  const note = (fields: { to?: string }) => void (fields.to && changes.push(fields.to));
  const deps: OriginDependencies = {
    sinks: sinks.map((id) => ({ id, sink: sink(id), timeoutMs })),
    db,
    perSecond: perSecond ?? Number.POSITIVE_INFINITY,
    policy: {
      ...defaultPolicy,
      backoff: { firstMs: 10, maxMs: 20 },
      sinkBackoff: { firstMs: 10, maxMs: 20 },
      pausedBackoff: { firstMs: 30, maxMs: 30 },
      rereadMs: 30,
      sendTimeoutMs: 5000,
      ...policy,
    },
    metrics: createMetrics({ version: 't', sources: [], sinks: sinks.map((id) => ({ id })), roles: [] }),
    log: { ...quiet, info: note, warn: note } as unknown as typeof quiet,
    now: Date.now,
    random: () => 0.5,
    routes,
    showTenant: () => false,
    announce: async ({ sink, notice, to }) => void notices.push(`${sink} ${notice.kind} to ${to}`),
  };
  const lanes: Lanes = new Map();
  const held = { ...(await hold(db, 'sink:x')), ...lease };
  const worker = startOrigin(deps, lanes, held);
  onTestFinished(() => worker.stop());
  return { worker, lanes, sent, notices, changes, lease: held, metrics: deps.metrics };
}

const expectSoon = async (isTrue: () => boolean | Promise<boolean>) => expect(await until(isTrue, 10_000)).toBe(true);
const count = async (where: string) =>
  Number((await database().$client.unsafe(`select count(*) as count from deliveries where ${where}`))[0]?.count);
const isSettled = async () => (await count("state = 'pending'")) === 0;
/** Some turns of the loop, in which nothing should happen. */
const turns = () => new Promise((resolve) => setTimeout(resolve, 200));

/** Sends that hang until they are let go. */
function gate() {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  return {
    pass: () => (isOpen ? undefined : new Promise<void>((resolve) => waiting.push(resolve))),
    open() {
      isOpen = true;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}
const retry = (reason: 'connection' | 'server_error' = 'connection') => new AdapterError('retry', reason, 'failed');

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

  test('takes no longer than the sink’s own time-out, whatever the policy has', async () => {
    await store(drafts(1, 1));
    const { worker, sent } = await begin({
      timeoutMs: 100,
      policy: { sendTimeoutMs: 300_000, drainMs: 200 },
      send: () => new Promise<void>(() => undefined),
    });
    await expectSoon(async () => (await count("reason = 'timeout' and attempts > 0 and state = 'pending'")) === 1);
    expect(sent.length).toBeGreaterThan(0);
    await worker.stop();
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
    await store(drafts(1, 1000));
    const { sent } = await begin({ send, policy: { concurrency: 64, outageFailures: 1000, poisonFailures: 1000 } });
    await expectSoon(() => most === 64);
    isBroken = true;
    const before = sent.length;
    // Everything that was under way, and then some that were started after the first failure.
    await expectSoon(() => sent.length > before + 100);
    most = running;
    await turns();
    expect(most).toBeLessThanOrEqual(32);
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

  test('shares one rate among the sinks of the origin', async () => {
    await store(drafts(1, 80), ['soc', 'boss']);
    const { sent } = await begin({ sinks: ['soc', 'boss'], perSecond: 0.01 });
    await expectSoon(() => sent.length >= 100);
    await turns();
    expect(sent).toHaveLength(100);
  });

  test('goes on where the other attempts ended, under the same delivery id', async () => {
    const page = await store(drafts(1, 1));
    const { sent } = await begin({
      send() {
        if (sent.length < 3) throw retry();
      },
    });
    await expectSoon(isSettled);
    const deliveryId = `soc-${page!.events[0]!.id}`;
    expect(sent.map(({ context }) => [context.deliveryId, context.attempt])).toEqual(
      [1, 2, 3].map((attempt) => [deliveryId, attempt]),
    );
  });

  test('says that it may be a repetition after an attempt that got no answer, and not after any other', async () => {
    await store(drafts(1, 1));
    const { sent } = await begin({
      send() {
        const reason = [undefined, 'connection', 'server_error', 'timeout', 'connection'][sent.length];
        if (reason) throw new AdapterError('retry', reason as 'timeout', 'failed');
        return undefined;
      },
    });
    await expectSoon(() => sent.length === 3);
    const client = database().$client;
    await expectSoon(async () => (await count("reason = 'timeout' and scheduled_at > now() + interval '4 s'")) === 1);
    await client`update deliveries set scheduled_at = now()`;
    await expectSoon(isSettled);
    expect(sent.map(({ message }) => message.mayBeRepeated ?? false)).toEqual([false, false, false, true, true]);
  });

  test('a card of long ago says how long it was held up', async () => {
    await store(drafts(1, 1));
    await database().$client`update events set received_at = now() - interval '2 hours'`;
    const { sent } = await begin({});
    await expectSoon(isSettled);
    expect(sent[0]!.message.delayed?.reason).toBe('backlog');
    expect(Math.abs(sent[0]!.message.delayed!.seconds - 7200)).toBeLessThan(60);
  });

  test('waits while an outcome is not written within 50 ms, and then repeats none of them', async () => {
    await store(drafts(1, 1300));
    const locking = await database().$client.reserve();
    await locking.unsafe('begin; lock table deliveries in exclusive mode');
    const { sent } = await begin({ send: () => new Promise<void>((resolve) => setTimeout(resolve, 5)) });
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
    await expectSoon(async () => (await database().$client`select 1 from pg_locks where not granted`).length > 0);
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
    await writeSinkState(database(), lease, 'soc', 'paused', 'auth');
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
    await writeSinkState(database(), lease, 'soc', 'paused', 'auth');
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
    await expectSoon(async () => (await count("reason = 'timeout' and attempts = 0 and state = 'pending'")) === 1);
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

  test('leaves alone the lane that came after it', async () => {
    const { worker, lanes } = await begin({});
    const successor = { ...lanes.get('soc')! };
    lanes.set('soc', successor);
    await worker.stop();
    expect(lanes.get('soc')).toBe(successor);
  });
});

test('a message carries what the template of its route says, and one whose template fails goes out without', async () => {
  const words = { labels: {}, time: String, link: String, escape: (text: string) => text };
  const title = compileText('{{ event.type | slice: 0, event.file.size }}', templateFields);
  const templates = new Map([['soc', { name: 'short', title }]]);
  const routes = [{ name: 'all', minSeverity: 0 as const, to: ['soc'], templates }];
  const page = [3, 9_000_000].map((size) => draft(size, { body: { file: { size } } }));
  await storePage(database(), { routes, events: page });
  const { sent } = await begin({ routes, words });
  await expectSoon(isSettled);
  const titles = Object.fromEntries(sent.map(({ id, message }) => [id, message.template?.title]));
  expect(titles).toEqual({ 3: 'STA', 9000000: undefined });
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
  const burst = () => drafts(1, 9).map((one, n) => ({ ...one, severity: ([3, 5, 2, 4, 3, 5, 1, 4, 2] as const)[n]! }));

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

  test('that gets no answer keeps the others waiting for a bounded time', async () => {
    const { pass, open } = gate();
    await store(burst());
    const { sent } = await begin({ send: ({ message: { event } }) => (event.severity === 5 ? pass() : undefined) });
    await expectSoon(() => sent.length === 9);
    expect(sent.slice(0, 2).map(({ message }) => message.event.severity)).toEqual([5, 5]);
    expect(await count("state = 'delivered'")).toBeLessThan(9);
    open();
    await expectSoon(isSettled);
  });
});

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

  test('that is over makes due what failed in it and waits for its own time, unless it got no answer again and again', async () => {
    const page = await store(drafts(1, 3));
    const [first, , third] = page!.events.map(({ id }) => id);
    const client = database().$client;
    await client`update deliveries set scheduled_at = now() + interval '9 minutes', reason = 'timeout' where event_id <> ${third!}`;
    for (let n = 0; n < 4; n += 1)
      await client`insert into delivery_attempts (event_id, sink, outcome, reason, duration_ms)
        values (${first!}, 'soc', 'retry', 'timeout', 1)`;
    await writeSinkState(database(), await hold(database(), 'sink:x'), 'soc', 'backing_off', 'timeout');
    const { sent } = await begin({});
    await expectSoon(async () => (await count("state = 'delivered'")) === 2);
    await turns();
    expect(sent.map(({ id }) => id)).toEqual(['3', '2']);
  });

  test('that never looked like one makes due what got no answer in it, once, however often that was', async () => {
    let isFrozen = true;
    await store([draft(1, { severity: 5 })]);
    const { sent, changes } = await begin({
      send({ message }) {
        if (isFrozen && message.event.severity === 5) throw new AdapterError('retry', 'timeout', 'no answer');
      },
    });
    const client = database().$client;
    const failures = async () => Number((await client`select count(*) from delivery_attempts`)[0]!.count);
    for (const seconds of [4, 59, 599]) {
      await expectSoon(async () => (await count(`scheduled_at > now() + interval '${seconds} s'`)) === 1);
      if (seconds < 599) await client`update deliveries set scheduled_at = now() where state = 'pending'`;
    }
    // The first that passes shows it, but then it gets no answer while others do: that is its own.
    await store([draft(2)]);
    await expectSoon(async () => (await failures()) === 4);
    await store([draft(3)]);
    await expectSoon(async () => (await count("state = 'delivered'")) === 2);
    await turns();
    expect([sent.filter(({ id }) => id === sent[0]!.id).length, changes]).toEqual([4, []]);
    isFrozen = false;
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
  ])('of longer than the longest wait, with %s to send, is over within that wait after the return', async (_, many) => {
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
  });

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
    await expectSoon(async () => (await database().$client`select state from sinks`)[0]?.state === 'ok');
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

describe('a far end that asks for time', () => {
  test('gets it, and the delivery is no worse for it', async () => {
    await store(drafts(1, 3));
    const { sent } = await begin({
      policy: { concurrency: 1 },
      send() {
        if (sent.length === 1) throw new AdapterError('retry', 'rate_limited', 'slow down', { retryAfterMs: 600 });
      },
    });
    await expectSoon(isSettled);
    // Timers may be a millisecond early, never more.
    expect(sent[1]!.atMs - sent[0]!.atMs).toBeGreaterThan(590);
    expect(await count('attempts > 0')).toBe(0);
  });

  test('and tells of its rate is called at that rate, and the time that it asked for counts', async () => {
    const far = createRateLimiter({ perSecond: 20, burst: 4 });
    let limited = 0;
    await store(drafts(1, 40));
    const { sent } = await begin({
      policy: { sinkBackoff: { firstMs: 250, maxMs: 250 } },
      async send() {
        const { isLimited, headers } = far(performance.now());
        const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
        const quota = quotaOf(lower, Date.now());
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (!isLimited) return { quota };
        limited += 1;
        throw new AdapterError('retry', 'rate_limited', 'slow down', { retryAfterMs: 1000, quota });
      },
    });
    await expectSoon(isSettled);
    expect(sent.length - limited).toBe(40);
    // Without heeding what it says each burst of five costs a 429 and more.
    expect(limited).toBeLessThanOrEqual(4);
  });

  test.each([
    ['a 503', 'server_error', 1, 1],
    ['a 429', 'rate_limited', 2, Number.POSITIVE_INFINITY],
  ] as const)(
    'with %s, and for one text alone, gets it for a while, and then the text is the reason',
    async (_, reason, least, most) => {
      let isDone = false;
      await store([draft(1, { severity: 5 })]);
      const { sent, changes } = await begin({
        send({ message }) {
          if (message.event.severity === 5 && message.form !== 'bare') {
            throw new AdapterError('retry', reason, 'later', { retryAfterMs: 50 });
          }
        },
      });
      for (let id = 1000; !isDone && id < 1500; id += 1) {
        await store(drafts(id, 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
        isDone = (await count("form = 'bare' and state = 'delivered'")) === 1;
      }
      await expectSoon(isSettled);
      expect(isDone).toBe(true);
      const stops = changes.filter((to) => to === 'backing_off').length;
      expect(stops).toBeGreaterThanOrEqual(least);
      expect(stops).toBeLessThanOrEqual(most);
      expect(sent.filter(({ message }) => message.event.severity !== 5 && message.form !== 'full')).toEqual([]);
    },
  );

  test('never makes a card bare, however often it asks', async () => {
    await store(drafts(1, 1));
    const { sent } = await begin({
      policy: { poisonFailures: 2 },
      check: async () => {},
      send() {
        if (sent.length < 6) throw new AdapterError('retry', 'rate_limited', 'slow down');
      },
    });
    await expectSoon(isSettled);
    expect(await count("form = 'full'")).toBe(1);
  });
});

describe('a paused sink', () => {
  const rejected = new AdapterError('reject_sink', 'auth', 'status 403');

  test('is written down as well again, although the database was away just then', async () => {
    const sql = database().$client;
    await store(drafts(1, 1));
    await writeSinkState(database(), await hold(database(), 'sink:x'), 'soc', 'paused', 'auth');
    const check = async () => void (await sql`alter table sinks rename to elsewhere`);
    const { changes } = await begin({ check });
    await expectSoon(() => changes.at(-1) === 'ok');
    await turns();
    await sql`alter table elsewhere rename to sinks`;
    await expectSoon(async () => (await sql`select state from sinks`)[0]?.state === 'ok');
  });

  test('stays paused for the next holder: it is looked at, and nothing is posted until its check passes', async () => {
    await store(drafts(1, 3));
    await writeSinkState(database(), await hold(database(), 'sink:x'), 'soc', 'paused', 'auth');
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
    ['says as little as that of the event', new AdapterError('reject_event', 'too_large', 'status 414')],
  ])('is what a rejected event shows if the check fails too, and its failure %s', async (_, checkFailure) => {
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
  });
});

describe('a poisonous event', () => {
  test('of many, that look like an outage once, does not bring the sink down again while others pass', async () => {
    await store([...drafts(1, 6).map((one) => ({ ...one, severity: 5 as const })), ...drafts(7, 500)]);
    const { changes, sent } = await begin({
      policy: {
        concurrency: 4,
        outageFailures: 3,
        poisonFailures: 1000,
        backoff: { firstMs: 600, maxMs: 600 },
        sinkBackoff: { firstMs: 100, maxMs: 100 },
      },
      async send({ id, message }) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (message.event.severity === 5 && sent.filter((one) => one.id === id).length < 4) throw retry();
      },
    });
    await expectSoon(isSettled);
    expect(changes).toEqual(['backing_off', 'ok']);
  });

  test('is no probe once it has failed, as long as another waits', async () => {
    await store([...drafts(1, 6).map((one) => ({ ...one, severity: 5 as const })), ...drafts(7, 60)]);
    let isDown = true;
    const { sent } = await begin({
      policy: {
        concurrency: 1,
        outageFailures: 3,
        backoff: { firstMs: 5, maxMs: 5 },
        sinkBackoff: { firstMs: 5, maxMs: 5 },
      },
      send() {
        if (isDown) throw retry();
      },
    });
    await expectSoon(() => sent.length >= 40);
    const first = sent.slice(0, 40).map(({ id }) => id);
    isDown = false;
    expect(new Set(first).size).toBe(40);
    await expectSoon(isSettled);
  });

  test('that failed last is the probe when no other is due', async () => {
    await store(drafts(1, 1));
    const { sent } = await begin({
      policy: { outageFailures: 1, poisonFailures: 1000 },
      send() {
        if (sent.length < 4) throw retry();
      },
    });
    await expectSoon(isSettled);
    expect(sent).toHaveLength(4);
  });

  test('does not count when the sink is judged', async () => {
    await store([draft('poison', { severity: 5 }), draft('well')]);
    const { sent, changes } = await begin({
      policy: { concurrency: 1, outageFailures: 2, poisonFailures: 2 },
      send({ id }) {
        const tries = sent.filter((one) => one.id === id).length;
        if (id === 'poison' || (id === 'unlucky' && tries === 1)) throw retry();
      },
    });
    await expectSoon(() => sent.filter(({ id }) => id === 'poison').length >= 4);
    await store([draft('unlucky')]);
    await expectSoon(() => sent.filter(({ id }) => id === 'unlucky').length === 2);
    expect(changes).toEqual([]);
  });
});

describe('a rejection', () => {
  const refusals = [
    ['a 403', new AdapterError('reject_sink', 'auth', 'status 403', { status: 403 })],
    ['a page', new AdapterError('reject_sink', 'bad_config', 'status 200', { status: 200 })],
    ['a 400', new AdapterError('reject_event', 'rejected', 'status 400', { status: 400 })],
    ['a 413', new AdapterError('reject_event', 'too_large', 'status 413', { status: 413 })],
    ['a reset', retry()],
  ] as const;
  const passes = async () => {};
  const isGuilty = ({ message }: Sent) => message.event.severity === 5 && message.form !== 'bare';
  /** One of them all the time, so that a neighbour passes whenever it is needed. */
  async function feed(until: () => boolean | Promise<boolean>) {
    for (let id = 1000; !(await until()); id += 1) {
      await store(drafts(id, 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test.each(refusals)(
    'by %s that the check contradicts is of the text: short, then bare, and nobody waits',
    async (_, refusal) => {
      await store([draft(1, { severity: 5 })]);
      const { sent, changes, notices } = await begin({
        check: passes,
        send(one) {
          if (isGuilty(one)) throw refusal;
        },
      });
      await expectSoon(isSettled);
      const forms = sent.map(({ message }) => message.form);
      expect(forms.filter((form, n) => form !== forms[n - 1])).toEqual(['full', 'short', 'bare']);
      expect([changes, notices]).toEqual([[], []]);
    },
  );

  test.each(refusals)('by %s of one among others without a check is of the text', async (_, refusal) => {
    await store([draft(1, { severity: 5 })]);
    const { sent, changes } = await begin({
      send(one) {
        if (isGuilty(one)) throw refusal;
      },
    });
    await feed(() => sent.some(({ message }) => message.form === 'bare'));
    await expectSoon(isSettled);
    expect([await count("form = 'bare'"), await count("state = 'delivered' and form <> 'full'"), changes]).toEqual([
      1,
      1,
      [],
    ]);
  });

  test.each(refusals.slice(0, 4))(
    'by %s of everything, while the check passes, pauses the sink, and all is kept whole',
    async (_, refusal) => {
      await store(drafts(1, 12));
      let isBroken = true;
      const { sent, changes, notices } = await begin({
        check: passes,
        policy: { concurrency: 4, pausedBackoff: { firstMs: 60_000, maxMs: 60_000 } },
        send() {
          if (isBroken) throw refusal;
        },
      });
      await expectSoon(() => notices.length > 0);
      await expectSoon(async () => (await count("state = 'pending' and attempts = 0 and form = 'full'")) === 12);
      expect([changes.at(-1), notices]).toEqual(['paused', ['soc sink_paused to others']]);
      isBroken = false;
      expect(sent.length).toBeLessThan(60);
    },
  );

  test('of everything ends, and each is shown whole', async () => {
    await store(drafts(1, 12));
    let isBroken = true;
    const { sent, notices } = await begin({
      check: passes,
      policy: { concurrency: 4 },
      send() {
        if (isBroken) throw refusals[0][1];
      },
    });
    await expectSoon(() => notices.length > 0);
    isBroken = false;
    const before = sent.length;
    await expectSoon(isSettled);
    const shown = sent.slice(before).filter(({ message }) => message.form !== 'full');
    expect([shown, await count("state = 'delivered'")]).toEqual([[], 12]);
  });

  test('of the bare card as well, while others pass, is of neither: it waits as it was, and nothing is lost', async () => {
    await store([draft(1, { severity: 5 })]);
    let isBroken = true;
    const { sent, changes } = await begin({
      check: passes,
      send({ message }) {
        if (isBroken && message.event.severity === 5) throw refusals[0][1];
      },
    });
    const bare = () => sent.filter(({ message }) => message.form === 'bare').length;
    await feed(() => bare() >= 4);
    expect([await count("state = 'dead'"), changes]).toEqual([0, []]);
    isBroken = false;
    await expectSoon(isSettled);
  });

  test('of the bare card by who understands it, while others pass, ends it with the reason', async () => {
    await store([draft(1, { severity: 5 })]);
    const { changes } = await begin({
      send({ message }) {
        if (message.event.severity === 5) throw refusals[2][1];
      },
    });
    await feed(async () => (await count("state = 'dead'")) === 1);
    await expectSoon(isSettled);
    expect([await count("state = 'dead' and reason = 'rejected'"), changes]).toEqual([1, []]);
  });

  test('that paused the sink for one event does not hold up the next', async () => {
    await store([draft(1, { severity: 5 })]);
    const { lanes, notices } = await begin({
      check: passes,
      policy: { pausedBackoff: { firstMs: 60_000, maxMs: 60_000 } },
      send({ message }) {
        if (message.event.severity === 5) throw refusals[0][1];
      },
    });
    await expectSoon(() => notices.length > 0);
    const page = await store([draft(2)]);
    offerFresh(lanes, page!.fresh);
    await expectSoon(async () => (await count("state = 'delivered'")) === 1);
  });

  test('at random never makes a card bare, and the one whose text is refused is found all the same', async () => {
    let state = 7;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    await store([draft(1, { severity: 5 }), ...drafts(2, 600)]);
    const { sent } = await begin({
      check: passes,
      policy: { concurrency: 8, backoff: { firstMs: 5, maxMs: 10 }, sinkBackoff: { firstMs: 5, maxMs: 10 } },
      async send(one) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (isGuilty(one) || random() < 0.2) throw retry('server_error');
      },
    });
    expect(await until(isSettled, 60_000)).toBe(true);
    expect([
      await count("form = 'bare'"),
      await count("form = 'bare' and event_id = (select min(event_id) from deliveries)"),
    ]).toEqual([1, 1]);
    expect(sent.filter(({ message }) => message.form === 'bare' && message.event.severity !== 5)).toEqual([]);
  });
});
