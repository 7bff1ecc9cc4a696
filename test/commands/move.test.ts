// `tocsin move`: what waited in the embedded database is sent from Postgres, once.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { createTestDatabase, environmentOf, type TestDatabase } from '../support/database.ts';
import { createWorld } from '../support/world.ts';
import { newestLevel } from '../upgrades/dumps.ts';
import { createFilled, expectSentOnce, inEmbedded } from '../upgrades/loaded.ts';
import { runIn } from './in-process.ts';

async function createEmpty(isMigrated = false): Promise<TestDatabase> {
  const database = await createTestDatabase(isMigrated);
  onTestFinished(() => database.drop());
  return database;
}

async function ask(database: TestDatabase, statement: string) {
  const sql = postgres(database.directUrl, { max: 1, fetch_types: false, onnotice() {} });
  try {
    return [...(await sql.unsafe(statement))];
  } finally {
    await sql.end();
  }
}

test('every row arrives under its number, and what waited is sent once from there', async () => {
  const world = await createFilled();
  const database = await createEmpty();
  const there = environmentOf(database);
  const tried = await runIn(world, ['move', '--dry-run', '--json'], there);
  expect(tried.code, tried.stderr).toBe(0);
  const plan = JSON.parse(tried.stdout);
  expect(plan).toMatchObject({ state: 'tried', pending: 11, dead: 1 });
  expect(await ask(database, "select to_regclass('events') as name")).toEqual([{ name: null }]);

  const moved = await runIn(world, ['move', '--json'], there);
  expect(moved.code, moved.stderr).toBe(0);
  expect(JSON.parse(moved.stdout)).toEqual({ ...plan, state: 'moved' });
  expect(plan.rows).toMatchObject({ events: 16, incidents: 4, audit_log: 2, calendars: 1 });
  expect((await runIn(world, ['audit', 'verify'], there)).stdout).toContain('3 rows follow');

  for (const command of [['once'], ['dead', 'list'], ['migrate']])
    expect(await runIn(world, command)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/was moved to .*Set DATABASE_URL/),
    });
  expect((await runIn(world, ['migrate', '--from-data-dir'], there)).stderr).toContain('was moved');
  expect((await world.run(['check'], there)).stdout).not.toContain('embedded database');

  const service = world.start('data', there);
  await service.ready();
  const sql = postgres(database.directUrl, { max: 1, fetch_types: false, onnotice() {} });
  await expectSentOnce(sql, world).finally(() => sql.end());
  expect(await service.end('SIGTERM')).toBe(0);
});

describe('it refuses', () => {
  test('without a place to move to, and where there is nothing to move', async () => {
    const world = await createWorld({ database: 'embedded' });
    expect(await runIn(world, ['move'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--to <url>'),
    });
    const there = environmentOf(await createEmpty());
    expect(await runIn(world, ['move'], there)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it holds no embedded database'),
    });
  });

  test('a database that has data, and changes neither', async () => {
    const world = await createFilled();
    const database = await createEmpty(true);
    await ask(database, "insert into cursors (source, cursor) values ('a', '1')");
    const refused = {
      code: 1,
      stderr: expect.stringMatching(/has data of Tocsin already \(cursors\)/),
    };
    expect(await runIn(world, ['move', '--dry-run'], environmentOf(database))).toMatchObject(
      refused,
    );
    expect(await runIn(world, ['move'], environmentOf(database))).toMatchObject(refused);
    expect(existsSync(join(world.environment.DATA_DIR!, 'moved'))).toBe(false);
    expect(await ask(database, 'select count(*)::int as count from events')).toEqual([
      { count: 0 },
    ]);
  });

  test('while a service runs on DATA_DIR', async () => {
    const world = await createWorld({ database: 'embedded' });
    const service = world.start();
    await service.ready();
    const database = await createEmpty();
    expect(await runIn(world, ['move'], environmentOf(database))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/in use by process \d+.*Stop that process/),
    });
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('a database that a newer release migrated', async () => {
    const world = await createFilled();
    const database = await createEmpty(true);
    await ask(database, "insert into tocsin_migrations (hash) values ('of a later release')");
    expect(await runIn(world, ['move'], environmentOf(database))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('migrated by a newer release'),
    });
  });
});

test('a database of an older release is migrated on the way', async () => {
  const world = await createFilled(newestLevel - 6);
  const database = await createEmpty();
  expect(await runIn(world, ['move', '--to', database.directUrl])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/events {2}14\n[\s\S]*9 deliveries wait, 1 are dead\n$/),
  });
  expect(await ask(database, 'select count(*)::int as count from events')).toEqual([{ count: 14 }]);
});

test('a move is taken back while nothing runs on the other database', async () => {
  const world = await createFilled();
  const there = environmentOf(await createEmpty());
  expect((await runIn(world, ['move', '--back'], there)).stderr).toContain('was not moved');
  expect((await runIn(world, ['move'], there)).code).toBe(0);
  const service = world.start('elsewhere', there);
  await service.ready();
  expect((await runIn(world, ['move', '--back'], there)).stderr).toContain('Stop it');
  expect(await service.end('SIGTERM')).toBe(0);
  expect(await runIn(world, ['move', '--back'], there)).toMatchObject({ code: 0 });
  expect((await runIn(world, ['dead', 'list'])).code).toBe(0);
  await inEmbedded(world, (sql) => migrate(sql));
});
