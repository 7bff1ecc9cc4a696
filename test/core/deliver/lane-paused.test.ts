// A lane on a real Postgres whose sink an operator has paused: nothing is sent, everything is kept,
// and after it the most urgent comes first.
import { expect, onTestFinished, test } from 'vitest';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import { stormTimes } from '../../../src/core/deliver/storm.ts';
import { Controls } from '../../../src/core/loops/controls.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { EventDraft } from '../../../src/kit/event.ts';
import type { Message, Sink } from '../../../src/kit/sink.ts';
import { endPause, writePause } from '../../../src/store/controls.ts';
import { readSinkState } from '../../../src/store/sinks.ts';
import { draft, drafts, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';
import { type LaneOptions, startLaneOf } from './lane-setup.ts';

const database = useDatabase();
const policy = {
  ...defaultPolicy,
  backoff: { firstMs: 20, maxMs: 50 },
  sinkBackoff: { firstMs: 20, maxMs: 50 },
  pausedBackoff: { firstMs: 20, maxMs: 50 },
  rereadMs: 20,
};

const store = (events: readonly EventDraft[]) => storePage(database(), { events, cursor: 'c' });
const quietMs = 300;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function paused(forMs = 3_600_000) {
  await writePause(database(), {
    name: 'sink:soc',
    by: 'ann',
    reason: 'r',
    end: { forMs },
    replaces: true,
  });
  const controls = new Controls({ db: database(), log: quiet, everyMs: 20 });
  await controls.look();
  controls.start();
  onTestFinished(() => controls.stop());
  return controls;
}

async function laneOf(
  sink: Omit<Sink, 'origin'>,
  controls: Controls,
  more: Partial<LaneOptions> = {},
) {
  const lease = await hold(database(), 'sink:x');
  const notices: string[] = [];
  const lane = startLaneOf(sink, lease, {
    db: database(),
    policy,
    controls,
    announce: async ({ notice }) => void notices.push(notice.kind),
    ...more,
  });
  onTestFinished(() => lane.stop());
  return { lane, notices };
}

function recording() {
  const sent: Message[] = [];
  return { sent, sink: { send: async (message: Message) => void sent.push(message) } };
}

const pending = async () => {
  const rows = await database().$client`select 1 from deliveries where state = 'pending'`;
  return rows.length;
};

test('nothing goes out while it lasts; then the most urgent first, and nobody is told of an outage', async () => {
  await store([draft(1, { severity: 1 }), draft(2, { severity: 4 }), draft(3, { severity: 2 })]);
  const controls = await paused();
  const { sent, sink } = recording();
  const { lane, notices } = await laneOf(sink, controls, { policy: { ...policy, concurrency: 1 } });
  const fresh = await store([draft(4, { severity: 4 })]);
  lane.offer(fresh?.fresh.get('soc') ?? []);
  await sleep(quietMs);
  expect([sent.length, await pending()]).toEqual([0, 4]);
  await endPause(database(), 'sink:soc');
  expect(await until(() => sent.length === 4, 10_000)).toBe(true);
  expect(sent.map(({ event }) => event.severity)).toEqual([4, 4, 2, 1]);
  expect([notices, await readSinkState(database(), 'soc')]).toEqual([[], undefined]);
});

test('what is in flight ends, and nothing follows it', async () => {
  await store(drafts(1, 5));
  await endPause(database(), 'sink:soc');
  const controls = new Controls({ db: database(), log: quiet, everyMs: 20 });
  await controls.look();
  let answer = () => {};
  let calls = 0;
  const send = () => {
    calls += 1;
    return new Promise<void>((resolve) => {
      answer = resolve;
    });
  };
  await laneOf({ send }, controls, { policy: { ...policy, concurrency: 1 } });
  expect(await until(() => calls === 1, 10_000)).toBe(true);
  await writePause(database(), {
    name: 'sink:soc',
    by: 'ann',
    reason: 'r',
    end: { forMs: 60_000 },
    replaces: false,
  });
  await controls.look();
  answer();
  expect(await until(async () => (await pending()) === 4, 10_000)).toBe(true);
  await sleep(quietMs);
  expect([calls, await pending()]).toEqual([1, 4]);
});

test('a sink that is down is not even probed, and its check is not asked', async () => {
  await store(drafts(1, 3));
  const { controls: none, calls, sink } = downSink();
  const { lane } = await laneOf(sink, none);
  expect(await until(() => calls.checks > 2, 10_000)).toBe(true);
  expect(lane.sinkFacts().nextProbeAt).not.toBeNull();
  await lane.stop();
  const before = { ...calls };
  const resting = await laneOf(sink, await paused());
  await sleep(quietMs);
  expect(calls).toEqual(before);
  expect(resting.lane.sinkFacts()).toEqual({ nextProbeAt: null });
});

function downSink() {
  const calls = { sends: 0, checks: 0 };
  const sink = {
    async send() {
      calls.sends += 1;
      throw new AdapterError('reject_sink', 'rejected', 'status 404');
    },
    async check() {
      calls.checks += 1;
      throw new AdapterError('reject_sink', 'rejected', 'status 404');
    },
  };
  return { calls, sink, controls: new Controls({ db: database(), log: quiet }) };
}

test('it ends by itself at its time', async () => {
  await store(drafts(1, 2));
  const controls = await paused(700);
  const { sent, sink } = recording();
  await laneOf(sink, controls);
  await sleep(200);
  expect(sent).toEqual([]);
  expect(await until(() => sent.length === 2, 10_000)).toBe(true);
});

test('a card that comes late for it says so, and does not blame the sink', async () => {
  await store(drafts(1, 1));
  await database().$client`update events set received_at = now() - interval '2 hours'`;
  const controls = await paused();
  const { sent, sink } = recording();
  await laneOf(sink, controls);
  await sleep(100);
  await endPause(database(), 'sink:soc');
  expect(await until(() => sent.length === 1, 10_000)).toBe(true);
  expect(sent[0]!.delayed).toMatchObject({ reason: 'pause' });
});

test('too much at its end is a storm, as after an outage', async () => {
  await store(drafts(1, 60));
  const controls = await paused();
  const { sent, sink } = recording();
  const storm = { over: 10, passes: 0, ...stormTimes, firstMs: 50 };
  await laneOf(sink, controls, { policy: { ...policy, storm } });
  await sleep(100);
  expect(sent).toEqual([]);
  await endPause(database(), 'sink:soc');
  expect(await until(() => sent.some(({ event }) => event.body.digest), 10_000)).toBe(true);
  expect(sent.filter(({ event }) => event.source === 'a')).toEqual([]);
});
