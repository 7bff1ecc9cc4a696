// The model test: generated schedules of what can happen to the store, the lanes and the roles, on
// a real Postgres, in virtual time.
// `MODEL_RUNS=5000` runs many; a failing one prints the `MODEL_SEED` that, with `MODEL_RUNS=1`,
// runs it again.
import fc from 'fast-check';
import type postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMetrics, type Metrics } from '../../src/observe/metrics/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Clock, installClock } from './clock.ts';
import { sinkIds, sinkRole, source, sourceRole } from './replica.ts';
import { type Act, anySchedule, perform, written } from './schedule.ts';
import { connect, installDatabaseClock } from './statements.ts';
import { createWorld } from './world.ts';

const runs = Number(process.env.MODEL_RUNS ?? 300);
const seed = Number(process.env.MODEL_SEED ?? 1);
/** Without a wish for more, the runs end here. */
const shortMs = 12_000;
const shrinkMaxMs = 60_000;

let database: TestDatabase;
let client: postgres.Sql;
let metrics: Metrics;
let clock: Clock;

beforeAll(async () => {
  database = await createTestDatabase();
  client = connect(database.url);
  await installDatabaseClock(client);
  metrics = createMetrics({
    version: 'model',
    sources: [{ id: source }],
    sinks: sinkIds.map((id) => ({ id })),
    roles: [sourceRole, ...sinkIds.map(sinkRole)],
  });
  clock = installClock();
});
afterAll(async () => {
  clock.uninstall();
  await client.end({ timeout: 5 });
  await database.drop();
});

/** Runs one schedule from nothing. @returns the promises that it broke */
async function run(acts: readonly Act[]): Promise<readonly string[]> {
  clock.reset();
  await client.unsafe(`truncate events, deliveries, delivery_attempts, cursors, replicas, leases, sinks, groups, conditions restart identity;
    select setseed(0.5)`);
  const world = createWorld(client, clock, metrics);
  for (const act of acts) {
    await perform(world, act);
    if (world.broken.length > 0) return world.broken;
  }
  await world.end();
  return world.broken;
}

/** @returns what to print if a promise was broken: the shortest schedule found that breaks it */
async function check(runSeed: number): Promise<string | undefined> {
  const property = fc.asyncProperty(anySchedule, async (acts) => {
    const broken = await run(acts);
    if (broken.length > 0) throw new Error(broken.slice(0, 5).join('\n'));
  });
  const options = {
    seed: runSeed,
    numRuns: 1,
    unbiased: true,
    interruptAfterTimeLimit: shrinkMaxMs,
  };
  const result = await fc.check(property, options);
  if (!result.failed) return undefined;
  const [acts] = result.counterexample ?? [[]];
  const { message } = (result.errorInstance ?? new Error('it does not end')) as Error;
  return `${message}\nMODEL_SEED=${runSeed} MODEL_RUNS=1 runs this again; after ${result.numShrinks} shrinks:\n${written(acts)}`;
}

test('whatever happens to processes, connections and far ends, the promises hold', async () => {
  const endMs =
    process.env.MODEL_RUNS === undefined ? performance.now() + shortMs : Number.POSITIVE_INFINITY;
  let count = 0;
  for (; count < runs && performance.now() < endMs; count += 1) {
    const failure = await check(seed + count);
    if (failure !== undefined) expect.fail(failure);
  }
  expect(count).toBeGreaterThan(0);
}, 3_600_000);
