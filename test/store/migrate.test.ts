// Migrations and their journal: Tocsin's own, in the schema of its tables, next to other programs
// and other schemas.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as drizzleMigrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { describe, expect, onTestFinished, test } from 'vitest';
import { databaseOf } from '../../src/store/database.ts';
import { takeDue } from '../../src/store/deliveries/index.ts';
import { compareMigrations, migrate } from '../../src/store/migrate.ts';
import { createTestDatabase } from '../support/database.ts';

/** @param isMigrated whether Tocsin has been there */
async function open(isMigrated: boolean, searchPath?: string) {
  const database = await createTestDatabase(isMigrated);
  const connect = (path?: string) => {
    const connection = path === undefined ? {} : { search_path: path };
    const sql = postgres(database.directUrl, {
      max: 1,
      fetch_types: false,
      onnotice() {},
      connection,
    });
    onTestFinished(() => sql.end());
    return sql;
  };
  onTestFinished(() => database.drop());
  return { sql: connect(searchPath), connect, url: database.directUrl };
}

/**
 * As a release up to 0.1 leaves it: no journal but the shared one, with the times of the
 * migrations.
 */
async function makeFormer(sql: postgres.Sql): Promise<void> {
  await sql`drop table tocsin_migrations`;
  await sql`update drizzle.__drizzle_migrations set created_at = 1795494487216 + id`;
}

/** As a database is before the newest migration that changes a table which there was. */
async function undoNewest(sql: postgres.Sql): Promise<void> {
  await sql`drop table calendars, incidents, incident_changes, message_edits, chat_tokens`;
  await sql`alter table deliveries drop column kind, drop column to_event`;
  await sql`delete from tocsin_migrations where hash in (
    select hash from drizzle.__drizzle_migrations order by id desc limit 2)`;
}

/** Another program's migrations, run by Drizzle itself. */
async function otherProgram(sql: postgres.Sql) {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-other-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'meta'));
  const entries: object[] = [];
  return async (table: string, when: number) => {
    entries.push({ idx: entries.length, version: '7', when, tag: table, breakpoints: true });
    await writeFile(join(folder, `${table}.sql`), `create table ${table} (id int);`);
    await writeFile(
      join(folder, 'meta/_journal.json'),
      JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
    );
    await drizzleMigrate(drizzle(sql), { migrationsFolder: folder });
  };
}

const tableExists = async (sql: postgres.Sql, name: string) =>
  (await sql`select to_regclass(${name}) is not null as yes`)[0]?.yes === true;

describe('beside another program that uses Drizzle in the same database', () => {
  test('no migration of either is passed over', async () => {
    const { sql } = await open(false);
    const migrateOther = await otherProgram(sql);
    await migrateOther('shop_orders', 1_700_000_000_000);
    expect(await migrate(sql)).toBeGreaterThan(0);
    await migrateOther('shop_bills', 1_700_000_000_001);
    expect(await tableExists(sql, 'shop_bills')).toBe(true);
    expect((await compareMigrations(sql)).state).toBe('current');
  });

  test('what the release before has hidden from the other one comes back', async () => {
    const { sql } = await open(true);
    await makeFormer(sql);
    const migrateOther = await otherProgram(sql);
    await migrateOther('shop_orders', 1_700_000_000_000);
    expect(await tableExists(sql, 'shop_orders'), 'the fault of the release before').toBe(false);
    expect(await migrate(sql)).toBe(0);
    await migrateOther('shop_bills', 1_700_000_000_001);
    expect([await tableExists(sql, 'shop_orders'), await tableExists(sql, 'shop_bills')]).toEqual([
      true,
      true,
    ]);
  });

  test('its rows are not taken for those of a newer Tocsin', async () => {
    const { sql } = await open(true);
    await makeFormer(sql);
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('of a shop', 1700000000000)`;
    expect((await compareMigrations(sql)).state).toBe('current');
    expect(await migrate(sql)).toBe(0);
    expect((await compareMigrations(sql)).state).toBe('current');
    expect(await sql`select 1 from tocsin_migrations where hash = 'of a shop'`).toHaveLength(0);
  });
});

describe('from the release before and back', () => {
  test('its journal is taken over, row by row, and what is missing is applied', async () => {
    const { sql } = await open(true);
    await makeFormer(sql);
    const [newest] =
      await sql`select hash from drizzle.__drizzle_migrations order by id desc limit 1`;
    await sql`delete from drizzle.__drizzle_migrations where hash = ${newest!.hash}`;
    expect((await compareMigrations(sql)).state).toBe('behind');
    await expect(migrate(sql), 'its column is there already').rejects.toThrow(/already exists/);
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${newest!.hash}, 1)`;
    expect(await migrate(sql)).toBe(0);
    const [journal] = await sql`select count(*)::int as rows from tocsin_migrations`;
    const [shared] = await sql`select count(*)::int as rows from drizzle.__drizzle_migrations`;
    expect(journal!.rows).toBe(shared!.rows);
  });

  test('it finds every migration of its own in its own journal', async () => {
    const { sql } = await open(false);
    await migrate(sql);
    const own = await sql`select hash from tocsin_migrations order by 1`;
    expect(await sql`select hash from drizzle.__drizzle_migrations order by 1`).toEqual(own);
    expect(own.length).toBeGreaterThan(5);
  });

  test('a user who may write neither there nor make a schema migrates all the same', async () => {
    const { sql, connect, url } = await open(false);
    const role = `tocsin_own_${Math.random().toString(36).slice(2, 8)}`;
    await sql.unsafe(
      `create role "${role}" login password 'own'; create schema own authorization "${role}"`,
    );
    onTestFinished(async () => {
      const admin = connect();
      await admin.unsafe(`drop owned by "${role}" cascade; drop role "${role}"`);
    });
    const address = Object.assign(new URL(url), { username: role, password: 'own' }).href;
    const poor = postgres(address, {
      max: 1,
      fetch_types: false,
      onnotice() {},
      connection: { search_path: 'own' },
    });
    onTestFinished(() => poor.end());
    expect(await migrate(poor)).toBeGreaterThan(5);
    expect((await compareMigrations(poor)).state).toBe('current');
    expect(await sql`select 1 from pg_namespace where nspname = 'drizzle'`).toHaveLength(0);
  });
});

