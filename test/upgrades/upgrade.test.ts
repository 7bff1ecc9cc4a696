// From a stored database of each earlier level to this release's schema, on Postgres and on the
// embedded one: every row is there with what it held, every constraint holds, ids go on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { firstBreak } from '../../src/kit/records/audit-chain.ts';
import { readAuditChain } from '../../src/store/audit.ts';
import { databaseOf } from '../../src/store/database.ts';
import { takeDue } from '../../src/store/deliveries/index.ts';
import { type EmbeddedDatabase, openEmbedded } from '../../src/store/embedded/open.ts';
import { seedPath } from '../../src/store/embedded/seed.ts';
import { compareMigrations, migrate } from '../../src/store/migrate.ts';
import { createTestDatabase } from '../support/database.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { loadDump, migrations, newestLevel, readDump } from './dumps.ts';

let embedded: EmbeddedDatabase;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-upgrade-'));
  embedded = await openEmbedded({ dataDir: directory, seedPath, onFatal() {} });
});
afterAll(async () => {
  await embedded.close();
  await rm(directory, { recursive: true, force: true });
});
const levels = migrations.map((_, level) => level);

/** An empty database that no release has migrated. */
async function openEmpty(kind: string): Promise<postgres.Sql> {
  if (kind === 'the embedded database') {
    await embedded.sql.unsafe('drop schema public cascade; create schema public');
    await embedded.sql.unsafe('drop schema if exists drizzle cascade');
    return embedded.sql;
  }
  const database = await createTestDatabase(false);
  const sql = postgres(database.directUrl, { max: 1, fetch_types: false, onnotice() {} });
  onTestFinished(async () => {
    await sql.end();
    await database.drop();
  });
  return sql;
}

/** All rows by table, each as the texts of its columns. */
async function contentOf(sql: postgres.Sql): Promise<Map<string, Record<string, string | null>[]>> {
  const tables = await sql`
    select table_name as table, json_agg(column_name order by ordinal_position)::text as columns
    from information_schema.columns
    where table_schema = 'public' and table_name <> 'tocsin_migrations' group by 1 order by 1`;
  const content = new Map<string, Record<string, string | null>[]>();
  for (const { table, columns } of tables) {
    const texts = (JSON.parse(columns) as string[]).map((name) => `"${name}"::text as "${name}"`);
    content.set(
      table,
      (await sql.unsafe(`select ${texts.join(', ')} from "${table}" order by 1, 2`)).map((row) => ({
        ...row,
      })),
    );
  }
  return content;
}

async function identitiesOf(sql: postgres.Sql) {
  return await sql`
    select sequencename::text as name, last_value::text as value from pg_sequences
    where schemaname = 'public' order by 1`;
}

describe.each(['Postgres', 'the embedded database'])('%s', (kind) => {
  test.each(levels)('of level %i comes to this release with every row', async (level) => {
    const sql = await openEmpty(kind);
    await loadDump(sql, level);
    const before = await contentOf(sql);
    const identities = await identitiesOf(sql);
    expect((await compareMigrations(sql)).state).toBe(level === newestLevel ? 'current' : 'behind');

    expect(await migrate(sql)).toBe(newestLevel - level);
    expect((await compareMigrations(sql)).state).toBe('current');
    const after = await contentOf(sql);
    for (const [table, rows] of before) {
      expect(rows.length, table).toBeGreaterThan(0);
      expect(after.get(table), table).toHaveLength(rows.length);
      // `jsonb` of the first level writes the same value in another way.
      for (const [index, row] of rows.entries())
        expect(comparable(after.get(table)![index]!), table).toMatchObject(comparable(row));
    }
    expect(await identitiesOf(sql)).toEqual(expect.arrayContaining(identities));
    await validateAll(sql);
    await insertOne(sql);

    const due = await takeDue(databaseOf(sql), { sink: 'soc', limit: 100 });
    expect(due.map(({ event }) => event.id)).toEqual(dueAt(level));
    const chain = await readAuditChain(databaseOf(sql), 0, 100);
    expect(chain).toHaveLength(level < 9 ? 0 : 2);
    expect(firstBreak(chain, chain[0]?.previous ?? '')).toBeNull();
  });
});

