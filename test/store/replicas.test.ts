// The live processes of a database, with what they hold and know.
import { expect, test } from 'vitest';
import { joinReplicas } from '../../src/store/leases.ts';
import { listReplicas } from '../../src/store/replicas.ts';
import { replicaWith, useDatabase } from './stored.ts';

const db = useDatabase();

test('a live process is listed with its roles and what it knows, and a dead one is not', async () => {
  const id = await replicaWith(db(), ['source:a', 'job:x']);
  const facts = { sinks: { soc: { nextProbeAt: '2026-03-01T00:00:00.000Z' } } };
  const works = { roles: [], consoles: {}, places: {}, facts };
  await joinReplicas(db(), { id, ttlMs: 20_000, predecessor: null, works });
  const dead = await replicaWith(db(), ['source:b']);
  await db().$client`
    update replicas set expires_at = now() - interval '1 second' where id = ${dead}::uuid`;
  const [live, ...others] = await listReplicas(db());
  expect(others).toEqual([]);
  expect(live).toMatchObject({ id, roles: ['job:x', 'source:a'], facts });
  expect(Date.parse(live!.aliveUntil) - Date.now()).toBeGreaterThan(5000);
});

test('of a process of an earlier release nothing is known', async () => {
  await replicaWith(db(), []);
  expect(await listReplicas(db())).toMatchObject([{ roles: [], facts: {} }]);
});
