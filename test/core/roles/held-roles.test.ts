// The roles in hand and their workers; with others on one database, index.test.ts.
import { expect, test } from 'vitest';
import type { Lease } from '../../../src/core/loops/lease.ts';
import { HeldRoles, type Role } from '../../../src/core/roles/held-roles.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { quiet, replicaWith, useDatabase } from '../../store/stored.ts';

const database = useDatabase();

async function setUp(validForMs = 10_000) {
  const db = database();
  const replicaId = await replicaWith(db, ['sink:x', 'sink:y']);
  const leases: Lease[] = [];
  let end = () => {};
  const stopped = new Promise<void>((resolve) => (end = resolve));
  const role = (name: string, sinks: string[], stuck = 0): Role => ({
    ...{ name, group: name, sinks },
    start(lease) {
      leases.push(lease);
      return { stuckMs: () => stuck, stop: () => stopped };
    },
  });
  const freed = { count: 0 };
  const validUntilMs = performance.now() + validForMs;
  const held = new HeldRoles({
    ...{ db, replicaId, log: quiet },
    metrics: createMetrics({ version: 't', sources: [], sinks: [], roles: ['sink:x', 'sink:y'] }),
    validUntilMs: () => validUntilMs,
    onFree() {
      freed.count += 1;
    },
  });
  const holder = async (name: string) =>
    (await db.$client`select holder from leases where name = ${name}`)[0]?.holder;
  return { held, role, leases, freed, holder, end: () => end() };
}

test('a role is given back when its worker has ended, and not before', async () => {
  const { held, role, holder, end } = await setUp();
  held.take(role('sink:x', ['x']), 1);
  expect([held.names(), held.epochs()]).toEqual([['sink:x'], new Map([['sink:x', 1]])]);
  held.drop('sink:x', 'given back');
  expect([held.names(), held.endingNames()]).toEqual([[], ['sink:x']]);
  expect(await holder('sink:x')).not.toBeNull();
  end();
  await held.ended();
  expect(held.endingNames()).toEqual([]);
  expect(await holder('sink:x')).toBeNull();
});

test.each([
  ['restarted', 1, true],
  ['lost', 0, false],
] as const)('a role that is %s is not given back', async (parting, freed, isHeld) => {
  const { held, role, leases, holder, end, ...rest } = await setUp();
  held.take(role('sink:x', ['x']), 1);
  held.drop('sink:x', parting);
  end();
  await held.ended();
  expect(await holder('sink:x')).not.toBeNull();
  expect([rest.freed.count, leases[0]?.isHeld()]).toEqual([freed, isHeld]);
});

test('a stopping worker keeps every role busy that has one of its sinks', async () => {
  const { held, role, end } = await setUp();
  held.take(role('sink:x', ['x', 'z']), 1);
  held.drop('sink:x', 'restarted');
  const busy = [role('sink:x', []), role('sink:y', ['z']), role('sink:y', ['y'])];
  expect(busy.map((one) => held.isBusy(one))).toEqual([true, true, false]);
  end();
  await held.ended();
  expect(busy.map((one) => held.isBusy(one))).toEqual([false, false, false]);
});

test('a lease outlasts what ends before the heartbeat does, until it is lost', async () => {
  const { held, role, leases } = await setUp(10_000);
  held.take(role('sink:x', ['x']), 7);
  const [lease] = leases;
  expect(lease).toMatchObject({ name: 'sink:x', epoch: 7 });
  expect([lease?.outlasts(5000), lease?.outlasts(15_000)]).toEqual([true, false]);
  lease?.lose();
  expect(lease?.outlasts(0)).toBe(false);
});

test('the slowest worker says for how long the roles are stuck', async () => {
  const { held, role } = await setUp();
  expect(held.stuckMs()).toBe(0);
  held.take(role('sink:x', ['x'], 300), 1);
  held.take(role('sink:y', ['y'], 70_000), 1);
  expect(held.stuckMs()).toBe(70_000);
});
