// The promises that every test with a database stands on.
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { createTestDatabase } from './database.ts';

test('each test database is migrated, empty and apart from the others', async () => {
  const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const left = postgres(first.url, { max: 1 });
  const right = postgres(second.url, { max: 1 });
  try {
    await left`insert into cursors (source, cursor) values ('a', '1')`;
    expect(await left`select source from cursors`).toHaveLength(1);
    expect(await right`select source from cursors`).toHaveLength(0);
  } finally {
    await Promise.all([left.end(), right.end()]);
    await Promise.all([first.drop(), second.drop()]);
  }
});

test('a dropped test database is gone even while somebody is connected to it', async () => {
  const database = await createTestDatabase();
  const sql = postgres(database.url, { max: 1, onclose() {} });
  await sql`select 1`;
  await database.drop();
  await expect(sql`select 1`).rejects.toThrow();
  await expect(postgres(database.url, { max: 1 })`select 1`).rejects.toThrow(/does not exist/);
});
