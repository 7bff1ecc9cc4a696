// The roles of a process that was killed, taken over by another one on a real Postgres.
import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { type Role, startRoles } from '../../../src/core/roles/index.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { acquireLeases, createLeases, joinReplicas } from '../../../src/store/leases.ts';
import { handoverTriggers, looksMax } from '../../faults/handover-watch.ts';
import { quiet, useDatabase } from '../../store/stored.ts';

const database = useDatabase();

test('a killed holder’s roles go to the other replica when its heartbeat has run out, and not before', async () => {
  const metrics = createMetrics({ version: 't', sources: [], sinks: [], roles: ['job:x'] });
  const times = { ttlMs: 1500, renewMs: 300 };
  const worked: string[] = [];
  const role = (who: string): Role => ({
    name: 'job:x',
    group: 'g',
    start() {
      worked.push(who);
      return { stop: async () => {} };
    },
  });
  const dead = randomUUID();
  await createLeases(database(), ['job:x']);
  await joinReplicas(database(), { id: dead, ttlMs: times.ttlMs, predecessor: null });
  await acquireLeases(database(), dead, ['job:x']);
  await database().$client.unsafe(handoverTriggers);
  const startedAt = performance.now();
  const roles = startRoles({
    db: database(),
    roles: [role('heir')],
    replicaId: randomUUID(),
    predecessor: null,
    metrics,
    log: quiet,
    times,
  });
  await vi.waitFor(() => expect(worked).toEqual(['heir']), { timeout: 60_000, interval: 20 });
  const tookMs = performance.now() - startedAt;
  await roles.stop();
  expect(worked).toEqual(['heir']);
  expect(tookMs).toBeGreaterThan(1000);
  const [handover] = await database().$client`select given_back, looks from handovers`;
  expect(handover).toMatchObject({ given_back: false });
  expect(Number(handover?.looks)).toBeLessThanOrEqual(looksMax);
});
