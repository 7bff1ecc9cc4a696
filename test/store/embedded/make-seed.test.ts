// The prepared database, as the build made it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unpackFolder } from '../../../src/store/embedded/archive.ts';
import { isSeedUsable, seedPath } from '../../../src/store/embedded/seed.ts';
import { compareMigrations, migrate } from '../../../src/store/migrate.ts';
import { useEmbedded } from './opened.ts';

const place = useEmbedded();

test('from the prepared archive has the schema already', async () => {
  expect(isSeedUsable(seedPath), 'the archive of the build is there and fits').toBe(true);
  const { sql, startedCold } = await place.open();
  expect(startedCold).toBe(true);
  expect((await compareMigrations(sql)).state).toBe('current');
  expect(await migrate(sql)).toBe(0);
});

test('holds no trace of the process that made it, and knows how large its tables are', async () => {
  const folder = join(place.dataDir, 'unpacked');
  await unpackFolder(readFileSync(seedPath), folder);
  const names = readdirSync(folder);
  expect(names).toContain('PG_VERSION');
  expect(names.filter((name) => name.startsWith('postmaster'))).toEqual([]);
  const { sql } = await place.open();
  const unknown = await sql`
    select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
      and reltuples < 0`;
  expect(unknown).toEqual([]);
});
