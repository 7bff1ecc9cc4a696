// One process among the replicas of its database: its heartbeat, and what it makes of clocks.
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Membership, type MembershipDependencies } from '../../../src/core/roles/membership.ts';
import type { Logger } from '../../../src/observe/log.ts';
import { acquireLeases, createLeases } from '../../../src/store/leases.ts';
import { quiet, replicaWith, useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const ttlMs = 20_000;

function join(more: Partial<MembershipDependencies> = {}) {
  const replicaId = randomUUID();
  const lost: string[] = [];
  const membership = new Membership({
    ...{ db: database(), replicaId, predecessor: null, ttlMs, log: quiet },
    works: () => ({ roles: ['job:x'], consoles: {}, places: {} }),
    onLost: () => void lost.push('lost'),
    ...more,
  });
  return { membership, replicaId, lost };
}

const replicas = async () =>
  (await database().$client`select id::text from replicas`).map(({ id }) => id);
const holder = async (name: string) =>
  (await database().$client`select holder::text from leases where name = ${name}`)[0]?.holder;

test('a heartbeat joins first, says what this process works, and holds for its time', async () => {
  const { membership, replicaId } = join();
  expect(membership.validUntilMs()).toBe(0);
  const beganMs = performance.now();
  expect(await membership.renew()).toMatchObject({ replicas: 1 });
  const [row] = await database().$client`select id::text, works from replicas`;
  expect(row).toMatchObject({ id: replicaId, works: { roles: ['job:x'] } });
  // Counted from before the question: the answer may have taken long.
  expect(membership.validUntilMs()).toBeGreaterThanOrEqual(beganMs + ttlMs);
  expect(membership.validUntilMs()).toBeLessThanOrEqual(performance.now() + ttlMs);
});

describe('the first heartbeat', () => {
  test('frees the roles of a predecessor that is dead, and then has the new id remembered once', async () => {
    const predecessor = await replicaWith(database(), ['job:x']);
    const remember = vi.fn(async () => expect(await replicas()).not.toContain(predecessor));
    const { membership, replicaId } = join({ predecessor, remember });
    await membership.renew();
    await membership.renew();
    expect(remember).toHaveBeenCalledOnce();
    expect(await acquireLeases(database(), replicaId, ['job:x'])).toHaveLength(1);
  });

  test('goes on when the id cannot be remembered', async () => {
    const warn = vi.fn();
    const log = { ...quiet, warn } as unknown as Logger;
    const { membership } = join({ log, remember: () => Promise.reject(new Error('disk full')) });
    expect(await membership.renew()).not.toBeNull();
    expect(warn.mock.calls.map(([fields]) => fields)).toEqual([{ error: 'disk full' }]);
  });
});

describe('a heartbeat that had expired', () => {
  const expire = () =>
    database().$client`update replicas set expires_at = now() - interval '1 second'`;
  // It is found out where there is a role to lose.
  beforeEach(() => createLeases(database(), ['job:x']));

  test('by time loses every role, and the process joins again at once', async () => {
    const { membership, replicaId, lost } = join({ ttlMs: 1 });
    await membership.renew();
    await vi.waitUntil(() => performance.now() > membership.validUntilMs());
    await expire();
    lost.length = 0; // a slow machine may have lost them at the first heartbeat
    await membership.renew();
    expect(lost).toEqual(['lost']);
    expect(await replicas()).toEqual([replicaId]);
  });

  test('by the clock of the database alone loses none, and takes from nobody for a term', async () => {
    const { membership, lost } = join();
    await membership.renew();
    expect(membership.isUnsure()).toBe(false);
    await expire();
    expect(await membership.renew()).not.toBeNull();
    expect([lost, membership.isUnsure()]).toEqual([[], true]);
  });
});

test('a heartbeat of another that holds beyond its term is cut to it', async () => {
  const other = await replicaWith(database(), []);
  await database().$client`update replicas set expires_at = now() + interval '1 day'`;
  await join().membership.renew();
  const [row] = await database()
    .$client`select extract(epoch from expires_at - now())::float8 as left from replicas where id::text = ${other}`;
  expect(row?.left).toBeLessThanOrEqual(ttlMs / 1000);
});

describe('a clock that leapt', () => {
  const write = (at: string) =>
    database().$client.unsafe(`insert into cursors (source, updated_at) values ('a', ${at})`);

  test('is shown, and back is no reason to doubt the heartbeats of others', async () => {
    await write("now() + interval '1 hour'");
    const { membership } = join();
    await membership.renew();
    expect(membership.clockLeap()?.ms).toBeLessThan(-3_500_000);
    expect(membership.isUnsure()).toBe(false);
  });

  test('is not seen where what was written is past', async () => {
    await write("now() - interval '1 hour'");
    const { membership } = join();
    await membership.renew();
    expect(membership.clockLeap()).toBeUndefined();
  });
});

test('leaving gives the roles back, and does nothing for one that never joined', async () => {
  const other = await replicaWith(database(), ['job:y']);
  const { membership, replicaId } = join();
  await membership.leave();
  expect(await holder('job:y')).toBe(other);
  await membership.renew();
  await createLeases(database(), ['job:x']);
  await acquireLeases(database(), replicaId, ['job:x']);
  await membership.leave();
  expect([await holder('job:x'), await holder('job:y')]).toEqual([null, other]);
  expect(await replicas()).toEqual([other]);
});
