// What a process notes of the others on its database; with workers at work, index.test.ts.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { StandingWatch } from '../../../src/core/roles/standing-watch.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { createLeases, joinReplicas } from '../../../src/store/leases.ts';
import { useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const roles = [{ name: 'sink:x', group: 'x', sinks: ['soc'], places: { soc: 'here' } }];

test('a sink that another service works elsewhere is left to it, until that ends', async () => {
  const db = database();
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line).msg) };
  const log = createLogger({ level: 'info', secrets: [], destination });
  const metrics = createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] });
  const watch = new StandingWatch({ db, replicaId: randomUUID(), metrics, log });
  expect(watch.current()).toBeUndefined();
  await createLeases(db, ['sink:x']);
  const works = { roles: ['sink:x'], consoles: {}, places: { soc: 'there' } };
  await joinReplicas(db, { id: randomUUID(), ttlMs: 20_000, predecessor: null, works });
  await db.$client`insert into sinks (sink, state, place) values ('soc', 'ok', 'there')`;

  await watch.look(() => roles);
  await watch.look(() => roles);
  expect(watch.isLeft('sink:x')).toBe(true);
  expect(await metrics.expose()).toContain('tocsin_sink_other_place{sink="soc"} 1\n');

  await db.$client`truncate replicas, leases`;
  await watch.look(() => roles);
  expect(watch.isLeft('sink:x')).toBe(false);
  expect(await metrics.expose()).toContain('tocsin_sink_other_place{sink="soc"} 0\n');
  expect(lines).toEqual([
    'roles are left to a process with other consoles or webhooks',
    'no role is left to another process any more',
  ]);
});

test('the roles are those of after the reading: another configuration may come while it lasts', async () => {
  const db = database();
  const log = createLogger({ level: 'error', secrets: [], destination: { write() {} } });
  const metrics = createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] });
  const watch = new StandingWatch({ db, replicaId: randomUUID(), metrics, log });
  const works = { roles: ['sink:x'], consoles: {}, places: { soc: 'there' } };
  await joinReplicas(db, { id: randomUUID(), ttlMs: 20_000, predecessor: null, works });
  await db.$client`insert into sinks (sink, state, place) values ('soc', 'ok', 'there')`;
  let now = roles;
  const looking = watch.look(() => now);
  // The configuration that comes meanwhile posts where the other process does.
  now = [{ ...roles[0]!, places: { soc: 'there' } }];
  await looking;
  expect([watch.isLeft('sink:x'), watch.current()?.contested]).toEqual([false, []]);
});
