// Wall clocks that are wrong and that jump: leases know the database's clock only, so no role
// changes hands, and nothing is lost or repeated. And the database's own clock, which goes back.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { createWorld, until, type World } from '../support/world.ts';
import { withDatabase } from './checker.ts';
import { badMoves, watchCursors } from './cursor-watch.ts';
import { accountOf, drain } from './drained.ts';
import { faultCase, isLong } from './fault-case.ts';

const hourMs = 3_600_000;
const preload = `--import=${new URL('./clock-jump.mjs', import.meta.url).href}`;

faultCase(
  'clocks an hour apart that jump by an hour both ways',
  { timeoutMs: 240_000 },
  async (fault) => {
    const world = await createWorld({
      database: 'postgres',
      environment: { POLLING_INTERVAL: '1', RETENTION: 'off', NODE_OPTIONS: preload },
    });
    const url = world.databaseUrl!;
    await watchCursors(url);
    const start = (home: string, offsetMs: number) =>
      world.start(home, { CLOCK_OFFSET_MS: String(offsetMs) });
    // Whoever is behind works everything: it is the one that looks dead to the other. One group of
    // roles: there is no reason to move any.
    const behind = start('home-0', -hourMs);
    expect(await world.arrived(2)).toBe(2);
    const areHeld = async () => (await epochsOf(url)).every(({ holder }) => holder !== null);
    expect(await until(areHeld, 20_000)).toBe(true);
    const replicas = [behind, start('home-1', hourMs)];
    await Promise.all(replicas.map((replica) => replica.ready()));
    const epochs = await epochsOf(url);
    for (let run = 0; run < (isLong ? 30 : 4); run += 1) {
      world.tenant.add('events', fault.between(40, 100));
      world.tenant.add('suspicious', fault.between(40, 100));
      const before = world.mattermost.deliveries.size;
      await until(() => world.mattermost.deliveries.size > before + fault.between(0, 60), 10_000);
      for (const { child } of replicas) child.kill('SIGUSR2');
      fault.struck();
      await sleep(fault.between(0, 2000));
      expect((await replicas[0]!.get('/healthz')).status).toBe(200);
    }
    await drain(world, replicas[0]!);
    // Two heartbeats more.
    await sleep(isLong ? 25_000 : 11_000);
    expect(await epochsOf(url)).toEqual(epochs);
    expect(await Promise.all(replicas.map((replica) => replica.end('SIGTERM')))).toEqual([0, 0]);
    await fault.account(accountOf(world));
    expect(await badMoves(url, world.tenant)).toEqual([]);
    expectRealClocks(world);
  },
);

faultCase("the database's clock goes back by an hour", { timeoutMs: 240_000 }, async (fault) => {
  const world = await createWorld({
    database: 'postgres',
    environment: { POLLING_INTERVAL: '1', RETENTION: 'off' },
  });
  const url = world.databaseUrl!;
  const { tenant, mattermost } = world;
  await watchCursors(url);
  const first = world.start('home-0');
  expect(await world.arrived(2)).toBe(2);
  mattermost.fail(500, Number.POSITIVE_INFINITY);
  tenant.add('events', fault.between(20, 40));
  const waiting = async () =>
    (await withDatabase({ url }, (sql) => sql`select 1 from deliveries where attempts > 0`)).length;
  expect(await until(async () => (await waiting()) > 0, 20_000)).toBe(true);
  await first.end('SIGKILL');
  // What was written by a clock an hour ahead, as the one that went back sees it.
  await withDatabase({ url }, async (sql) => {
    await sql`update deliveries set scheduled_at = scheduled_at + interval '1 hour' where state = 'pending'`;
    await sql`update replicas set expires_at = expires_at + interval '1 hour'`;
    await sql`update cursors set updated_at = updated_at + interval '1 hour'`;
    await sql`update conditions set since = since + interval '1 hour'`;
    return [];
  });
  fault.struck();
  mattermost.heal();
  // Nothing tells it that its predecessor is dead.
  const second = world.start('home-1');
  await drain(world, second, 90_000, 3);
  expect(
    mattermost.posts.filter(({ text }) => /clock of the database leapt by .*-3\d{3}/.test(text)),
  ).toHaveLength(1);
  expect((await second.get('/readyz')).body).toContain('its clock leapt by -3');
  expect(await second.end('SIGTERM')).toBe(0);
  await fault.account(accountOf(world));
  expect(await badMoves(url, tenant)).toEqual([]);
});

/** The jumps did happen in the services, and not here. */
function expectRealClocks({ tenant }: World): void {
  expect(Math.abs(tenant.requests.log.at(-1)!.atMs - Date.now())).toBeLessThan(hourMs / 2);
}

function epochsOf(url: string): Promise<Record<string, unknown>[]> {
  return withDatabase({ url }, async (sql) => [
    ...(await sql`select name, holder::text, epoch::text from leases order by 1`),
  ]);
}
