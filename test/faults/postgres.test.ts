// Postgres stops, crashes, ends connections, is cut off, goes silent, has no room, or takes no
// writes, while the service works. The process lives on, nothing is lost, and nothing comes twice:
// no process died, and what was answered waits in memory until it can be written.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { createWorld, type Service, until, type World } from '../support/world.ts';
import { withDatabase } from './checker.ts';
import { badMoves, watchCursors } from './cursor-watch.ts';
import { accountOf, drain } from './drained.ts';
import { type Dice, type Fault, faultCase, isLong } from './fault-case.ts';
import { createLoopbackProxy, type LoopbackProxy } from './loopback-proxy.ts';
import { environmentOn, type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { mountSmallDisk } from './small-disk.ts';

const times = (short: number, long: number) => (isLong ? long : short);

faultCase('Postgres stopped and started under load', { timeoutMs: 600_000 }, async (fault) => {
  const server = await startOwnPostgres();
  const { world, service } = await startOn(server.url);
  for (let run = 0; run < times(3, 30); run += 1) {
    await workUntilRandomInstant(world, fault);
    await server.stop(run % 2 === 0 ? 'fast' : 'immediate');
    fault.struck();
    expect((await service.get('/healthz')).status).toBe(200);
    expect((await service.get('/readyz')).status).toBe(503);
    addLoad(world, fault);
    await sleep(fault.between(0, 1500));
    await server.start();
    expect(await until(async () => (await service.get('/readyz')).status === 200, 20_000)).toBe(
      true,
    );
  }
  await finish(fault, world, service, server.url);
});

faultCase('every backend terminated', { timeoutMs: 300_000 }, async (fault) => {
  const { world, service, url } = await startOnOwnDatabase();
  for (let run = 0; run < times(6, 80); run += 1) {
    await workUntilRandomInstant(world, fault);
    await terminateAll(url);
    fault.struck();
  }
  await finish(fault, world, service, url);
});

for (const isForwarded of [true, false]) {
  const what = isForwarded ? 'after the server got it' : 'before the server gets it';
  faultCase(
    `a connection cut in mid-transaction, ${what}`,
    { timeoutMs: 300_000 },
    async (fault) => {
      const { world, service, url, proxy } = await startBehindProxy();
      for (let run = 0; run < times(6, 100); run += 1) {
        addLoad(world, fault);
        await proxy.dropAtChunk(fault.between(1, 12), isForwarded);
        fault.struck();
      }
      await finish(fault, world, service, url);
    },
  );
}

faultCase('connections that go silent', { timeoutMs: 400_000 }, async (fault) => {
  const { world, service, url, proxy } = await startBehindProxy();
  for (let run = 0; run < times(1, 6); run += 1) {
    await workUntilRandomInstant(world, fault);
    // One time the way itself is blocked for a while, the other time only these connections are
    // dead, as behind a firewall that forgot them.
    const isBlocked = run % 2 === 1;
    proxy.silence(!isBlocked);
    fault.struck();
    addLoad(world, fault);
    if (isBlocked) {
      await sleep(fault.between(5000, 25_000));
      proxy.resume();
    }
    await drain(world, service, 90_000);
  }
  await finish(fault, world, service, url);
});

faultCase('refused at the start: it waits', { timeoutMs: 120_000 }, async (fault) => {
  const { world, url, proxy, start } = await prepareBehindProxy();
  await proxy.refuse();
  addLoad(world, fault);
  const service = start();
  await service.address;
  fault.struck();
  const isTold = () =>
    service.log.filter(({ msg }) => /trying again|It is tried again/.test(String(msg))).length;
  expect(await until(() => isTold() >= 2, 20_000)).toBe(true);
  expect((await service.get('/readyz')).status).toBe(503);
  expect((await service.get('/healthz')).status).toBe(200);
  expect(world.mattermost.requests.total).toBe(0);
  expect(service.child.exitCode).toBeNull();
  await proxy.accept();
  expect(await until(async () => (await service.get('/readyz')).status === 200, 20_000)).toBe(true);
  await finish(fault, world, service, url);
});

faultCase('disk full, and space again', { timeoutMs: 300_000 }, async (fault) => {
  const disk = await mountSmallDisk();
  if (typeof disk === 'string') return fault.context.skip(disk);
  const server = await withTemporaryDirectory(disk.path, startOwnPostgres);
  const { world, service } = await startOn(server.url);
  for (let run = 0; run < times(1, 8); run += 1) {
    await workUntilRandomInstant(world, fault);
    await drain(world, service);
    const release = await disk.fill();
    fault.struck();
    const refused = () =>
      service.log.filter(({ error, msg }) =>
        /No space left|53100|could not extend/i.test(`${error} ${msg}`),
      );
    const before = refused().length;
    const deadlineMs = performance.now() + 40_000;
    // What is written over again finds room for a while.
    while (refused().length === before && server.isRunning() && performance.now() < deadlineMs) {
      addLoad(world, fault);
      await sleep(300);
    }
    expect(refused().length > before || !server.isRunning(), 'the disk was never full').toBe(true);
    expect((await service.get('/healthz')).status).toBe(200);
    await release();
    // Without room for its log the server itself may have ended.
    if (!server.isRunning()) await server.start();
    await drain(world, service, 90_000);
  }
  await finish(fault, world, service, server.url);
});

faultCase(
  'a read-only standby in place of the primary, and back',
  { timeoutMs: 300_000 },
  async (fault) => {
    const server = await startOwnPostgres();
    await withDatabase({ url: server.url }, (sql) =>
      sql.unsafe("alter system set wal_level = 'replica'").simple(),
    );
    await restart(server, 'primary');
    const { world, service } = await startOn(server.url);
    for (let run = 0; run < times(2, 12); run += 1) {
      await workUntilRandomInstant(world, fault);
      const isTold = () =>
        service.log.filter(({ error }) => /25006|read-only/.test(String(error))).length;
      const before = isTold();
      await restart(server, 'standby');
      fault.struck();
      addLoad(world, fault);
      expect(await until(() => isTold() > before, 20_000)).toBe(true);
      const readiness = async () => (await service.get('/readyz')).body;
      expect(
        await until(
          async () => (await readiness()).includes('takes no writes: it is read-only'),
          20_000,
        ),
      ).toBe(true);
      expect((await service.get('/healthz')).status).toBe(200);
      await sleep(fault.between(0, 1500));
      await restart(server, 'primary');
      await drain(world, service);
    }
    await finish(fault, world, service, server.url);
  },
);

interface Running {
  readonly world: World;
  readonly service: Service;
}

async function startOn(url: string): Promise<Running> {
  const world = await createWorld({
    database: 'embedded',
    environment: { ...(await environmentOn(url)), POLLING_INTERVAL: '1' },
  });
  const service = world.start();
  expect(await world.arrived(2)).toBe(2);
  await watchCursors(url);
  return { world, service };
}

async function startOnOwnDatabase(): Promise<Running & { url: string }> {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const url = world.databaseUrl!;
  await watchCursors(url);
  const service = world.start();
  expect(await world.arrived(2)).toBe(2);
  return { world, service, url };
}

interface Prepared {
  readonly world: World;
  /** Past the proxy. */
  readonly url: string;
  readonly proxy: LoopbackProxy;
  start(): Service;
}

async function prepareBehindProxy(): Promise<Prepared> {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const url = world.databaseUrl!;
  await watchCursors(url);
  const through = new URL(world.environment.DATABASE_URL!);
  const { hostname, port } = through;
  const proxy = await createLoopbackProxy({ host: hostname, port: Number(port) });
  through.port = String(proxy.port);
  return { world, url, proxy, start: () => world.start('data', { DATABASE_URL: through.href }) };
}

async function startBehindProxy(): Promise<Prepared & Running> {
  const prepared = await prepareBehindProxy();
  const service = prepared.start();
  expect(await prepared.world.arrived(2)).toBe(2);
  return { ...prepared, service };
}

function addLoad({ tenant }: World, dice: Dice): void {
  tenant.add('events', dice.between(30, 100));
  tenant.add('suspicious', dice.between(30, 100));
}

async function workUntilRandomInstant(world: World, dice: Dice): Promise<void> {
  const { mattermost } = world;
  addLoad(world, dice);
  mattermost.fail({ slowMs: dice.between(1, 200) }, dice.between(0, 60));
  const before = mattermost.deliveries.size;
  await until(() => mattermost.deliveries.size > before + dice.between(0, 60), 10_000);
  await sleep(dice.between(0, 100));
}

async function finish(fault: Fault, world: World, service: Service, url: string): Promise<void> {
  await drain(world, service, 90_000);
  expect(service.child.exitCode).toBeNull();
  expect(await service.end('SIGTERM')).toBe(0);
  await fault.account({ ...accountOf(world), stored: { url } });
  expect(await badMoves(url, world.tenant)).toEqual([]);
}

function terminateAll(url: string): Promise<unknown> {
  return withDatabase(
    { url },
    (sql) =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
}

async function restart(server: OwnPostgres, as: 'primary' | 'standby'): Promise<void> {
  await server.stop('fast');
  await server.start(as);
}

/** The server's files go where TMPDIR says. */
async function withTemporaryDirectory<Result>(
  path: string,
  act: () => Promise<Result>,
): Promise<Result> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = path;
  try {
    return await act();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}
