// Outcomes of sends on their way into a real Postgres: none is forgotten, none is unknown
// meanwhile, and a stop has an end.

import { afterEach, expect, test, vi } from 'vitest';
import { Recorder, type RecorderDependencies } from '../../../src/core/deliver/recorder.ts';
import { createWrites } from '../../../src/core/loops/writes.ts';
import type { FailedAttempt } from '../../../src/kit/records/delivery.ts';
import { drafts, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const database = useDatabase();
afterEach(() => vi.restoreAllMocks());

interface Written {
  readonly ids: readonly number[];
  readonly delivered: number;
  readonly dead: number;
}

async function setUp(count: number, more: Partial<RecorderDependencies> = {}) {
  const db = database();
  const page = await storePage(db, { events: drafts(1, count) });
  const written: Written[] = [];
  const recorder = new Recorder({
    db,
    sink: 'soc',
    lease: await hold(db, 'sink:x'),
    log: quiet,
    onWritten: (ids, counts) => void written.push({ ids, ...counts }),
    ...more,
  });
  return { recorder, written, ids: page!.events.map(({ id }) => id) };
}

const success = (eventId: number) => ({ eventId, afterFailure: false, durationMs: 1 });
const failure = (eventId: number, state: 'pending' | 'dead'): FailedAttempt => ({
  eventId,
  attempts: 1,
  state,
  delayMs: 0,
  form: 'full',
  outcome: 'retry',
  reason: 'timeout',
  status: null,
  durationMs: 1,
  answer: null,
});
const totalOf = (written: readonly Written[]) => ({
  ids: written.flatMap(({ ids }) => ids),
  delivered: written.reduce((sum, { delivered }) => sum + delivered, 0),
  dead: written.reduce((sum, { dead }) => sum + dead, 0),
});
const states = async () =>
  (await database().$client`select state from deliveries order by event_id`).map(
    (row) => row.state,
  );

/** While a table has another name every statement about it fails, as if the database were away. */
async function without(table: string, act: () => Promise<void>): Promise<void> {
  await database().$client.unsafe(`alter table ${table} rename to away`);
  await act().finally(() => database().$client.unsafe(`alter table away rename to ${table}`));
}

test('what is known at the stop is written before it ends, many in one go', async () => {
  const { recorder, written, ids } = await setUp(4);
  recorder.delivered(success(ids[0]!));
  recorder.delivered(success(ids[1]!));
  recorder.failed(failure(ids[2]!, 'dead'));
  recorder.failed(failure(ids[3]!, 'pending'));
  expect([recorder.size(), recorder.unwritten()]).toEqual([4, ids]);
  await recorder.stop();
  expect([recorder.size(), recorder.unwritten()]).toEqual([0, []]);
  expect(await states()).toEqual(['delivered', 'delivered', 'dead', 'pending']);
  expect(totalOf(written)).toEqual({ ids, delivered: 2, dead: 1 });
});

test('nothing waits any more when it is told that the last outcome was written', async () => {
  const waited: number[] = [];
  const { recorder, ids } = await setUp(2, {
    onWritten: () => void waited.push(recorder.waitedMs()),
  });
  recorder.delivered(success(ids[0]!));
  recorder.failed(failure(ids[1]!, 'pending'));
  expect(await until(() => recorder.waitedMs() > 0, 10_000)).toBe(true);
  await recorder.stop();
  expect(waited).toEqual([expect.any(Number), 0]);
  expect(waited[0]).toBeGreaterThan(0);
});

test('while the database is away outcomes stay known as unwritten, and are written once it is back', async () => {
  const errors = vi.fn();
  const log = { ...quiet, error: errors } as unknown as typeof quiet;
  const { recorder, written, ids } = await setUp(3, { log });
  await without('deliveries', async () => {
    recorder.delivered(success(ids[0]!));
    recorder.failed(failure(ids[1]!, 'dead'));
    expect(await until(() => errors.mock.calls.length > 0, 5000)).toBe(true);
    recorder.delivered(success(ids[2]!));
    expect([recorder.size(), [...recorder.unwritten()].sort((a, b) => a - b)]).toEqual([3, ids]);
    expect(written).toEqual([]);
  });
  await recorder.stop();
  expect(await states()).toEqual(['delivered', 'dead', 'delivered']);
  expect(totalOf(written).ids.sort((a, b) => a - b)).toEqual(ids);
});

test('what was delivered is told of although the failed ones beside it cannot be written yet', async () => {
  const { recorder, written, ids } = await setUp(2);
  await without('leases', async () => {
    recorder.delivered(success(ids[0]!));
    recorder.failed(failure(ids[1]!, 'dead'));
    expect(await until(() => written.length > 0, 5000)).toBe(true);
    expect([totalOf(written), recorder.unwritten()]).toEqual([
      { ids: [ids[0]], delivered: 1, dead: 0 },
      [ids[1]],
    ]);
  });
  await recorder.stop();
  expect(totalOf(written)).toEqual({ ids, delivered: 1, dead: 1 });
});

test('what the role’s next holder has to decide is left alone, but what was delivered is written all the same', async () => {
  const lease = { name: 'sink:x', holder: '00000000-0000-4000-8000-000000000000', epoch: 1 };
  const lose = vi.fn();
  const lost = { ...lease, isHeld: () => false, outlasts: () => false, lose };
  const { recorder, written, ids } = await setUp(2, { lease: lost });
  recorder.delivered(success(ids[0]!));
  expect(await until(async () => (await states())[0] === 'delivered', 5000)).toBe(true);
  expect(lose).not.toHaveBeenCalled();
  recorder.failed(failure(ids[1]!, 'dead'));
  await recorder.stop();
  expect(await states()).toEqual(['delivered', 'pending']);
  expect(lose).toHaveBeenCalledOnce();
  expect(totalOf(written)).toEqual({ ids, delivered: 1, dead: 0 });
});

test('one that comes at the very end of a write is written too', async () => {
  // The end of a write is some turns of the microtask queue long: one arrives at each of them.
  const arrivals = 12;
  let next = 0;
  const { recorder, ids } = await setUp(arrivals + 1, {
    onWritten() {
      next += 1;
      if (next > arrivals) return;
      let arrival = Promise.resolve();
      for (let turn = 0; turn < next; turn += 1) arrival = arrival.then(() => undefined);
      void arrival.then(() => recorder.delivered(success(ids[next]!)));
    },
  });
  recorder.delivered(success(ids[0]!));
  expect(
    await until(async () => (await states()).every((state) => state === 'delivered'), 5000),
  ).toBe(true);
  await recorder.stop();
});

test('how long the oldest unwritten outcome has waited is known, from its answer to its write', async () => {
  const { recorder, ids } = await setUp(2);
  expect(recorder.waitedMs()).toBe(0);
  const locking = await database().$client.reserve();
  await locking.unsafe('begin; lock table deliveries in exclusive mode');
  recorder.delivered(success(ids[0]!));
  expect(await until(() => recorder.waitedMs() > 200, 5000)).toBe(true);
  recorder.delivered(success(ids[1]!));
  expect(recorder.waitedMs()).toBeGreaterThan(200);
  await locking`rollback`;
  locking.release();
  expect(await until(() => recorder.size() === 0, 5000)).toBe(true);
  expect(recorder.waitedMs()).toBe(0);
  await recorder.stop();
});

test('what comes during a write does not wait for its end', async () => {
  const { recorder, written, ids } = await setUp(2);
  const locking = await database().$client.reserve();
  await locking.unsafe(`begin; select 1 from deliveries where event_id = ${ids[0]} for update`);
  recorder.delivered(success(ids[0]!));
  expect(await until(() => recorder.writingMs() > 0, 5000)).toBe(true);
  recorder.delivered(success(ids[1]!));
  expect(await until(() => written.length > 0, 5000)).toBe(true);
  expect([written[0]!.ids, recorder.unwritten()]).toEqual([[ids[1]], [ids[0]]]);
  await locking`rollback`;
  locking.release();
  await recorder.stop();
  expect(recorder.size()).toBe(0);
});

test('a stop gives up on a database that stays away, and says how many were lost', async () => {
  const errors = vi.fn();
  const log = { ...quiet, error: errors } as unknown as typeof quiet;
  const { recorder, ids } = await setUp(2, { log });
  await without('deliveries', async () => {
    for (const id of ids) recorder.delivered(success(id));
    const stopped = recorder.stop();
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 16_000);
    await stopped;
  });
  expect(errors.mock.calls.at(-1)).toEqual([
    { sink: 'soc', lost: 2 },
    expect.stringContaining('may be sent again'),
  ]);
});

test('a database that takes no outcomes is called so, until it takes them', async () => {
  const writes = createWrites();
  const { recorder, ids } = await setUp(1, { writes });
  await without('deliveries', async () => {
    recorder.delivered(success(ids[0]!));
    expect(await until(() => writes.problem() !== undefined, 10_000)).toBe(true);
  });
  await recorder.stop();
  expect(writes.problem()).toBeUndefined();
});
