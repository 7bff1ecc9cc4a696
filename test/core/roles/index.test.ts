// Which roles a process works: shared out fairly, given back whole, and lost at once when the
// database says so.

import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Lease } from '../../../src/core/loops/lease.ts';
import { type Role, type RolesDependencies, startRoles } from '../../../src/core/roles/index.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { inTransaction, quiet, replicaWith, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const idle = () => ({ stop: async () => {} });
const role = (name: string, group: string, start: Role['start'] = idle): Role => ({
  name,
  group,
  start,
});
describe('a process with roles', () => {
  const database = useDatabase();
  const ttlMs = 20_000;

  /** Workers that remember their leases. */
  function worked() {
    const leases: Lease[] = [];
    const stopped: Lease[] = [];
    const start = (lease: Lease) => {
      leases.push(lease);
      return { stop: async () => void stopped.push(lease) };
    };
    return { leases, stopped, start };
  }

  function begin(roles: readonly Role[], more: Partial<RolesDependencies> = {}) {
    const metrics = createMetrics({
      version: 't',
      sources: [],
      sinks: [],
      roles: roles.map(({ name }) => name),
    });
    const replicaId = randomUUID();
    const times = { ttlMs, renewMs: 50 };
    const running = startRoles({
      db: database(),
      roles,
      replicaId,
      predecessor: null,
      metrics,
      log: quiet,
      times,
      ...more,
    });
    onTestFinished(() => running.stop());
    return { running, replicaId, metrics };
  }

  const expectSoon = async (isTrue: () => boolean | Promise<boolean>) =>
    expect(await until(isTrue, 8000)).toBe(true);
  const holderOf = async (name: string) =>
    (await database().$client`select holder::text from leases where name = ${name}`)[0]?.holder;

  const renewedAt = async () =>
    (await database().$client`select expires_at::text from replicas`)[0]?.expires_at;

  test('whose heartbeat ran out stops every worker as lost, and begins anew with higher epochs', async () => {
    const { leases, stopped, start } = worked();
    begin([role('job:x', 'g', start)], { times: { ttlMs: 600, renewMs: 50 } });
    await expectSoon(() => leases.length === 1);
    await database().$client`alter table replicas rename to away`;
    await expectSoon(() => !leases[0]!.outlasts(0));
    await database().$client.unsafe(
      "update away set expires_at = now() - interval '1 s'; alter table away rename to replicas",
    );
    await expectSoon(() => leases.length === 2);
    expect(stopped).toEqual(leases.slice(0, 1));
    expect([leases[0]!.isHeld(), leases[0]!.outlasts(0), leases[1]!.isHeld()]).toEqual([
      false,
      false,
      true,
    ]);
    expect(leases[1]!.epoch).toBeGreaterThan(leases[0]!.epoch);
  });

  describe('when the clock leaps', () => {
    /** As if the clock went by so many seconds: what is written stays behind it, or runs ahead. */
    const leap = (seconds: number) =>
      database()
        .$client`update replicas set expires_at = expires_at - ${seconds}::int * interval '1 second'`;

    test('forward keeps its roles, and takes nobody else’s until they could renew', async () => {
      const { leases, stopped, start } = worked();
      const other = worked();
      const roles = (own: Role['start']) => [role('job:x', 'x', own), role('job:y', 'y', own)];
      begin(roles(start));
      await expectSoon(() => leases.length === 2);
      begin(roles(other.start));
      await expectSoon(() => leases.length - stopped.length === 1 && other.leases.length === 1);
      for (let times = 0; times < 5; times += 1) {
        await leap(3600);
        await expectSoon(async () => {
          const rows = await database()
            .$client`select 1 from replicas where expires_at > clock_timestamp()`;
          return rows.length === 2;
        });
      }
      expect([leases.length, stopped.length]).toEqual([2, 1]);
      expect([other.leases.length, other.stopped.length]).toEqual([1, 0]);
    });

    test('back finds out within two terms who is dead', async () => {
      const { leases, start } = worked();
      await replicaWith(database(), ['job:x'], 300);
      await leap(-3600);
      begin([role('job:x', 'g', start)], { times: { ttlMs: 300, renewMs: 50 } });
      await expectSoon(() => leases.length === 1);
      expect(leases[0]!.epoch).toBe(2);
    });
  });

  test('stops the worker of a role that another took, and only that one', async () => {
    const { leases, stopped, start } = worked();
    const { running, metrics } = begin([role('job:x', 'x', start), role('job:y', 'y', start)]);
    await expectSoon(() => leases.length === 2);
    // At once, or the other would be given its share.
    const other = await inTransaction(database(), async (transaction) => {
      const id = await replicaWith(transaction, []);
      await transaction.$client`update leases set holder = ${id}::uuid, epoch = epoch + 1 where name = 'job:x'`;
      return id;
    });
    await expectSoon(() => stopped.length === 1);
    expect(stopped[0]).toMatchObject({ name: 'job:x' });
    expect(leases.map((lease) => lease.isHeld())).toEqual([false, true]);
    expect(running.held()).toEqual(['job:y']);
    expect(await metrics.registry.getSingleMetricAsString('tocsin_role_held')).toContain(
      '{role="job:x"} 0',
    );
    expect(await holderOf('job:x')).toBe(other);
  });

  test('stops a worker whose role came back to it meanwhile with another epoch', async () => {
    const { leases, stopped, start } = worked();
    begin([role('job:x', 'g', start)]);
    await expectSoon(() => leases.length === 1);
    await database().$client`update leases set epoch = epoch + 1 where name = 'job:x'`;
    await expectSoon(() => leases.length === 2);
    expect(stopped).toEqual(leases.slice(0, 1));
    expect(leases[0]!.isHeld()).toBe(false);
  });

  test('starts no second worker beside one that is still stopping', async () => {
    let starts = 0;
    let stops = 0;
    let end = () => {};
    const start = () => {
      starts += 1;
      return {
        stop() {
          stops += 1;
          return stops > 1 ? Promise.resolve() : new Promise<void>((resolve) => (end = resolve));
        },
      };
    };
    begin([role('job:x', 'g', start)]);
    await expectSoon(() => starts === 1);
    await database().$client`update leases set holder = null where name = 'job:x'`;
    await expectSoon(() => stops === 1);
    // Some turns later.
    for (let turn = 0; turn < 3; turn += 1) {
      const before = await renewedAt();
      await expectSoon(async () => (await renewedAt()) !== before);
    }
    expect(starts).toBe(1);
    end();
    await expectSoon(() => starts === 2);
  });

  test('that stops lets its workers finish with their roles still held, then gives them back and leaves', async () => {
    const seen: unknown[] = [];
    const start = (lease: Lease) => ({
      async stop() {
        seen.push([lease.isHeld(), await holderOf(lease.name)]);
      },
    });
    const { running, replicaId } = begin([role('job:x', 'g', start)]);
    await expectSoon(() => running.held().length === 1);
    await running.stop();
    expect(seen).toEqual([[true, replicaId]]);
    expect(await holderOf('job:x')).toBeNull();
    expect(await database().$client`select 1 from replicas`).toEqual([]);
  });

  test('that is joined by another gives back its surplus, once the worker has finished', async () => {
    const seen: unknown[] = [];
    const start = (lease: Lease) => ({
      async stop() {
        seen.push([lease.isHeld(), (await holderOf(lease.name)) === lease.holder]);
      },
    });
    const roles = [role('job:x', 'g', start), role('job:y', 'h', start)];
    const { running: first } = begin(roles);
    await expectSoon(() => first.held().length === 2);
    const { running: second } = begin(roles);
    await expectSoon(() => first.held().length === 1 && second.held().length === 1);
    expect([...first.held(), ...second.held()].sort()).toEqual(['job:x', 'job:y']);
    expect(seen).toEqual([[true, true]]);
  });

  describe('that gets others in their place', () => {
    /** Workers that stop when they are told to end. */
    function lingering() {
      const started: string[] = [];
      const ends = new Map<string, () => void>();
      const start = (lease: Lease) => {
        started.push(`${lease.name} ${lease.epoch}`);
        return { stop: () => new Promise<void>((resolve) => ends.set(lease.name, resolve)) };
      };
      onTestFinished(() => {
        for (const end of ends.values()) end();
      });
      return { started, start, end: (name: string) => ends.get(name)!() };
    }

    test('works each of them anew as soon as its own worker has ended, however long another one takes', async () => {
      const { started, start, end } = lingering();
      const { start: startNew, leases } = worked();
      const { running } = begin([role('sink:a', 'g', start), role('sink:b', 'h', start)]);
      await expectSoon(() => started.length === 2);
      let isReplaced = false;
      const replaced = running.replace([
        role('sink:a', 'g', startNew),
        role('sink:b', 'h', startNew),
      ]);
      void replaced.then(() => {
        isReplaced = true;
      });
      end('sink:a');
      await expectSoon(() => leases.length === 1);
      expect([leases[0]!.name, leases[0]!.epoch, isReplaced]).toEqual(['sink:a', 2, false]);
      end('sink:b');
      await replaced;
      await expectSoon(() => leases.length === 2);
      expect(started).toEqual(['sink:a 1', 'sink:b 1']);
    });

    test('keeps what it goes on with from other processes, and gives back the rest', async () => {
      const { started, start, end } = lingering();
      const { start: startNew, leases } = worked();
      const { running } = begin([role('job:x', 'g', start), role('job:y', 'h', start)]);
      await expectSoon(() => started.length === 2);
      await database().$client.unsafe(`
        create table freed (name text);
        create function note() returns trigger language plpgsql as $$ begin insert into freed values (new.name); return new; end $$;
        create trigger note after update on leases for each row when (new.holder is null) execute function note()`);
      onTestFinished(async () => {
        await database().$client.unsafe('drop function note cascade; drop table freed');
      });
      void running.replace([role('job:x', 'g', startNew), role('job:z', 'i', startNew)]);
      await expectSoon(() => leases.length === 1);
      expect(leases[0]!.name).toBe('job:z');
      end('job:y');
      await expectSoon(async () => (await holderOf('job:y')) === null);
      end('job:x');
      await expectSoon(() => leases.length === 2);
      expect([leases[1]!.name, leases[1]!.epoch]).toEqual(['job:x', 2]);
      expect(await database().$client`select name from freed`).toEqual([{ name: 'job:y' }]);
    });

    test('starts none that works a sink on which a former one has not ended', async () => {
      const { started, start, end } = lingering();
      const { start: startNew, leases } = worked();
      const { running } = begin([{ ...role('sink:a', 'g', start), sinks: ['soc'] }]);
      await expectSoon(() => started.length === 1);
      void running.replace([
        { ...role('sink:b', 'g', startNew), sinks: ['noc', 'soc'] },
        { ...role('sink:c', 'h', startNew), sinks: ['csirt'] },
      ]);
      await expectSoon(() => leases.length === 1);
      const before = await renewedAt();
      await expectSoon(async () => (await renewedAt()) !== before);
      expect(leases.map(({ name }) => name)).toEqual(['sink:c']);
      end('sink:a');
      await expectSoon(() => leases.length === 2);
      expect(leases[1]!.name).toBe('sink:b');
    });

    test('gives back, later, what it could not give back then', async () => {
      const { leases, start } = worked();
      const { replicaId } = begin([role('job:x', 'g', start)]);
      await expectSoon(() => leases.length === 1);
      await database()
        .$client`insert into leases (name, holder, epoch) values ('job:gone', ${replicaId}::uuid, 7)`;
      await expectSoon(async () => (await holderOf('job:gone')) === null);
      expect(await holderOf('job:x')).toBe(replicaId);
    });

    test('and stops before they have begun, ends with none of them', async () => {
      const { started, start, end } = lingering();
      const { start: startNew, leases } = worked();
      const { running } = begin([role('job:x', 'g', start)]);
      await expectSoon(() => started.length === 1);
      const replaced = running.replace([role('job:x', 'g', startNew)]);
      const stopped = running.stop();
      end('job:x');
      await Promise.all([replaced, stopped]);
      expect(leases).toEqual([]);
      expect(await holderOf('job:x')).toBeNull();
    });
  });

  describe('beside another service', () => {
    const of = (console: string, place: string, start: Role['start'] = idle): Role[] => [
      { ...role('source:events', 'g', start), console },
      { ...role('sink:mm', 'g', start), sinks: ['soc'], places: { soc: place } },
      role('job:x', 'h', start),
    ];
    const names = ['job:x', 'sink:mm', 'source:events'];
    const ofA = async () => {
      await database()
        .$client`insert into cursors (source, cursor, console) values ('events', 'c', 'A')`;
      await database().$client`insert into sinks (sink, state, place) values ('soc', 'ok', 'P')`;
    };
    const held = ({ running }: ReturnType<typeof begin>) => [...running.held()].sort();

    test('gets every role of its own database back, and shares with replicas of its own alone', async () => {
      await ofA();
      const stranger = begin(of('B', 'Q'));
      await expectSoon(() => held(stranger).length === 2);
      expect(held(stranger)).toEqual(['job:x', 'source:events']);
      const rightful = begin(of('A', 'P'));
      await expectSoon(() => held(rightful).length === 3);
      expect([held(rightful), held(stranger)]).toEqual([names, []]);
      const replica = begin(of('A', 'P'));
      await expectSoon(
        () => held(rightful).length + held(replica).length === 3 && held(replica).length > 0,
      );
      expect(held(stranger)).toEqual([]);
    });

    test('says which sinks it leaves, and works them when the other has ended', async () => {
      await ofA();
      const old = begin(of('A', 'P'));
      await expectSoon(() => held(old).length === 3);
      const next = begin(of('A', 'Q'));
      await expectSoon(() => next.running.standing()?.contested.length === 1);
      const gauge = () => next.metrics.registry.getSingleMetricAsString('tocsin_sink_other_place');
      expect(await gauge()).toContain('{sink="soc"} 1');
      expect([held(old), held(next)]).toEqual([names, []]);
      await old.running.stop();
      await expectSoon(() => held(next).length === 3);
      expect(await gauge()).toContain('{sink="soc"} 0');
    });

    test('leaves the same when the clock leaps forward and the other seems dead until it renews', async () => {
      await ofA();
      const { leases, start } = worked();
      const old = begin(of('A', 'P'), { times: { ttlMs, renewMs: 1500 } });
      await expectSoon(() => held(old).length === 3);
      const elsewhere = [
        { ...role('sink:elsewhere', 'g', start), sinks: ['soc'], places: { soc: 'Q' } },
      ];
      const next = begin(elsewhere);
      await expectSoon(() => next.running.standing()?.contested.length === 1);
      for (let times = 0; times < 2; times += 1) {
        await database().$client`update replicas set expires_at = expires_at - interval '1 hour'`;
        await expectSoon(async () => {
          const rows = await database()
            .$client`select 1 from replicas where expires_at > clock_timestamp()`;
          return rows.length === 2;
        });
      }
      expect(leases).toEqual([]);
      expect(next.running.standing()?.contested).toHaveLength(1);
    });

    test('that wrote nothing of itself, being of a release before, works as a replica', async () => {
      await ofA();
      await replicaWith(database(), []);
      const one = begin(of('A', 'P'));
      await expectSoon(() => held(one).length > 0 && one.running.standing() !== undefined);
      expect(one.running.standing()).toMatchObject({ foreigners: 0, contested: [] });
      // Two share two groups.
      expect(held(one).length).toBeLessThan(3);
    });

    test('gives back what another configuration of its own may not work', async () => {
      await ofA();
      const one = begin(of('A', 'P'));
      await expectSoon(() => held(one).length === 3);
      const other = begin(of('A', 'P'));
      await expectSoon(() => held(one).length + held(other).length === 3 && held(other).length > 0);
      const [withSink, without] = held(one).includes('sink:mm') ? [one, other] : [other, one];
      void withSink.running.replace(of('A', 'Q'));
      await expectSoon(() => held(without).includes('sink:mm'));
      expect(await holderOf('sink:mm')).toBe(without.replicaId);
    });
  });

  test('takes over as soon as another’s heartbeat has run out, however rarely it renews its own', async () => {
    const { leases, start } = worked();
    await replicaWith(database(), ['job:x'], 500);
    begin([role('job:x', 'g', start)], { times: { ttlMs, renewMs: 60_000 } });
    await expectSoon(() => leases.length === 1);
    expect(leases[0]!.epoch).toBe(2);
  });

  describe('counts its leases on its own clock', () => {
    /** The next statements of this kind on `replicas` take so long. */
    async function slow(kind: 'insert' | 'update', seconds: number, first = ''): Promise<void> {
      await database().$client.unsafe(`
        ${first}
        create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return new; end $$;
        create trigger slow before ${kind} on replicas for each row execute function slow()`);
      onTestFinished(async () => {
        await database().$client`drop function slow cascade`;
      });
    }

    test('from before a renewal was asked for', async () => {
      await slow('update', 0.7);
      const left: boolean[][] = [];
      const start = (lease: Lease) => {
        left.push([
          lease.outlasts(ttlMs - 500),
          lease.outlasts(ttlMs - 5000),
          lease.outlasts(ttlMs + 1000),
        ]);
        return idle();
      };
      const { running } = begin([role('job:x', 'g', start)], { times: { ttlMs, renewMs: 60_000 } });
      await expectSoon(() => left.length === 1);
      expect(left).toEqual([[false, true, false]]);
      await running.stop();
    });

    test('from before it was asked to join again', async () => {
      const termMs = 2000;
      const left: boolean[][] = [];
      let first: Lease | undefined;
      const start = (lease: Lease) => {
        first ??= lease;
        left.push([lease.outlasts(termMs - 500), lease.outlasts(0)]);
        return idle();
      };
      const { running } = begin([role('job:x', 'g', start)], {
        times: { ttlMs: termMs, renewMs: 50 },
      });
      await expectSoon(() => left.length === 1);
      await database().$client`alter table replicas rename to away`;
      await expectSoon(() => !first!.outlasts(0));
      await slow(
        'insert',
        0.7,
        'alter table away rename to replicas; delete from replicas; update leases set holder = null;',
      );
      await expectSoon(() => left.length === 2);
      expect(left[1]).toEqual([false, true]);
      await running.stop();
    });

    test('and each renewal gives them a whole new time, until none comes', async () => {
      const { leases, start } = worked();
      const startedAt = performance.now();
      begin([role('job:x', 'g', start)], { times: { ttlMs: 600, renewMs: 50 } });
      await expectSoon(() => leases.length === 1);
      await expectSoon(() => performance.now() - startedAt > 1000 && leases.at(-1)!.outlasts(200));
      await database().$client`alter table replicas rename to away`;
      try {
        await expectSoon(() => !leases.at(-1)!.outlasts(0));
        expect(leases.at(-1)!.isHeld()).toBe(true);
      } finally {
        await database().$client`alter table away rename to replicas`;
      }
    });
  });
});
