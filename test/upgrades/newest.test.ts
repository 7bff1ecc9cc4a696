// The dump of the newest level: after a migration was added, `npx vitest run
// test/upgrades/newest.test.ts -u` makes it. Dumps of earlier levels stay as they are, for nothing
// changes databases that were made in the past.
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { dumpFile, migrations, newestLevel, rowsOf, schemaOf, storedLevels } from './dumps.ts';

test('the newest level has a dump with rows of every table', async () => {
  const database = await createTestDatabase(false);
  onTestFinished(() => database.drop());
  const sql = postgres(database.directUrl, { max: 1, fetch_types: false, onnotice() {} });
  onTestFinished(() => sql.end());
  await sql.unsafe(schemaOf(newestLevel));
  const text = `${schemaOf(newestLevel)}\n${await rowsOf(sql, newestLevel)}`;
  await expect(text).toMatchFileSnapshot(dumpFile(newestLevel));
});

test('every level has one', () => {
  expect(storedLevels()).toEqual(migrations.map((_, level) => level));
});
