// Waits for the end of a case: everything that the tenant has was posted, and nothing is pending.
import { expect } from 'vitest';
import { type Service, until, type World } from '../support/world.ts';
import { type Account, type Stored, sink, withDatabase } from './checker.ts';

/**
 * What the checker compares of this world, whose database is a server or the folder of its first
 * home.
 */
export function accountOf(world: World): Account {
  const { tenant, mattermost, environment } = world;
  const url = urlOf(world);
  const stored: Stored = url === undefined ? { dataDir: environment.DATA_DIR! } : { url };
  return { tenant, mattermost, stored };
}

function urlOf({ environment }: World): string | undefined {
  return environment.DATABASE_URL_DIRECT ?? environment.DATABASE_URL;
}

/**
 * How many deliveries must arrive: one for every item of the tenant, and for each stream the notice
 * that it is watched.
 */
export function expectedOf({ tenant }: World, notices = 2): number {
  return tenant.ids('events').length + tenant.ids('suspicious').length + notices;
}

/** Waits until the service is up, all arrived and nothing is pending. */
export async function drain(
  world: World,
  service: Service,
  waitMs = 60_000,
  notices = 2,
): Promise<void> {
  const expected = expectedOf(world, notices);
  await service.address;
  await until(() => world.mattermost.deliveries.size >= expected, waitMs);
  const isDone = await until(async () => (await pending(world, service)) === 0, 15_000);
  expect(isDone, `not done: ${world.mattermost.deliveries.size} of ${expected} arrived`).toBe(true);
}

/**
 * Read from the table itself. Only its own process can read the embedded database; its number is
 * some seconds old.
 */
async function pending(world: World, service: Service): Promise<number | undefined> {
  const url = urlOf(world);
  if (url === undefined)
    return service.metric(`tocsin_deliveries_pending{sink="${sink}"}`).catch(() => undefined);
  const [row] = await withDatabase(
    { url },
    (sql) =>
      sql`select count(*)::int as count from deliveries where state = 'pending' and sink = ${sink}`,
  );
  return Number(row?.count);
}
