// A loop that waits for an answer which does not come must not look well. Here a lock holds the answers up, on a real Postgres.
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { expect, test } from 'vitest';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import { startPolling } from '../../../src/core/intake/poll.ts';
import { startRoles } from '../../../src/core/roles/index.ts';
import { createSilenceReader } from '../../../src/core/silences/reader.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';
import { startLaneOf } from './lane-setup.ts';

const database = useDatabase();
const metrics = createMetrics({ version: 't', sources: [{ id: 'a' }], sinks: [{ id: 'soc' }], roles: ['job:x'] });
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
  return startLaneOf({ send }, await hold(database(), role), { ...shared, db: database(), policy });
};

test('a lane that cannot read what is due is stuck, and one that rests is not', async () => {
  const worker = await lane('sink:x', async () => undefined);
  await expectToStick('deliveries', () => worker.stuckMs!());
  await worker.stop();
});

test('a lane that cannot write what became of a send is stuck', async () => {
  const routes = [{ name: 'default', minSeverity: 1 as const, to: ['soc'] }];
  const event = { subject: 'e', stream: 'event', type: 'T', severity: 3, status: null, action: null } as const;
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
  expect(await database().$client`select state from deliveries`).toEqual([{ state: 'delivered' }]);
});

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
  const silences = createSilenceReader(db, quiet);
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