describe('where two search_paths lead to two schemas', () => {
  test('a connection that would use another schema than the tables are in is refused, and makes nothing', async () => {
    const { sql, url } = await open(true);
    const [row] = await sql`select current_database() as name`;
    await sql`create schema other`;
    await sql.unsafe(`alter database "${row!.name}" set search_path = other`);

    const stray = postgres(url, { max: 1, fetch_types: false, onnotice() {} });
    onTestFinished(() => stray.end());
    await expect(migrate(stray)).rejects.toThrow(
      `Tocsin's tables are in schema "public", but this connection uses schema "other". To go on with those, add ?options=-csearch_path%3Dpublic`,
    );
    expect(
      await sql`select 1 from pg_class where relnamespace = 'other'::regnamespace`,
    ).toHaveLength(0);
  });

  test('one that asks for its own schema has tables of its own there', async () => {
    const { sql, connect } = await open(true);
    await sql`create schema other`;
    const own = connect('other');
    expect((await compareMigrations(own)).state).toBe('none');
    expect(await migrate(own)).toBeGreaterThan(5);
    await own`insert into cursors (source, cursor) values ('a', '1')`;
    expect(await sql`select source from public.cursors`).toEqual([]);
    expect([await migrate(own), await migrate(sql)]).toEqual([0, 0]);
  });

  test('a search_path without a schema is refused', async () => {
    const { connect } = await open(false, 'nowhere');
    await expect(migrate(connect('nowhere'))).rejects.toThrow(
      /names no schema that exists there\. Create the schema/,
    );
  });
});

test('a database of another encoding is refused before anything is made', async () => {
  const { sql, url } = await open(false);
  const name = `tocsin_latin_${Math.random().toString(36).slice(2, 8)}`;
  await sql.unsafe(`create database "${name}" encoding 'LATIN1' locale 'C' template template0`);

  const latin = postgres(Object.assign(new URL(url), { pathname: `/${name}` }).href, {
    max: 1,
    fetch_types: false,
    onnotice() {},
  });
  onTestFinished(async () => {
    await latin.end();
    await sql.unsafe(`drop database "${name}" with (force)`);
  });
  await expect(migrate(latin)).rejects.toThrow(
    /encoding of the database is LATIN1.*encoding 'UTF8' template template0/,
  );
  expect(
    await latin`select 1 from pg_class where relnamespace = 'public'::regnamespace`,
  ).toHaveLength(0);
});

test('a migration gives up rather than keep everybody waiting behind a backup, and is made later', async () => {
  const own = await createTestDatabase();
  const sql = postgres(own.directUrl, { max: 2, onnotice() {} });
  onTestFinished(async () => {
    await sql.end();
    await own.drop();
  });
  await undoNewest(sql);
  const backup = await sql.reserve();
  await backup`begin`;
  await backup`lock table deliveries in access share mode`;
  await expect(migrate(sql)).rejects.toThrow('lock timeout');
  await backup`rollback`;
  backup.release();
  expect(await migrate(sql)).toBe(2);
});

test('what the release before stored is due as it was, and it goes on beside this one', async () => {
  const { sql } = await open(true);
  await undoNewest(sql);
  const store = async (externalId: string) => {
    const [event] = await sql`
      insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
      values ('a', ${externalId}, 's', 'event', 'T', 3, '{}', '{}', '{}') returning id`;
    await sql`
      insert into deliveries (event_id, sink, state, priority)
      values (${event!.id}, 'soc', 'pending', 2)`;
  };
  await store('before');
  expect(await migrate(sql)).toBe(2);
  await store('beside');
  const due = await takeDue(databaseOf(sql), { sink: 'soc', limit: 9 });
  expect(due.map(({ event, held }) => [event.externalId, held])).toEqual([
    ['before', undefined],
    ['beside', undefined],
  ]);
});

test('ten at once apply each migration once', async () => {
  const { sql, connect } = await open(false);
  const applied = await Promise.all(Array.from({ length: 10 }, () => migrate(connect())));
  const [journal] = await sql`select count(*)::int as rows from tocsin_migrations`;
  expect(applied.filter((count) => count > 0)).toEqual([journal?.rows]);
});

test('a database of a newer release is left as it is', async () => {
  const { sql } = await open(true);
  await sql`insert into tocsin_migrations (hash) values ('of a later release')`;
  expect((await compareMigrations(sql)).state).toBe('newer');
  expect(await migrate(sql)).toBe(0);
  expect(await sql`select 1 from tocsin_migrations where hash = 'of a later release'`).toHaveLength(
    1,
  );
});
