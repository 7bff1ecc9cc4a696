// Several replicas on one Postgres: the holder of the roles is killed, frozen, or replaced, and ten
// start at once. A process that lost a role writes nothing but facts; in the end every role is
// held, and none twice.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { createWorld, type Service, until, type World } from '../support/world.ts';
import { withDatabase } from './checker.ts';
import { badMoves, watchCursors } from './cursor-watch.ts';
import { addTo, sentAndUnwritten } from './cut-off.ts';
import { accountOf, drain } from './drained.ts';
import { type Dice, faultCase, isLong } from './fault-case.ts';
import { handoversIn, looksMax, watchHandovers } from './handover-watch.ts';

/** By their homes, which stay apart: a process that takes another's place does not know that the
 * other is dead. */
type Replicas = Map<string, Service>;

for (const count of [2, 3]) {
  faultCase(`kill the holder of ${count} replicas`, { timeoutMs: 400_000 }, async (fault) => {
    const { world, replicas, url } = await startReplicas(count);
    const { tenant } = world;
    await watchHandovers(url);
    const mayRepeat = new Map<string, number>();
    let allowed = 0;
    for (let run = 0; run < (isLong ? 8 : 1); run += 1) {
      const before = new Map(world.mattermost.deliveries);
      addLoad(world, fault);
      const holder = await holderOf(world, url);
      await until(
        () => world.mattermost.deliveries.size > before.size + fault.between(1, 60),
        10_000,
      );
      await replicas.get(holder)!.end('SIGKILL');
      fault.struck();
      const unwritten = await sentAndUnwritten(world, url, before);
      addTo(mayRepeat, unwritten);
      allowed += unwritten.length;
      addLoad(world, fault);
      replicas.delete(holder);
      await drain(world, [...replicas.values()][0]!, 60_000);
      const taken = (await handoversIn(url)).filter(({ isGivenBack }) => !isGivenBack);
      expect(taken.map(({ role }) => role)).toContain('source:deepinstinct_events');
      expect(taken.filter(({ looks }) => looks > looksMax)).toEqual([]);
      replicas.set(holder, world.start(holder));
    }
    await expectRolesHeld(world, replicas, url);
    await endAll(replicas);
    await fault.account({ ...accountOf(world), mayRepeat }, allowed);
    expect(await badMoves(url, tenant)).toEqual([]);
  });
}

faultCase(
  'SIGSTOP the holder past its lease, then SIGCONT',
  { timeoutMs: 400_000 },
  async (fault) => {
    const { world, replicas, url } = await startReplicas(2);
    const { tenant, mattermost } = world;
    const mayRepeat = new Map<string, number>();
    let allowed = 0;
    for (let run = 0; run < (isLong ? 6 : 2); run += 1) {
      await expectRolesHeld(world, replicas, url);
      const before = new Map(mattermost.deliveries);
      const holder = await holderOf(world, url);
      // Every other time it has nothing under way, whose end would tell it first that it lost its
      // role.
      const hungCount = run % 2 === 0 ? 4 : 0;
      const stopped = replicas.get(holder)!;
      // It is frozen while a page is on its way, and while sends wait for answers, which time out
      // when it wakes up. Half were posted.
      const hung = mattermost.requests.statuses[0] ?? 0;
      mattermost.fail('hang', hungCount / 2);
      mattermost.fail('hang_after', hungCount / 2);
      tenant.add('events', hungCount);
      expect(
        await until(() => (mattermost.requests.statuses[0] ?? 0) === hung + hungCount, 20_000),
      ).toBe(true);
      tenant.fail('events', { slowMs: 300 });
      tenant.add('events', fault.between(20, 50));
      const asked = tenant.requests.events;
      expect(await until(() => tenant.requests.events > asked, 20_000)).toBe(true);
      stopped.child.kill('SIGSTOP');
      mattermost.heal();
      fault.struck();
      const unwritten = await sentAndUnwritten(world, url, before);
      addTo(mayRepeat, unwritten);
      allowed += unwritten.length;
      const [running] = [...replicas]
        .filter(([home]) => home !== holder)
        .map(([, service]) => service);
      tenant.add('events', fault.between(60, 120));
      tenant.add('suspicious', fault.between(10, 60));
      await drain(world, running!, 60_000);
      expect(await holderOf(world, url), 'who sleeps holds nothing').not.toBe(holder);
      const attempts = await failedAttempts(url);
      // It wakes up amid a backlog of the other's, and the database is slow to tell it that its
      // time is over: it must know by itself.
      mattermost.fail({ slowMs: 500 }, 400);
      tenant.add('events', 300);
      const { size } = mattermost.deliveries;
      expect(await until(() => mattermost.deliveries.size > size, 20_000)).toBe(true);
      await delayHeartbeats(url, 0.5);
      const logged = stopped.log.length;
      stopped.child.kill('SIGCONT');
      const isAwake = () =>
        stopped.log
          .slice(logged)
          .some(({ msg }) => /every role is lost|^role lost$/.test(String(msg)));
      expect(await until(isAwake, 60_000)).toBe(true);
      // What it had in flight has timed out and been judged before the roles are settled anew.
      const timedOut = () =>
        stopped.log.slice(logged).filter(({ outcome }) => outcome === 'retry').length;
      expect(await until(() => timedOut() >= hungCount, 60_000)).toBe(true);
      mattermost.heal();
      await delayHeartbeats(url, 0);
      addLoad(world, fault);
      await drain(world, running!, 60_000);
      expect(await failedAttempts(url), 'a reschedule by who had lost the role').toBe(attempts);
    }
    await expectRolesHeld(world, replicas, url);
    await endAll(replicas);
    await fault.account({ ...accountOf(world), mayRepeat }, allowed);
    expect(await badMoves(url, tenant)).toEqual([]);
  },
);

