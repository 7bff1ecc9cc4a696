// Brings a database to the schema of this release. Any number of replicas may start at once, also through a pooler in transaction mode.
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type postgres from 'postgres';

const migrationsFolder = fileURLToPath(new URL('../../../drizzle', import.meta.url));
/** Any constant: names Tocsin's migrations among the advisory locks of the database. */
const lockKey = 7_406_241_195;

/**
 * Applies what is missing, all in one transaction under a transaction-level advisory lock (Drizzle's own migrator takes none, and
 * two at once on an empty database crash). Keeps Drizzle's bookkeeping table. A database of a newer release is left as it is.
 *
 * @returns the number of migrations applied
 */
export async function migrate(client: postgres.Sql): Promise<number> {
  const migrations = readMigrationFiles({ migrationsFolder });
  return client.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${lockKey})`;
    await tx`create schema if not exists drizzle`;
    await tx`create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`;
    const applied = new Set((await tx`select hash from drizzle.__drizzle_migrations`).map((row) => String(row.hash)));
    let count = 0;
    for (const migration of migrations) {
      if (applied.has(migration.hash)) continue;
      for (const statement of migration.sql) await tx.unsafe(statement);
      await tx`insert into drizzle.__drizzle_migrations (hash, created_at) values (${migration.hash}, ${migration.folderMillis})`;
      count += 1;
    }
    return count;
  });
}

/** True if every migration of this release has been applied. @throws when the database cannot be asked */
export async function isMigrated(client: postgres.Sql): Promise<boolean> {
  const [table] = await client`select to_regclass('drizzle.__drizzle_migrations') is not null as present`;
  if (table?.present !== true) return false;
  const applied = new Set((await client`select hash from drizzle.__drizzle_migrations`).map((row) => String(row.hash)));
  return readMigrationFiles({ migrationsFolder }).every((migration) => applied.has(migration.hash));
}
