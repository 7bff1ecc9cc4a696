// The service as a process, killed or stopped at random instants under load. A kill repeats what it cut off and nothing else; a stop repeats
// nothing at all.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { createWorld, type DatabaseKind, type Service, until, type World } from '../support/world.ts';
import { type Stored, sink, withDatabase } from './checker.ts';
import { accountOf, drain, expectedOf } from './drained.ts';
import { type Dice, faultCase, isLong } from './fault-case.ts';

const runsOf: Readonly<Record<DatabaseKind, number>> = isLong
  ? { postgres: 100, embedded: 50 }
  : { postgres: 8, embedded: 4 };
/** In flight (32), or answered and not yet written for 50 ms. */
const repeatedByKillMax = 132;

for (const database of ['postgres', 'embedded'] as const) {
  const runs = runsOf[database];
  const timeoutMs = 60_000 + runs * 20_000;

  faultCase(`kill -9 at random instants under load, ${database}`, { timeoutMs }, async (fault) => {
    const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1' } });
    const mayRepeat = new Map<string, number>();
    let allowed = 0;
    let service = world.start();
    for (let run = 0; run < runs; run += 1) {
      const before = new Map(world.mattermost.deliveries);
      await workUntilRandomInstant(world, service, fault);
      await service.end('SIGKILL');
      fault.struck();
      const unwritten = await cutOff(world, before);
      for (const id of unwritten) mayRepeat.set(id, (mayRepeat.get(id) ?? 0) + 1);
      allowed += database === 'postgres' ? unwritten.length : repeatedByKillMax;
      service = world.start();
    }
    await drain(world, service);
    expect(await service.end('SIGTERM')).toBe(0);
    await fault.account({ ...accountOf(world), ...(database === 'postgres' && { mayRepeat }) }, allowed);
  });

  faultCase(`SIGTERM at random instants under load, ${database}`, { timeoutMs }, async (fault) => {
    const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1' } });
    let service = world.start();
    for (let run = 0; run < runs; run += 1) {
      await workUntilRandomInstant(world, service, fault);
      // Before it listens, the signal ends the process itself: nothing runs yet that could be finished.
      expect([0, null]).toContain(await service.end('SIGTERM'));
      fault.struck();
      service = world.start();
    }
    await drain(world, service);
    expect(await service.end('SIGTERM')).toBe(0);
    await fault.account(accountOf(world), 0);
  });
}

/** Gives it work and lets it get to a random place of it: two times of three in the middle of sending, else of starting. */
async function workUntilRandomInstant(world: World, service: Service, dice: Dice): Promise<void> {
  const { tenant, mattermost } = world;
  tenant.add('events', dice.between(40, 120));
  tenant.add('suspicious', dice.between(40, 120));
  mattermost.fail({ slowMs: dice.between(1, 30) }, dice.between(0, 200));
  if (dice.random() < 2 / 3) {
    const wanted = Math.min(mattermost.deliveries.size + dice.between(1, 150), expectedOf(world));
    await until(() => mattermost.deliveries.size >= wanted, 15_000);
  }
  await sleep(dice.between(0, service.child.exitCode === null ? 800 : 0));
}

/** What the process that has just died had sent and not written down, once its server has ended what it had begun. Not known of an embedded one. */
async function cutOff(world: World, before: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const account = accountOf(world);
  if (!('url' in account.stored)) return [];
  expect(await until(() => isQuiet(account.stored), 10_000)).toBe(true);
  await arrivalsOnTheWay(world);
  const pending = await withDatabase(
    account.stored,
    (sql) => sql`select event_id from deliveries where state = 'pending'`,
  );
  const hasCome = (id: string) => (world.mattermost.deliveries.get(id) ?? 0) > (before.get(id) ?? 0);
  const unwritten = pending.map((row) => `${sink}-${row.event_id}`).filter(hasCome);
  expect(unwritten.length).toBeLessThanOrEqual(repeatedByKillMax);
  return unwritten;
}

/** The server runs no statement of the dead process any more. */
function isQuiet(stored: Stored): Promise<boolean> {
  return withDatabase(stored, async (sql) => {
    const rows =
      await sql`select 1 from pg_stat_activity where datname = current_database() and application_name like 'tocsin%'`;
    return rows.length === 0;
  });
}

/** Requests of a dead process are in our socket's buffer, or held by a fault, for a while. */
async function arrivalsOnTheWay({ mattermost }: World): Promise<void> {
  for (let seen = -1; seen !== mattermost.requests.total; ) {
    seen = mattermost.requests.total;
    await sleep(60);
  }
}
