// What a process has in hand of a sink's deliveries, on a real Postgres: nothing of it is read
// twice.
import { expect, test } from 'vitest';
import { InHand } from '../../../src/core/deliver/in-hand.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { takeDue } from '../../../src/store/deliveries/index.ts';
import { drafts, hold, quiet } from '../../store/stored.ts';
import { until } from '../../support/world.ts';
import { useOrigin } from './origin-setup.ts';

const { database, store } = useOrigin();

async function setUp(count: number) {
  const db = database();
  const page = await store(drafts(1, count));
  const metrics = createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] });
  let changes = 0;
  const inHand = new InHand({
    ...{
      db,
      sink: 'soc',
      lease: await hold(db, 'sink:x'),
      log: quiet,
      metrics,
      batchMax: 20,
      rereadMs: 1000,
    },
    take: (limit, excluded) => takeDue(db, { sink: 'soc', limit, excluded }),
    onChange() {
      changes += 1;
    },
  });
  const outcomes = async () => {
    const { values } = await metrics.deliveries.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
  };
  return { inHand, ids: page!.events.map(({ id }) => id), changes: () => changes, outcomes };
}

test('what is in flight, or answered and not yet written, is not read, and what was written is settled', async () => {
  const { inHand, ids, changes, outcomes } = await setUp(3);
  const [first, second, third] = ids as [number, number, number];
  inHand.inFlight.begin(first, 0);
  inHand.recorder.delivered({ eventId: second, afterFailure: false, durationMs: 1 });
  expect([inHand.excluded(), inHand.isSettled()]).toEqual([[first, second], false]);
  await inHand.ready.fill(0);
  expect([inHand.ready.size(), inHand.ready.peek()?.event.id]).toEqual([1, third]);
  inHand.inFlight.end(first, 0);
  expect(await until(() => inHand.isSettled(), 5000)).toBe(true);
  expect(inHand.excluded()).toEqual([]);
  expect(changes()).toBeGreaterThan(0);
  expect(await outcomes()).toMatchObject({ delivered: 1, dead: 0 });
});

test('what failed is read when it is due again, and what is dead never', async () => {
  const { inHand, ids, outcomes } = await setUp(2);
  await inHand.ready.fill(0);
  while (inHand.ready.shift());
  const failed = {
    attempts: 1,
    form: 'full',
    outcome: 'retry',
    reason: 'timeout',
    status: null,
    answer: null,
  } as const;
  const nowMs = performance.now();
  inHand.recorder.failed({
    eventId: ids[0]!,
    ...failed,
    state: 'pending',
    delayMs: 60,
    durationMs: 1,
  });
  inHand.recorder.failed({ eventId: ids[1]!, ...failed, state: 'dead', delayMs: 0, durationMs: 1 });
  expect(await until(() => inHand.isSettled(), 5000)).toBe(true);
  expect(inHand.ready.dueInMs(nowMs)).toBeLessThan(5000);
  await new Promise((resolve) => setTimeout(resolve, 150));
  await inHand.ready.fill(performance.now());
  expect([inHand.ready.size(), inHand.ready.peek()?.event.id]).toEqual([1, ids[0]]);
  expect(await outcomes()).toMatchObject({ delivered: 0, dead: 1 });
});

test('what the database has anew is read at once', async () => {
  const { inHand, ids } = await setUp(1);
  await inHand.ready.fill(0);
  inHand.ready.shift();
  await inHand.ready.fill(1);
  expect(inHand.ready.size()).toBe(0);
  inHand.expire();
  await inHand.ready.fill(2);
  expect(inHand.ready.peek()?.event.id).toBe(ids[0]);
});
