// PgBouncer in transaction mode between the service and Postgres: it is restarted, it crashes, and
// the server ends its connections, under load. The service lives on, nothing is lost, and nothing
// comes twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { missing, startPgBouncer } from '../support/pgbouncer.ts';
import { createWorld, until } from '../support/world.ts';
import { withDatabase } from './checker.ts';
import { badMoves, watchCursors } from './cursor-watch.ts';
import { accountOf, drain } from './drained.ts';
import { faultCase, isLong } from './fault-case.ts';

/** How a pooler ends: as Kubernetes does at first, as a crash, and as an administrator lets it. */
const signals = ['SIGTERM', 'SIGKILL', 'SIGINT'] as const;

faultCase(
  'a pooler restarted, and its server connections cut, under load',
  { timeoutMs: 600_000 },
  async (fault) => {
    if (missing !== undefined) return fault.context.skip(missing);
    const { directUrl, drop } = await createTestDatabase();
    onTestFinished(drop);
    await watchCursors(directUrl);
    const pooler = await startPgBouncer(directUrl);
    onTestFinished(() => pooler.close());
    const environment = environmentOf({
      url: pooler.through(directUrl),
      directUrl,
      prepare: false,
    });
    const world = await createWorld({
      database: 'embedded',
      environment: { ...environment, POLLING_INTERVAL: '1' },
    });
    const { tenant, mattermost } = world;
    const service = world.start();
    expect(await world.arrived(2)).toBe(2);
    const work = async () => {
      tenant.add('events', fault.between(30, 100));
      tenant.add('suspicious', fault.between(30, 100));
      mattermost.fail({ slowMs: fault.between(1, 200) }, fault.between(0, 60));
      const wanted = mattermost.deliveries.size + fault.between(1, 60);
      await until(() => mattermost.deliveries.size >= wanted, 10_000);
      await sleep(fault.between(0, 100));
    };
    for (let run = 0; run < (isLong ? 30 : 2); run += 1) {
      await work();
      await withDatabase(
        { url: directUrl },
        (sql) => sql`
        select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'tocsin'`,
      );
      fault.struck();
      await work();
      await pooler.stop(signals[run % signals.length]!);
      fault.struck();
      expect((await service.get('/healthz')).status).toBe(200);
      await sleep(fault.between(0, 1000));
      await pooler.start();
    }
    await drain(world, service, 90_000);
    expect(await service.end('SIGTERM')).toBe(0);
    await fault.account(accountOf(world));
    expect(await badMoves(directUrl, tenant)).toEqual([]);
  },
);
