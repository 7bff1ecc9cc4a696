// The embedded database: PGlite in DATA_DIR, in a thread of its own, behind the same driver as a
// real server. The caller must hold the directory's lock (directory-lock.ts): two processes on one
// directory destroy the database.
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { driverOptions } from '../connection.ts';
import { unpackFolder } from './archive.ts';
import { DataDirectoryError, dataDirectoryError, ensureDataDirectory } from './data-directory.ts';
import { createCluster, Engine } from './engine.ts';
import { Maintenance } from './maintenance.ts';
import { isSeedUsable } from './seed.ts';

export interface EmbeddedOptions {
  /** Made if it is missing. The database's files are in its folder `postgres`. */
  readonly dataDir: string;
  /**
   * An archive made by make-seed.ts: a first start takes 1 s instead of some 5. Ignored if missing
   * or of another release.
   */
  readonly seedPath?: string | undefined;
  /**
   * Called when the database has ended by itself and every query fails. The process should end; a
   * restart recovers the data.
   */
  onFatal(error: Error): void;
  /** Called when a checkpoint or vacuum failed, as on a full disk; it is tried again. */
  onProblem?(error: Error): void;
  /** One statement that takes longer counts as a hung database; 60,000 by default. */
  readonly statementMsMax?: number | undefined;
  /** A transaction that waits longer for its next statement is rolled back; 30,000 by default. */
  readonly idleInTransactionMsMax?: number | undefined;
  readonly checkpointEveryMs?: number | undefined;
  readonly vacuumEveryMs?: number | undefined;
}

export interface EmbeddedDatabase {
  /**
   * One connection: statements and transactions take turns. COPY, LISTEN and session time-outs do
   * not work.
   */
  readonly sql: postgres.Sql;
  /** True if the files were made by this start. Migrations are the caller's. */
  readonly startedCold: boolean;
  /** Frees the space of deleted rows. Runs hourly by itself; call it after many deletes. */
  vacuum(): Promise<void>;
  /** Waits up to 5 s for running statements, then closes the files. May be called again. */
  close(): Promise<void>;
}

/** The major version of Postgres inside PGlite. Another version cannot read its files. */
const postgresMajor = 18;

/**
 * The process may die at any instruction without harm to the data. A power loss is another matter:
 * nothing is flushed to the disk.
 * @throws {DataDirectoryError}
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { dataDir } = options;
  const cluster = join(dataDir, 'postgres');
  await ensureDataDirectory(dataDir);
  const startedCold = !existsSync(cluster);
  if (startedCold) await create(cluster, options);
  else await checkVersion(cluster, dataDir);

  const engine = await Engine.start({
    cluster,
    onFatal: options.onFatal,
    statementMsMax: options.statementMsMax,
    idleInTransactionMsMax: options.idleInTransactionMsMax,
  }).catch((error: Error) => {
    throw startError(dataDir, error);
  });
  const sql = connect(engine);
  const maintenance = new Maintenance({
    sql,
    engine,
    onProblem: options.onProblem ?? (() => {}),
    checkpointEveryMs: options.checkpointEveryMs,
    vacuumEveryMs: options.vacuumEveryMs,
  });
  const close = async () => {
    await maintenance.stop();
    await sql.end({ timeout: engine.hasEnded ? 0 : 5 });
    await engine.close();
  };
  let closing: Promise<void> | undefined;
  return {
    sql,
    startedCold,
    vacuum: () => maintenance.vacuum(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function startError(dataDir: string, error: Error): DataDirectoryError {
  const remedy = /no space left/i.test(error.message)
    ? 'Free some space on its device; nothing is lost'
    : 'Restore the folder from a backup, or move its folder "postgres" away to start anew';
  return new DataDirectoryError(
    dataDir,
    `the embedded database does not start: ${error.message}. ${remedy}.`,
    error,
  );
}

function connect(engine: Engine): postgres.Sql {
  const options = {
    ...driverOptions,
    // All that the driver would otherwise take from PG* variables.
    host: 'embedded',
    port: 5432,
    user: 'postgres',
    database: 'postgres',
    pass: '',
    ssl: false,
    target_session_attrs: undefined,
    connection: { application_name: 'tocsin' },
    max: 1,
    // A connection costs nothing and never grows stale; the engine bounds the wait for it.
    max_lifetime: null,
    idle_timeout: null,
    connect_timeout: 0,
    backoff: () => 0.05,
    socket: () => engine.connect(),
  };
  return postgres(options as unknown as postgres.Options<Record<string, never>>) as postgres.Sql;
}

/** The folder gets its name only when it is complete, so an interrupted start does no harm. */
async function create(cluster: string, options: EmbeddedOptions): Promise<void> {
  const unfinished = `${cluster}.new`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    const isUnpacked =
      options.seedPath !== undefined && (await unpackSeed(options.seedPath, unfinished));
    if (!isUnpacked) await createCluster(unfinished);
    await rename(unfinished, cluster);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => {});
    throw dataDirectoryError(options.dataDir, error);
  }
}

/** False if there is no archive of this release, or it is damaged: then initdb makes the files. */
async function unpackSeed(seedPath: string, folder: string): Promise<boolean> {
  if (!isSeedUsable(seedPath)) return false;
  const archive = await readFile(seedPath);
  try {
    await unpackFolder(archive, folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    await rm(folder, { recursive: true, force: true });
    return false;
  }
}

async function checkVersion(cluster: string, dataDir: string): Promise<void> {
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw dataDirectoryError(dataDir, error);
      throw new DataDirectoryError(
        dataDir,
        'its folder "postgres" holds no database (PG_VERSION is missing). Restore it from a backup, or move the folder away to start anew.',
      );
    },
  );
  const major = Number(text.trim());
  if (major === postgresMajor) return;
  const remedy =
    major > postgresMajor
      ? 'Use the release of Tocsin that wrote it, or a newer one'
      : 'Use the release of Tocsin that wrote it, or move the folder "postgres" away to start anew';
  throw new DataDirectoryError(
    dataDir,
    `it was written by Postgres ${text.trim()}, and this release has ${postgresMajor}. ${remedy}.`,
  );
}
