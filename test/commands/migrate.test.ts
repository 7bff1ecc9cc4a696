// `tocsin migrate`: says what it did to which database, and what it could not bring over.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, environmentOf, type TestDatabase } from '../support/database.ts';
import { runHere } from './in-process.ts';

let directory: string;
let database: TestDatabase;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-migrate-'));
  database = await createTestDatabase(false);
});
afterAll(async () => {
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

const run = (argv: string[], more: Record<string, string> = environmentOf(database)) =>
  runHere(['migrate', ...argv], { DATA_DIR: join(directory, 'data'), ...more }, directory);

test('a new database gets every table, and the next run has nothing to do', async () => {
  const first = await run([]);
  expect(first).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^[1-9]\d* applied\n$/),
    stderr: 'tocsin: the database is DATABASE_URL\n',
  });
  const sql = postgres(database.directUrl, { max: 1, onnotice() {} });
  const tables = await sql`select 1 from pg_tables where tablename = 'deliveries'`;
  await sql.end();
  expect(tables).toHaveLength(1);
  expect(await run([])).toMatchObject({ code: 0, stdout: 'the database is up to date\n' });
});

describe('with --from-data-dir', () => {
  test('it refuses to bring anything to the database that it would come from', async () => {
    expect(await run(['--from-data-dir'], {})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('DATABASE_URL is not set'),
    });
  });

  test('it fails where there is no embedded database, so that a wrong DATA_DIR is noticed', async () => {
    expect(await run(['--from-data-dir'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('DATA_DIR holds no embedded database\n'),
    });
  });
});
