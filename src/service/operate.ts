// Runs operations for commands on the configured database, wherever it is open: on Postgres
// directly; on the embedded database the running service does it, for two processes must never open
// one.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Config, loadConfig } from '../config/index.ts';
import { createLogger } from '../observe/log.ts';
import { type Operation, perform } from '../operations/index.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import { type Database, openPostgres } from '../store/database.ts';
import { openStore, type Store } from '../store/open.ts';
import { commandActor } from './answer.ts';
import { assertDatabase } from './database.ts';
import { ownFarEnds } from './far-ends.ts';
import { askService, isServiceRunning } from './running-service.ts';

/** Where the configuration is read from, and where people are told which database it names. */
export interface OperatorIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  stderr(text: string): void;
}

/** @throws {InputError} */
export type Operate = <In, Out>(operation: Operation<In, Out>, input: In) => Promise<Out>;

/** Runs the operation on the configured database, wherever it is open. */
export function operate<In, Out>(
  io: OperatorIo,
  operation: Operation<In, Out>,
  input: In,
): Promise<Out> {
  return withOperations(loadForDatabase(io), io, (run) => run(operation, input));
}

/** Thrown instead of creating a database: an empty one would look as if all were well. */
export class NoDatabaseError extends Error {
  override readonly name = 'NoDatabaseError';

  constructor(place: string) {
    super(
      `there is no database of Tocsin at ${place}. Is this the folder and the environment of the service? ` +
        '--env-file and --directory name them; docs/operating.md shows how for systemd, Docker and Kubernetes.',
    );
  }
}

/**
 * For several operations in a row on the configured database, wherever it is open; says on stderr
 * which one that is.
 * @throws {NoDatabaseError} nobody has made it yet
 */
export async function withOperations<Result>(
  config: Config,
  io: Pick<OperatorIo, 'stderr'>,
  use: (run: Operate) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl: url, dataDir } = config;
  const onStore = () => withStore(config, ({ db }) => operating(db, config, use));
  if (url === undefined) {
    const isHeld = await isServiceRunning(dataDir);
    const place = `DATA_DIR (${resolve(dataDir)})`;
    if (!isHeld && !existsSync(join(dataDir, 'postgres'))) throw new NoDatabaseError(place);
    io.stderr(`tocsin: the database is the embedded one in ${place}\n`);
    const actor = commandActor();
    const ask: Operate = (operation, input) => askService(dataDir, operation, { input, actor });
    return isHeld ? use(ask) : onStore();
  }
  const [facts] = await assertDatabase(config);
  const place = `DATABASE_URL (${facts?.address})`;
  if (facts?.schema === 'none') throw new NoDatabaseError(place);
  io.stderr(`tocsin: the database is ${place}\n`);
  if (facts?.schema === 'behind') return onStore();
  // Without DATA_DIR, which this command neither needs nor makes.
  const db = openPostgres({ url, prepare: config.databasePrepare, connectionsMax: 2 });
  try {
    return await operating(db, config, use);
  } finally {
    await db.$client.end({ timeout: 5 });
  }
}

async function operating<Result>(
  db: Database,
  config: Config,
  use: (run: Operate) => Promise<Result>,
): Promise<Result> {
  const actor = commandActor();
  const farEnds = ownFarEnds(config);
  try {
    return await use((operation, input) =>
      perform(operation, { db, config, actor, farEnds }, input),
    );
  } finally {
    await farEnds.close();
  }
}

/**
 * The same for a command that works without the answer too. Makes no directory, opens no embedded
 * database, and migrates nothing.
 * @returns undefined if there is no service to ask, or no database of this release that answers
 */
export async function peek<In, Out>(
  config: Config,
  operation: Operation<In, Out>,
  input: In,
): Promise<Out | undefined> {
  const { databaseUrl: url, databasePrepare: prepare } = config;
  try {
    if (url === undefined)
      return await askService(config.dataDir, operation, {
        input,
        actor: commandActor(),
      });
    await assertDatabase(config);
    const db = openPostgres({ url, prepare, connectionsMax: 1 });
    return await operating(db, config, (run) => run(operation, input)).finally(() =>
      db.$client.end({ timeout: 5 }),
    );
  } catch {
    return undefined;
  }
}

/**
 * Opens the configured database, brings it to this release's schema, and closes it again.
 * @param use gets how many migrations that took
 */
export async function withStore<Result>(
  config: Config,
  use: (store: Store, applied: number) => Promise<Result>,
): Promise<Result> {
  const log = createLogger({ level: 'error', secrets: config.secrets });
  await assertDatabase(config);
  const store = await openStore({
    ...config,
    log,
    onFatal: (error) => log.error({ err: error }, 'the embedded database ended'),
  });
  try {
    return await use(store, await store.migrate());
  } finally {
    await store.close();
  }
}

/**
 * Credentials and hooks may be missing, but for those that are needed as well.
 * @throws {ConfigError}
 */
export function loadForDatabase(
  { env, directory }: OperatorIo,
  ...more: readonly ('sources' | 'sinks')[]
): Config {
  const needs = ['database', ...more] as const;
  return loadConfig({ env, directory, registries: { sources, sinks }, needs });
}