function comparable({ body, ...row }: Record<string, string | null>) {
  return body === undefined ? row : { ...row, body: JSON.parse(String(body)) };
}

/** Most urgent first. */
function dueAt(level: number): number[] {
  return [6, 2, ...(level >= 11 ? [15, 16] : []), 3, ...(level >= 2 ? [11] : [])];
}

/** What was added without a look at old rows holds for them as well. */
async function validateAll(sql: postgres.Sql): Promise<void> {
  const found = await sql`
    select conrelid::regclass::text as table, conname::text as name from pg_constraint
    where not convalidated and connamespace = 'public'::regnamespace`;
  for (const { table, name } of found)
    await sql.unsafe(`alter table "${table}" validate constraint "${name}"`);
}

/** With the number after the last that was ever given. */
async function insertOne(sql: postgres.Sql): Promise<void> {
  const [row] = await sql`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
    values ('edr', 'new', 's', 'event', 'T', 3, '{}', '{}', '{}') returning id::int as id`;
  const [highest] = await sql`select max(id)::int as id from events where external_id <> 'new'`;
  expect(row!.id).toBeGreaterThan(highest!.id + 20);
}

describe('the release before', () => {
  const before = newestLevel - 1;

  test('finds every column that it reads, of the type and with the defaults that it knows', async () => {
    const [older, newer] = [await openEmpty('Postgres'), await openEmpty('Postgres')];
    await loadDump(older, before);
    await migrate(newer);
    const known = await columnsOf(older);
    const found = await columnsOf(newer);
    for (const [name, { type, isNullable, hasDefault }] of known) {
      expect(found.get(name)?.type, name).toBe(type);
      // It may leave out the column or store null, if it could before.
      if (isNullable) expect(found.get(name)?.isNullable, `${name} takes no null`).toBe(true);
      if (hasDefault) expect(found.get(name)?.hasDefault, `${name} has no default`).toBe(true);
    }
    const tables = new Set([...known.keys()].map((name) => name.split('.')[0]));
    for (const [name, column] of found)
      if (!known.has(name) && tables.has(name.split('.')[0]))
        expect(column.isNullable || column.hasDefault, `${name} is demanded of it`).toBe(true);
  });

  test('stores there every kind of row that it stored before', async () => {
    const sql = await openEmpty('Postgres');
    await migrate(sql);
    const inserts = readDump(before).slice(readDump(before).indexOf('insert into "events"'));
    await sql.unsafe(inserts);
    const older = await openEmpty('Postgres');
    await loadDump(older, before);
    const [wanted, stored] = [await contentOf(older), await contentOf(sql)];
    for (const [table, rows] of wanted) expect(stored.get(table), table).toMatchObject(rows);
  });
});

async function columnsOf(sql: postgres.Sql) {
  const found = await sql`
    select table_name || '.' || column_name as name, data_type as type,
      is_nullable = 'YES' as "isNullable",
      column_default is not null or is_identity = 'YES' as "hasDefault"
    from information_schema.columns
    where table_schema = 'public' and table_name <> 'tocsin_migrations'`;
  return new Map(
    found.map(({ name, ...column }) => [
      String(name),
      column as { type: string; isNullable: boolean; hasDefault: boolean },
    ]),
  );
}

test('no migration that landed was changed: each dump has the statements that made it', () => {
  for (const level of levels)
    for (const { text, tag } of migrations.slice(0, level + 1))
      expect(readDump(level).includes(text.trimEnd()), `${tag} in level ${level}`).toBe(true);
  expect(readProjectFile('drizzle/meta/_journal.json')).toContain(migrations.at(-1)!.tag);
});
