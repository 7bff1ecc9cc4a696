// `tocsin migrate --from-data-dir` is killed, again and again, and run once more: what waited in
// the embedded database reaches Postgres once, and the channel once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { builtFile } from '../support/built.ts';
import { numberOnCard } from '../support/cards.ts';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { createWorld, until, type World } from '../support/world.ts';
import { sink, withDatabase } from './checker.ts';
import { accountOf, drain } from './drained.ts';
import { faultCase, isLong } from './fault-case.ts';

const bringOver = ['migrate', '--from-data-dir'];

faultCase('migrate --from-data-dir killed at any moment', { timeoutMs: 300_000 }, async (fault) => {
  const world = await createWorld({ database: 'embedded', environment: { POLLING_INTERVAL: '1' } });
  const before = world.start();
  await before.ready();
  world.tenant.add('events', 40);
  await drain(world, before);
  world.mattermost.fail(503, Number.POSITIVE_INFINITY);
  world.tenant.add('events', 300);
  const pending = () => before.metric(`tocsin_deliveries_pending{sink="${sink}"}`);
  expect(await until(async () => (await pending()) === 300, 60_000)).toBe(true);
  expect(await before.end('SIGTERM')).toBe(0);

  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const there = environmentOf(database);
  const startedAt = performance.now();
  expect(await world.run(['migrate'], there)).toMatchObject({ code: 0 });
  const usualMs = performance.now() - startedAt;
  // It takes longer than a migration of nothing, for it opens two databases.
  for (let kills = isLong ? 12 : 3; kills > 0; kills -= 1)
    if (await killed(world, there, sleep(usualMs * (0.5 + fault.random())))) fault.struck();
  // Between what was written there and what is ended here.
  const copied = async () => (await countIn(database.directUrl)) > 0;
  if (await killed(world, there, until(copied, 60_000))) fault.struck();

  expect(await world.run(bringOver, there)).toMatchObject({ code: 0, stderr: expect.any(String) });
  expect(await world.run(bringOver, there)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('0 deliveries brought over'),
  });
  world.mattermost.heal();
  const after = world.start('data', there);
  await after.ready();
  world.tenant.add('events', 10);
  expect(
    await until(() => new Set(shown(world)).size === 350, 60_000),
    `${shown(world).length} shown`,
  ).toBe(true);
  const isDone = async () =>
    (await after.metric(`tocsin_deliveries_pending{sink="${sink}"}`)) === 0;
  expect(await until(isDone, 20_000)).toBe(true);
  expect(await after.end('SIGTERM')).toBe(0);
  const deliveries = await arrivedIn(world, database.directUrl);
  await fault.account({
    ...accountOf(world),
    stored: { url: database.directUrl },
    mattermost: { deliveries, posts: [] },
  });
});

/** Runs the command, and kills it then. @returns false if it had ended before */
async function killed(
  world: World,
  there: Readonly<Record<string, string>>,
  then: Promise<unknown>,
): Promise<boolean> {
  const env = { ...world.environment, ...there };
  const cwd = dirname(world.environment.DATA_DIR!);
  const child = spawn(process.execPath, [builtFile('main.ts'), ...bringOver], {
    env,
    cwd,
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  await Promise.race([then, exited]);
  child.kill('SIGKILL');
  await exited;
  return child.signalCode !== null;
}

/** The numbers on the cards. */
function shown({ mattermost }: World): string[] {
  const numbers = mattermost.posts.map(numberOnCard);
  return numbers.filter((number) => number !== undefined).map(String);
}

/** What came, by delivery ids of this database: one event has another id in each of the two. */
async function arrivedIn(world: World, url: string): Promise<Map<string, number>> {
  const rows = await withDatabase(
    { url },
    (sql) => sql`select id::text, raw->>'id' as item from events`,
  );
  const ids = new Map(rows.map(({ id, item }) => [String(item), `${sink}-${id}`]));
  const deliveries = new Map<string, number>();
  for (const number of shown(world)) {
    const id = ids.get(number) ?? `nowhere: ${number}`;
    deliveries.set(id, (deliveries.get(id) ?? 0) + 1);
  }
  return deliveries;
}

async function countIn(url: string): Promise<number> {
  const [row] = await withDatabase(
    { url },
    (sql) => sql`select count(*)::int as count from events`,
  );
  return Number(row?.count);
}
