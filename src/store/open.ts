// Opens the store of a command: Postgres by its URL, or the embedded database in DATA_DIR. Also
// gives this process its identity.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type postgres from 'postgres';
import { connectPostgres } from './connection.ts';
import { type Database, databaseErrorText, databaseOf, openPostgres } from './database.ts';
import { DataDirectoryError, exposureOfDirectory } from './embedded/data-directory.ts';
import { type DirectoryLock, lockDirectory } from './embedded/directory-lock.ts';
import { type Instance, takeInstance } from './embedded/instance.ts';
import { bringOver, dropNote, leftoverIn, writeNote } from './embedded/leftover.ts';
import { assertNotMoved } from './embedded/moved.ts';
import { openEmbedded } from './embedded/open.ts';
import { seedPath } from './embedded/seed.ts';
import { DatabaseSchemaError } from './journal.ts';
import { compareMigrations, migrate } from './migrate.ts';

/** Where the store logs what it notices by itself; the service's logger fits. */
export interface StoreLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface StoreOptions {
  readonly databaseUrl?: string | undefined;
  /** For migrations, past a pooler. */
  readonly databaseUrlDirect?: string | undefined;
  readonly databasePrepare: boolean;
  readonly dataDir: string;
  readonly log: StoreLog;
  /** Called when the embedded database has ended by itself: the process should end. */
  onFatal(error: Error): void;
}

export interface Store {
  readonly kind: 'postgres' | 'embedded';
  readonly db: Database;
  readonly instance: Instance;
  /** Held for the embedded database always, for Postgres if DATA_DIR could be locked. */
  readonly lock: DirectoryLock | undefined;
  /** Brings the schema up to this release. @throws when the database does not answer */
  migrate(): Promise<number>;
  /** @throws when the database does not answer, or has lost its tables */
  ping(): Promise<void>;
  /**
   * A warning about deliveries in an embedded database that is no longer in use; undefined if there
   * are none.
   */
  leftover(): Promise<string | undefined>;
  /**
   * Copies what is in the embedded database of DATA_DIR. This store must be migrated.
   * @returns how many deliveries came that wait or are dead; undefined if there is no such database
   * @throws {DataDirectoryError}
   */
  bringOver(): Promise<number | undefined>;
  close(): Promise<void>;
}

/**
 * Postgres need not answer yet: it connects at the first statement.
 * @throws {DataDirectoryError} the embedded database cannot be opened, or another process has it
 */
export function openStore(options: StoreOptions): Promise<Store> {
  return options.databaseUrl === undefined
    ? openEmbeddedStore(options)
    : openPostgresStore(options, options.databaseUrl);
}

async function openEmbeddedStore(options: StoreOptions): Promise<Store> {
  const lock = await lockDirectory(options.dataDir);
  try {
    await assertNotMoved(options.dataDir);
    const instance = await takeInstance(options.dataDir);
    const warning = await exposureOfDirectory(options.dataDir);
    if (warning !== undefined)
      options.log.info({ warning }, 'the directory of the database is open to others');
    const embedded = await openEmbedded({
      dataDir: options.dataDir,
      seedPath,
      onFatal: options.onFatal,
      onProblem: (error) =>
        options.log.error(
          { error: databaseErrorText(error) },
          'upkeep of the embedded database failed; it is tried again',
        ),
    });
    await dropNote(options.dataDir);
    return {
      kind: 'embedded',
      db: databaseOf(embedded.sql),
      instance,
      lock,
      migrate: () => migrate(embedded.sql),
      ping: () => ping(embedded.sql),
      leftover: async () => undefined,
      bringOver: async () => undefined,
      async close() {
        await writeNote(options.dataDir, embedded.sql);
        await embedded.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openPostgresStore(options: StoreOptions, url: string): Promise<Store> {
  const { lock, instance } = await identify(options);
  const db = openPostgres({ url, prepare: options.databasePrepare });
  return {
    kind: 'postgres',
    db,
    instance,
    lock,
    async migrate() {
      const applied = await migrateBy(options.databaseUrlDirect ?? url);
      if (options.databaseUrlDirect !== undefined) await assertSamePlace(db.$client);
      return applied;
    },
    ping: () => ping(db.$client),
    leftover: () => leftoverIn(options.dataDir),
    async bringOver() {
      if (!existsSync(join(options.dataDir, 'postgres'))) return undefined;
      if (lock === undefined)
        throw new DataDirectoryError(
          options.dataDir,
          'another process has it. Stop Tocsin first, then try again.',
        );
      await assertNotMoved(options.dataDir);
      const embedded = await openEmbedded({ dataDir: options.dataDir, onFatal: options.onFatal });
      try {
        await dropNote(options.dataDir);
        await migrate(embedded.sql);
        return await bringOver(embedded.sql, db);
      } finally {
        await writeNote(options.dataDir, embedded.sql);
        await embedded.close();
      }
    },
    async close() {
      await db.$client.end({ timeout: 5 });
      await lock?.release();
    },
  };
}

/** @throws {DatabaseSchemaError} what was migrated is not what will be used */
async function assertSamePlace(client: postgres.Sql): Promise<void> {
  const { state, schema } = await compareMigrations(client);
  if (state === 'current' || state === 'newer') return;
  throw new DatabaseSchemaError(
    `DATABASE_URL leads to schema "${schema}", which lacks the tables that were made through DATABASE_URL_DIRECT. ` +
      'Let both name the same database, and give their users the same search_path.',
  );
}

/**
 * With Postgres, DATA_DIR holds only the identity of this process. Without it, the roles of a
 * killed process become free only after 20 s.
 */
async function identify(
  options: StoreOptions,
): Promise<{ lock: DirectoryLock | undefined; instance: Instance }> {
  let lock: DirectoryLock | undefined;
  try {
    lock = await lockDirectory(options.dataDir);
    return { lock, instance: await takeInstance(options.dataDir) };
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    await lock?.release();
    options.log.info(
      { reason: error.message },
      'no identity in DATA_DIR: after a kill, the roles are free only when the heartbeat has expired',
    );
    return {
      lock: undefined,
      instance: { id: randomUUID(), predecessor: null, async remember() {} },
    };
  }
}

/** Reads one of our tables: a database that was lost and made anew answers, but has none. */
async function ping(client: postgres.Sql): Promise<void> {
  await client`select 1 from leases limit 1`;
}

/** A statement of a migration may take long on a large table. */
const migrationSilenceMs = 3_600_000;

async function migrateBy(url: string): Promise<number> {
  const client = connectPostgres(url, {
    variable: 'DATABASE_URL_DIRECT',
    applicationName: 'tocsin migrate',
    // Each statement runs once, and without DATABASE_URL_DIRECT a pooler may be in between.
    prepare: false,
    connectionsMax: 1,
    silenceMs: migrationSilenceMs,
  });
  try {
    return await migrate(client);
  } finally {
    await client.end({ timeout: 5 });
  }
}
