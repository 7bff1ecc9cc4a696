// A source or the roles that wait for an answer which does not come must not look well. Here a lock
// holds the answers up, on a real Postgres.
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { expect, test } from 'vitest';
import { startPolling } from '../../../src/core/intake/poll.ts';
import { startRoles } from '../../../src/core/roles/index.ts';
import { SilenceReader } from '../../../src/core/silences/reader.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { hold, quiet, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const database = useDatabase();
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

test('a source that cannot store is stuck, and one that waits for its tenant is not', async () => {
  let polls = 0;
  const source = {
    kind: 'poll' as const,
    async poll() {
      polls += 1;
      if (polls === 1) await new Promise((resolve) => setTimeout(resolve, 500));
      return { events: [], cursor: String(polls), more: false };
    },
  };
  const db = database();
  const silences = new SilenceReader(db, quiet);
  const polling = { ...shared, id: 'a', source, db, silences, routes: [], intervalMs: 20 };
  const worker = startPolling(polling, await hold(database(), 'source:a'));
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(worker.stuckMs!()).toBeLessThan(300);
  await expectToStick('cursors', () => worker.stuckMs!());
  await worker.stop();
});

test('the roles are stuck with their heartbeat, and with each of their workers, also one that does not stop', async () => {
  const { role, end } = (() => {
    let stuck = 0;
    let resolve = () => {};
    const start = () => ({
      stuckMs: () => stuck,
      stop: () => new Promise<void>((done) => (resolve = done)),
    });
    return {
      role: { name: 'job:x', group: 'g', start, stick: (ms: number) => (stuck = ms) },
      end: () => resolve(),
    };
  })();
  const times = { ttlMs: 20_000, renewMs: 50 };
  const replica = { replicaId: randomUUID(), predecessor: null };
  const roles = startRoles({ ...shared, ...replica, db: database(), roles: [role], times });
  expect(await until(() => roles.held().length === 1, 5000)).toBe(true);
  expect(roles.stuckMs()).toBeLessThan(1000);
  role.stick(70_000);
  expect(roles.stuckMs()).toBe(70_000);
  role.stick(0);
  await expectToStick('replicas', () => roles.stuckMs());
  const stopped = roles.stop();
  expect(await until(() => roles.stuckMs() > 700, 5000)).toBe(true);
  end();
  await stopped;
});
