// Brings a database to the schema of this release. Any number of replicas may start at once, also through a pooler in transaction mode.
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type postgres from 'postgres';

const migrationsFolder = fileURLToPath(new URL('../../../drizzle', import.meta.url));
/** Any constant: names Tocsin's migrations among the advisory locks of the database. */
const lockKey = 7_406_241_195;
/** Who waits for a table keeps out all that come after, and a backup holds it for long: rather give up, and try again later. */
const lockMaxMs = 3000;

/**
 * Applies what is missing, all in one transaction under a transaction-level advisory lock (Drizzle's own migrator takes none, and
 * two at once on an empty database crash). Keeps Drizzle's bookkeeping table. A database of this or of a newer release is left as it is,
 * which needs no right to create anything.
 *
 * @returns the number of migrations applied
 * @throws also when something else keeps a table for 3 s, as a backup does; nothing is changed then
 */
export async function migrate(client: postgres.Sql): Promise<number> {
  if (await isMigrated(client)) return 0;
  const migrations = readMigrationFiles({ migrationsFolder });
  return client.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${lockKey})`;
    await tx.unsafe(`set local lock_timeout = ${lockMaxMs}`);
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
  return (await compareMigrations(client)).missing === 0;
}

/** How many migrations were applied, are still missing, and are unknown to this release. @throws when the database cannot be asked */
export async function compareMigrations(
  client: postgres.Sql,
): Promise<{ applied: number; missing: number; unknown: number }> {
  const known = new Set(readMigrationFiles({ migrationsFolder }).map(({ hash }) => hash));
  const [table] = await client`select to_regclass('drizzle.__drizzle_migrations') is not null as present`;
  const rows = table?.present === true ? await client`select hash from drizzle.__drizzle_migrations` : [];
  const applied = rows.map((row) => String(row.hash));
  const unknown = applied.filter((hash) => !known.has(hash)).length;
  return { applied: applied.length, missing: known.size - (applied.length - unknown), unknown };
}