faultCase('ten at once on an empty database', { timeoutMs: 240_000 }, async (fault) => {
  const database = await createTestDatabase(false);
  onTestFinished(() => database.drop());
  const { directUrl: url } = database;
  const environment = { ...environmentOf(database), POLLING_INTERVAL: '1' };
  const world = await createWorld({ database: 'embedded', environment });
  addLoad(world, fault);
  const homes = Array.from({ length: 10 }, (_, index) => `home-${index}`);
  const replicas: Replicas = new Map(homes.map((home) => [home, world.start(home)]));
  await letAllMigrateAtOnce(url, replicas.size);
  fault.struck();
  await Promise.all([...replicas.values()].map((replica) => replica.ready()));
  addLoad(world, fault);
  await drain(world, replicas.get('home-0')!, 120_000);
  await expectRolesHeld(world, replicas, url);
  for (const { log } of replicas.values())
    expect(log.filter(({ level }) => level === 'error')).toEqual([]);
  await endAll(replicas);
  await fault.account(accountOf(world));
});

faultCase('rolling restart of three under load', { timeoutMs: 400_000 }, async (fault) => {
  const { world, replicas, url } = await startReplicas(3);
  const stopLoad = keepAdding(world, fault);
  for (let round = 0; round < (isLong ? 6 : 1); round += 1) {
    for (const home of [...replicas.keys()]) {
      const before = world.mattermost.deliveries.size;
      await until(() => world.mattermost.deliveries.size >= before + fault.between(20, 80), 20_000);
      expect(await replicas.get(home)!.end('SIGTERM')).toBe(0);
      fault.struck();
      replicas.set(home, world.start(home));
      await replicas.get(home)!.ready();
    }
  }
  stopLoad();
  await drain(world, [...replicas.values()][0]!);
  await expectRolesHeld(world, replicas, url);
  await endAll(replicas);
  await fault.account(accountOf(world));
  expect(await badMoves(url, world.tenant)).toEqual([]);
});

async function startReplicas(
  count: number,
): Promise<{ world: World; replicas: Replicas; url: string }> {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const url = world.databaseUrl!;
  await watchCursors(url);
  const homes = Array.from({ length: count }, (_, index) => `home-${index}`);
  const replicas: Replicas = new Map(homes.map((home) => [home, world.start(home)]));
  await Promise.all([...replicas.values()].map((replica) => replica.ready()));
  expect(await world.arrived(2)).toBe(2);
  return { world, replicas, url };
}

