// Brings a database to the schema of this release. Any number of replicas may do so at once, even
// through a pooler in transaction mode.
import { join } from 'node:path';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import type postgres from 'postgres';
import { projectRoot } from '../kit/project.ts';
import { databaseErrorCode } from './database.ts';
import {
  DatabaseSchemaError,
  judgeSchema,
  ownColumns,
  readSchema,
  type SchemaFacts,
  type SchemaState,
} from './journal.ts';

const migrationsFolder = join(projectRoot, 'drizzle');
/** An arbitrary constant that stands for Tocsin's migrations among the database's locks. */
const lockKey = 7_406_241_195;
/**
 * A statement that waits for a table blocks all later ones, and a backup may hold the table for
 * hours: better to give up soon and try again later.
 */
const lockMaxMs = 3000;

/**
 * Applies what is missing, all in one transaction under a transaction-level advisory lock
 * (Drizzle's own migrator takes none, and two at once on an empty database crash). A database of
 * this or of a newer release is left as it is, which needs no right to create anything.
 *
 * @returns the number of migrations applied
 * @throws {DatabaseSchemaError} the database cannot be used as it is
 * @throws also when something else keeps a table for 3 s, as a backup does; nothing is changed then
 */
export async function migrate(client: postgres.Sql): Promise<number> {
  const before = await compareMigrations(client);
  const isDone = before.state === 'current' || before.state === 'newer';
  if (isDone && (!before.isAdopted || !(await mayCreate(client, before.schema)))) return 0;
  return client.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${lockKey})`;
    await tx.unsafe(`set local lock_timeout = ${lockMaxMs}`);
    const found = await readSchema(tx);
    const migrations = readMigrationFiles({ migrationsFolder });
    const { applied } = judgeSchema(found, hashesOf(migrations));
    const schema = String(found.schema);
    await tx`select set_config('search_path', ${`"${schema.replaceAll('"', '""')}"`}, true)`;
    if (found.journal === null) await createJournal(tx, applied);
    const missing = migrations.filter(({ hash }) => !applied.includes(hash));
    for (const { hash, sql } of missing) {
      for (const statement of sql) await tx.unsafe(statement);
      await tx`insert into tocsin_migrations (hash) values (${hash})`;
    }
    await assertColumns(tx);
    await writeSharedJournal(tx, hashesOf(migrations));
    return missing.length;
  });
}

/**
 * @throws {DatabaseSchemaError} the database cannot be used as it is
 * @throws when the database cannot be asked
 */
export async function compareMigrations(
  client: postgres.Sql,
): Promise<SchemaState & Pick<SchemaFacts, 'schema'>> {
  const found = await readSchema(client);
  return {
    ...judgeSchema(found, hashesOf(readMigrationFiles({ migrationsFolder }))),
    schema: found.schema,
  };
}

function hashesOf(migrations: readonly MigrationMeta[]): string[] {
  return migrations.map(({ hash }) => hash);
}

async function mayCreate(client: postgres.Sql, schema: string | null): Promise<boolean> {
  const [row] = await client`select has_schema_privilege(${schema}, 'create') as may_create`;
  return row?.may_create === true;
}

async function createJournal(
  tx: postgres.TransactionSql,
  applied: readonly string[],
): Promise<void> {
  await tx`
    create table tocsin_migrations (
      hash text primary key, applied_at timestamptz not null default now())`;
  await tx`
    insert into tocsin_migrations (hash) select unnest(string_to_array(${applied.join()}, ','))`;
}

/** All later statements rely on the columns, not on the journal. */
async function assertColumns(tx: postgres.TransactionSql): Promise<void> {
  const { columns, schema } = await readSchema(tx);
  const lacking = ownColumns.filter((column) => !columns.has(column));
  if (lacking.length === 0) return;
  throw new DatabaseSchemaError(
    `schema "${schema}" would still lack ${lacking.slice(0, 3).join(', ')} after its migrations. ` +
      'Restore it from a backup.',
  );
}

/**
 * Release 0.1 reads the journal that all programs with Drizzle share, and would migrate again if it
 * found no rows of Tocsin's there. Drizzle looks at the newest `created_at` alone and passes over
 * what is older: with 0 no row of ours hides another's migration. Skipped where this user may not
 * write.
 */
async function writeSharedJournal(
  tx: postgres.TransactionSql,
  hashes: readonly string[],
): Promise<void> {
  try {
    await tx.savepoint(async (inner) => {
      const [schema] = await inner`select to_regnamespace('drizzle') is not null as is_there`;
      if (!schema?.is_there) await inner`create schema drizzle`;
      const [table] =
        await inner`select to_regclass('drizzle.__drizzle_migrations') is not null as is_there`;
      if (!table?.is_there)
        await inner`
          create table drizzle.__drizzle_migrations (
            id serial primary key, hash text not null, created_at bigint)`;
      const shared =
        await inner`select hash from drizzle.__drizzle_migrations where created_at = 0`;
      const missing = hashes.filter((hash) => !shared.some((row) => row.hash === hash));
      if (missing.length === 0) return;
      await inner`
        update drizzle.__drizzle_migrations set created_at = 0
        where hash = any(string_to_array(${missing.join()}, ','))`;
      await inner`
        insert into drizzle.__drizzle_migrations (hash, created_at)
        select hash, 0 from unnest(string_to_array(${missing.join()}, ',')) as ours(hash)
        where not exists (select from drizzle.__drizzle_migrations m where m.hash = ours.hash)`;
    });
  } catch (error) {
    if (!notOurs.has(databaseErrorCode(error) ?? '')) throw error;
  }
}

/** This user may not write there, or the table has other columns. */
const notOurs: ReadonlySet<string> = new Set(['42501', '42703', '42804', '42809']);
