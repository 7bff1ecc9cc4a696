// A lane whose role another has taken, before its own heartbeat knows of it, on a real Postgres.
import { expect, onTestFinished, test } from 'vitest';
import { startLane } from '../../../src/core/deliver/lane.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import { storePage } from '../../../src/core/ingest.ts';
import { createLimiter } from '../../../src/core/limiter.ts';
import { createMetrics } from '../../../src/core/metrics.ts';
import { until } from '../../support/world.ts';
import { drafts, hold, quiet, toSoc, useDatabase } from '../stored.ts';

const database = useDatabase();

test('sends nothing more once the database has refused an outcome, and is not stuck by that', async () => {
  const db = database();
  await storePage(db, null, 'a', 1, toSoc, drafts(1, 1), null);
  let sends = 0;
  let answer: (() => void) | undefined;
  const send = () => {
    sends += 1;
    return new Promise<void>((_, reject) => (answer = () => reject(new Error('reset'))));
  };
  const lane = startLane(
    {
      id: 'soc',
      sink: { origin: 'x:', send },
      db,
      log: quiet,
      metrics: createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] }),
      policy: { ...defaultPolicy, rereadMs: 20 },
      limiter: createLimiter(Number.POSITIVE_INFINITY, 1, 0),
      perSecond: Number.POSITIVE_INFINITY,
      now: Date.now,
      random: () => 0.5,
      routes: [],
      showTenant: () => false,
      async announce() {},
    },
    await hold(db, 'sink:x'),
  );
  onTestFinished(() => lane.stop());
  expect(await until(() => answer !== undefined, 5000)).toBe(true);
  await db.$client`update leases set epoch = epoch + 1 where name = 'sink:x'`;
  answer?.();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(sends).toBe(1);
  expect(lane.stuckMs?.()).toBe(0);
  expect(await db.$client`select state, attempts from deliveries`).toEqual([{ state: 'pending', attempts: 0 }]);
});
