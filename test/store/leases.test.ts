// Heartbeats, takeovers and releases, on a real Postgres: one holder at a time, and each change of
// holder is seen.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  acquireLeases,
  createLeases,
  cutHeartbeats,
  joinReplicas,
  listWorks,
  readUnheld,
  releaseLeases,
  renewHeartbeat,
} from '../../src/store/leases.ts';
import { readSurroundings } from '../../src/store/standing.ts';
import { until } from '../support/world.ts';
import { hold, inTransaction, replicaWith, useDatabase } from './stored.ts';

const database = useDatabase();
const expire = (id: string) =>
  database()
    .$client`update replicas set expires_at = clock_timestamp() - interval '1 ms' where id = ${id}::uuid`;
const holders = async () => {
  const rows = await database().$client`select name, holder::text from leases order by name`;
  return Object.fromEntries(rows.map((row) => [row.name, row.holder]));
};

describe('roles', () => {
  test('one of ten processes gets a role that all ask for at the same time', async () => {
    await createLeases(database(), ['sink:x']);
    const taken = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const id = randomUUID();
        await joinReplicas(database(), { id, ttlMs: 20_000, predecessor: null });
        return acquireLeases(database(), id, ['sink:x']);
      }),
    );
    expect(taken.flat()).toHaveLength(1);
  });

  test('a role of an expired heartbeat is taken with a higher epoch, and its old holder learns that it lost', async () => {
    const old = randomUUID();
    const next = randomUUID();
    await createLeases(database(), ['sink:x']);
    await joinReplicas(database(), { id: old, ttlMs: 20_000, predecessor: null });
    const [first] = await acquireLeases(database(), old, ['sink:x']);
    await joinReplicas(database(), { id: next, ttlMs: 20_000, predecessor: null });
    expect(await acquireLeases(database(), next, ['sink:x'])).toEqual([]);
    await database().$client`update replicas set expires_at = clock_timestamp() where id = ${old}`;
    expect(await acquireLeases(database(), next, ['sink:x'])).toEqual([
      { name: 'sink:x', epoch: first!.epoch + 1 },
    ]);
    expect(await renewHeartbeat(database(), old, { ttlMs: 20_000 })).toBeNull();
  });

  test('nobody waits for a predecessor that is known to be dead', async () => {
    const old = randomUUID();
    const next = randomUUID();
    await createLeases(database(), ['sink:x']);
    await joinReplicas(database(), { id: old, ttlMs: 20_000, predecessor: null });
    await acquireLeases(database(), old, ['sink:x']);
    await joinReplicas(database(), { id: next, ttlMs: 20_000, predecessor: old });
    expect(await acquireLeases(database(), next, ['sink:x'])).toHaveLength(1);
  });

  test('a role that is given back can be taken at once', async () => {
    const old = randomUUID();
    const next = randomUUID();
    await createLeases(database(), ['sink:x', 'sink:y']);
    await joinReplicas(database(), { id: old, ttlMs: 20_000, predecessor: null });
    await acquireLeases(database(), old, ['sink:x', 'sink:y']);
    await releaseLeases(database(), old, null);
    await joinReplicas(database(), { id: next, ttlMs: 20_000, predecessor: null });
    expect(await acquireLeases(database(), next, ['sink:x', 'sink:y'])).toHaveLength(2);
  });

  test('that no live process holds are known, also those that nobody ever made', async () => {
    const db = database();
    await replicaWith(db, ['sink:x']);
    await expire(await replicaWith(db, ['sink:y']));
    await createLeases(db, ['sink:z']);
    const names = ['sink:z', 'sink:y', 'sink:x', 'sink:new'];
    expect(await readUnheld(db, names)).toEqual(['sink:new', 'sink:y', 'sink:z']);
  });
});