function addLoad({ tenant }: World, dice: Dice): void {
  tenant.add('events', dice.between(40, 120));
  tenant.add('suspicious', dice.between(40, 120));
}

function keepAdding({ tenant }: World, dice: Dice): () => void {
  const timer = setInterval(() => {
    tenant.add('events', dice.between(1, 12));
    tenant.add('suspicious', dice.between(1, 12));
  }, 100);
  onTestFinished(() => clearInterval(timer));
  return () => clearInterval(timer);
}

/** The home of the replica that works the events. */
async function holderOf(world: World, url: string): Promise<string> {
  const [lease] = await withDatabase(
    { url },
    (sql) => sql`select holder::text from leases where name = 'source:deepinstinct_events'`,
  );
  const folder = dirname(world.environment.DATA_DIR!);
  for (let index = 0; index < 10; index += 1) {
    const id = await readFile(join(folder, `home-${index}`, 'instance'), 'utf8').catch(() => '');
    if (id.trim() === lease?.holder) return `home-${index}`;
  }
  throw new Error(`no replica is ${lease?.holder}`);
}

/** By the table: each role has a live holder. By the replicas' own words: none has two. */
async function expectRolesHeld(world: World, replicas: Replicas, url: string): Promise<void> {
  const isSettled = async () => {
    const free = await withDatabase(
      { url },
      (
        sql,
      ) => sql`select l.name from leases l left join replicas r on r.id = l.holder and r.expires_at > clock_timestamp()
        where r.id is null`,
    );
    return free.length === 0;
  };
  expect(await until(isSettled, 30_000), 'every role is held').toBe(true);
  const leases = await withDatabase({ url }, (sql) => sql`select name from leases order by 1`);
  const roles = leases.map(({ name }) => String(name));
  expect(roles).toEqual(
    expect.arrayContaining([
      'source:deepinstinct_events',
      'source:deepinstinct_suspicious_events',
      `sink:${new URL(world.mattermost.url).origin}`,
    ]),
  );
  for (const role of roles) {
    const heldBy = async () => {
      const each = [...replicas.values()].map((replica) =>
        replica.metric(`tocsin_role_held{role="${role}"}`),
      );
      return (await Promise.all(each)).filter((value) => value === 1).length;
    };
    expect(
      await until(async () => (await heldBy()) === 1, 15_000),
      `${role} is held by ${await heldBy()}`,
    ).toBe(true);
  }
}

async function endAll(replicas: Replicas): Promise<void> {
  const codes = await Promise.all([...replicas.values()].map((replica) => replica.end('SIGTERM')));
  expect(codes).toEqual(codes.map(() => 0));
}

async function failedAttempts(url: string): Promise<number> {
  const [row] = await withDatabase(
    { url },
    (sql) => sql`select count(*)::int as count from delivery_attempts where outcome <> 'delivered'`,
  );
  return Number(row?.count);
}

/** From now on each heartbeat takes so many seconds. */
async function delayHeartbeats(url: string, seconds: number): Promise<void> {
  await withDatabase({ url }, (sql) =>
    sql.unsafe(`
      create or replace function delay_heartbeat() returns trigger language plpgsql as $$
      begin perform pg_sleep(${seconds}); return null; end $$;
      create or replace trigger delay_heartbeat before update on replicas for each statement execute function delay_heartbeat();`),
  );
}

/**
 * Blocks the first statement of a migration until `count` processes wait there, each of which found
 * the database empty.
 */
async function letAllMigrateAtOnce(url: string, count: number): Promise<void> {
  await withDatabase({ url }, (sql) =>
    sql.begin(async (holding) => {
      await holding`lock table pg_namespace in share row exclusive mode`;
      const isComplete = async () => {
        const waiting = await holding`
          select distinct pid from pg_locks where not granted
            and database = (select oid from pg_database where datname = current_database())`;
        return waiting.length >= count;
      };
      expect(await until(isComplete, 60_000), 'all of them migrate').toBe(true);
    }),
  );
}