describe('a takeover', () => {
  test('of a live holder’s roles is refused, also when another one is dead', async () => {
    const db = database();
    const live = await replicaWith(db, ['sink:x']);
    await expire(await replicaWith(db, ['sink:y']));
    const heir = await replicaWith(db, []);
    expect(await acquireLeases(db, heir, ['sink:x', 'sink:y'])).toMatchObject([{ name: 'sink:y' }]);
    expect(await holders()).toEqual({ 'sink:x': live, 'sink:y': heir });
  });

  test('is not for a process whose own heartbeat is over', async () => {
    const late = await replicaWith(database(), []);
    await expire(late);
    await hold(database(), 'sink:x');
    await releaseLeases(database(), (await holders())['sink:x']!, ['sink:x']);
    expect(await acquireLeases(database(), late, ['sink:x'])).toEqual([]);
  });

  test('takes exactly the roles that were asked for, each with a higher epoch, its own ones too', async () => {
    const db = database();
    const id = await replicaWith(db, ['sink:x', 'sink:y']);
    expect(await acquireLeases(db, id, ['sink:x'])).toEqual([{ name: 'sink:x', epoch: 2 }]);
  });

  test('waits for a renewal that was asked for in time, and then takes nothing', async () => {
    const db = database();
    const slow = await replicaWith(db, ['sink:x'], 400);
    const heir = await replicaWith(db, []);
    const { taking } = await inTransaction(db, async (transaction) => {
      await renewHeartbeat(transaction, slow, { ttlMs: 20_000 });
      const isOver = async () =>
        (
          await db.$client`select 1 from replicas where id = ${slow}::uuid and expires_at < clock_timestamp()`
        ).length > 0;
      expect(await until(isOver, 5000)).toBe(true);
      let isDone = false;
      const taking = acquireLeases(db, heir, ['sink:x']).finally(() => {
        isDone = true;
      });
      const isWaiting = async () =>
        (await db.$client`select 1 from pg_locks where not granted`).length > 0;
      await until(async () => isDone || (await isWaiting()), 5000);
      return { taking };
    });
    expect(await taking).toEqual([]);
    expect(await holders()).toEqual({ 'sink:x': slow });
  });
});

describe('a heartbeat', () => {
  test('that is over is not renewed, however late nobody took its roles', async () => {
    const id = await replicaWith(database(), ['sink:x']);
    await expire(id);
    expect(await renewHeartbeat(database(), id, { ttlMs: 20_000 })).toBeNull();
  });

  test('shows who holds what for how long, and counts the live replicas alone', async () => {
    const db = database();
    const mine = await replicaWith(db, ['sink:x']);
    const dead = await replicaWith(db, ['sink:y']);
    await replicaWith(db, ['sink:z']);
    await releaseLeases(db, (await holders())['sink:z']!, ['sink:z']);
    await expire(dead);
    const view = await renewHeartbeat(db, mine, { ttlMs: 50_000 });
    expect(view?.replicas).toBe(2);
    expect(view?.leases.map(({ name, holder, epoch }) => [name, holder, epoch])).toEqual([
      ['sink:x', mine, 1],
      ['sink:y', dead, 1],
      ['sink:z', null, 1],
    ]);
    expect(view?.leases[1]?.remainingMs).toBeLessThanOrEqual(0);
  });

  test('says what the process works, to the live others alone, until it says something else', async () => {
    const db = database();
    const works = (place: string) => ({
      roles: ['sink:x'],
      consoles: { a: 'A' },
      places: { soc: place },
    });
    const [mine, other, dead] = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of [mine, other, dead])
      await joinReplicas(db, { id, ttlMs: 20_000, predecessor: null, works: works('P') });
    await replicaWith(db, []);
    await expire(dead);
    expect((await readSurroundings(db, mine)).others).toEqual([works('P')]);
    await renewHeartbeat(db, other, { ttlMs: 20_000 });
    expect((await readSurroundings(db, mine)).others).toEqual([works('P')]);
    await renewHeartbeat(db, other, { ttlMs: 20_000, works: works('Q') });
    expect((await readSurroundings(db, mine)).others).toEqual([works('Q')]);
    expect(await listWorks(db)).toHaveLength(2);
    // Of another release that says less, or says it otherwise.
    const nothing = { roles: [], consoles: {}, places: {} };
    for (const works of [
      '{"regions": ["x"]}',
      '{"consoles": null, "roles": "x", "places": {"soc": {}}}',
      'null',
      '7',
    ]) {
      await db.$client`update replicas set works = ${works}::text::json where id = ${other}::uuid`;
      expect((await readSurroundings(db, mine)).others).toEqual([nothing]);
      expect(await listWorks(db)).toContainEqual(nothing);
    }
  });

  test('of processes long gone is swept out by the next one to join, but not while they hold a role or live', async () => {
    const db = database();
    const [gone, live, holding] = [randomUUID(), randomUUID(), await replicaWith(db, ['sink:x'])];
    for (const id of [gone, live]) await joinReplicas(db, { id, ttlMs: 20_000, predecessor: null });
    await db.$client`update replicas set expires_at = now() - interval '2 hours' where id in (${gone}::uuid, ${holding}::uuid)`;
    const next = await replicaWith(db, []);
    const rows = await db.$client`select id::text from replicas`;
    expect(rows.map((row) => row.id).sort()).toEqual([live, holding, next].sort());
  });
});

describe('a release', () => {
  test('gives back the named roles of this process and no others', async () => {
    const db = database();
    const other = await replicaWith(db, ['sink:z']);
    const id = await replicaWith(db, ['sink:x', 'sink:y']);
    await releaseLeases(db, id, ['sink:x', 'sink:z']);
    expect(await holders()).toEqual({ 'sink:x': null, 'sink:y': id, 'sink:z': other });
  });

  test('of everything is also the end of the heartbeat', async () => {
    const db = database();
    const other = await replicaWith(db, ['sink:z']);
    const id = await replicaWith(db, ['sink:x', 'sink:y']);
    await releaseLeases(db, id, null);
    expect(await holders()).toEqual({ 'sink:x': null, 'sink:y': null, 'sink:z': other });
    expect(await db.$client`select id::text from replicas`).toEqual([{ id: other }]);
  });
});

describe('a heartbeat that holds for longer than its term, because the clock went back', () => {
  const goBack = () =>
    database().$client`update replicas set expires_at = expires_at + interval '1 hour'`;
  const remaining = async (id: string) => {
    const [row] = await database()
      .$client`select extract(epoch from expires_at - clock_timestamp()) * 1000 as ms from replicas where id = ${id}::uuid`;
    return Number(row?.ms);
  };

  test('is cut to one term, and not before its own replica could have renewed it', async () => {
    const db = database();
    const [mine, dead] = [await replicaWith(db, ['sink:x']), await replicaWith(db, ['sink:y'])];
    await goBack();
    expect(await cutHeartbeats(db, mine, 20_000)).toEqual([dead]);
    expect(await remaining(dead)).toBeLessThanOrEqual(20_000);
    expect(await acquireLeases(db, mine, ['sink:y'])).toEqual([]);
    expect(await cutHeartbeats(db, mine, 20_000)).toEqual([]);
    await expire(dead);
    expect(await acquireLeases(db, mine, ['sink:y'])).toHaveLength(1);
  });

  test('is renewed by whoever lives, and then as any other', async () => {
    const db = database();
    const [mine, live] = [await replicaWith(db, ['sink:x']), await replicaWith(db, ['sink:y'])];
    await goBack();
    expect(await renewHeartbeat(db, live, { ttlMs: 20_000 })).not.toBeNull();
    expect(await cutHeartbeats(db, mine, 20_000)).toEqual([]);
    expect(await remaining(live)).toBeGreaterThan(0);
  });

  test('of a release with a longer term is left alone', async () => {
    const db = database();
    const mine = await replicaWith(db, ['sink:x']);
    await replicaWith(db, ['sink:y'], 35_000);
    expect(await cutHeartbeats(db, mine, 20_000)).toEqual([]);
  });
});
