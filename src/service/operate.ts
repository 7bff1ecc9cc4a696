// What operators do to the store: look at dead deliveries and put them back, look at sources and reset them, make and end silences, read
// what was. On the embedded database a running service does it for the command, through the socket that locks the directory: two
// processes must never open it.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Config, loadConfig } from '../config/index.ts';
import { addSilences, type SilenceRequest, type SilencingRules } from '../core/silences/add.ts';
import type { EventKey } from '../kit/records/past.ts';
import { createLogger, type Logger } from '../observe/log.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import { dropBacklog, reassignBacklog } from '../store/backlog.ts';
import { adoptConsole, listPositions, removeSource, resetSource, takePosition } from '../store/cursors.ts';
import { type Database, databaseErrorText, openPostgres } from '../store/database.ts';
import { countDeliveries, listDead, redriveDead } from '../store/deliveries.ts';
import { dataDirectoryError } from '../store/embedded/data-directory.ts';
import { askHolder, NoHolderError, type RequestHandler } from '../store/embedded/directory-lock.ts';
import type { HolderAnswer, HolderRequest } from '../store/embedded/directory-request.ts';
import { readEvent, readPast } from '../store/history.ts';
import { listWorks } from '../store/leases.ts';
import { openStore, type Store } from '../store/open.ts';
import { endSilence, listSilences } from '../store/silences.ts';
import { listPlaces } from '../store/sinks.ts';
import { assertDatabase } from './database.ts';

/** Where the configuration is read, and what tells people which database it names. */
export interface OperatorIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  stderr(text: string): void;
}

export interface OperationInput {
  readonly sink?: string | undefined;
  readonly source?: string | undefined;
  /** Of the source, as it is configured. */
  readonly console?: string | null | undefined;
  /** The id that is to have what the source or the sink has. */
  readonly to?: string | undefined;
  readonly eventIds?: readonly number[] | undefined;
  readonly event?: EventKey | undefined;
  readonly limit?: number;
  /** Milliseconds since the epoch. */
  readonly sinceMs?: number;
  readonly afterId?: number | null;
  readonly all?: boolean;
  readonly silencing?: { readonly requests: readonly SilenceRequest[]; readonly rules: SilencingRules };
  readonly silence?: number;
  readonly owner?: string;
}

const noSilencing: SilencingRules = { maxMs: 0, sources: [], isEverythingAllowed: false };

/** By name; input and answer are JSON. */
export const operations = {
  'dead-list': (db: Database, input: OperationInput) => listDead(db, input.sink ?? null, input.limit ?? 100),
  'backlog-list': async (db: Database) => ({ counts: await countDeliveries(db), places: await listPlaces(db) }),
  'backlog-move': (db: Database, { sink = '', to = '' }: OperationInput) => reassignBacklog(db, sink, to),
  'backlog-drop': (db: Database, { sink = '' }: OperationInput) => dropBacklog(db, sink),
  'dead-redrive': (db: Database, input: OperationInput) => redriveDead(db, input.sink ?? null, input.eventIds ?? null),
  /** Of every live process, what it works. */
  'works-list': (db: Database) => listWorks(db),
  'source-list': (db: Database) => listPositions(db),
  /** One page of what may be long: whoever asks for page after page keeps no memory, nor does the service that answers. */
  'events-page': (db: Database, input: OperationInput) => readPast(db, input.sinceMs ?? 0, input.afterId ?? null),
  'event-read': (db: Database, { event }: OperationInput) => readEvent(db, event ?? { id: 0 }),
  'source-reset': async (db: Database, { source = '', console }: OperationInput) =>
    (await resetSource(db, source, console ?? undefined)) ?? null,
  'source-rename': async (db: Database, { source: from = '', to = '', console = null }: OperationInput) => {
    const taken = await takePosition(db, null, { from, to, console });
    return typeof taken === 'string' ? taken : 'done';
  },
  'source-adopt': (db: Database, { source = '', console }: OperationInput) => adoptConsole(db, source, console ?? ''),
  'source-remove': (db: Database, { source = '' }: OperationInput) => removeSource(db, source),
  'silence-add': (db: Database, { silencing }: OperationInput) =>
    addSilences(db, silencing?.requests ?? [], silencing?.rules ?? noSilencing),
  'silence-list': (db: Database, input: OperationInput) => listSilences(db, input.all ?? false, input.limit ?? 100),
  'silence-end': (db: Database, input: OperationInput) => endSilence(db, input.silence ?? 0, input.owner ?? ''),
};
export type OperationName = keyof typeof operations;
type Answer<Name extends OperationName> = Awaited<ReturnType<(typeof operations)[Name]>>;
export type Operate = <Name extends OperationName>(name: Name, input: OperationInput) => Promise<Answer<Name>>;

/** Runs the operation on the configured database, wherever it is open. */
export function operate<Name extends OperationName>(
  io: OperatorIo,
  name: Name,
  input: OperationInput,
): Promise<Answer<Name>> {
  return withOperations(loadForDatabase(io), io, (run) => run(name, input));
}

/** Looking for a database must not make one: an empty one would answer that all is well. */
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
 * For several operations in a row on the configured database, wherever it is open; says on stderr which one that is.
 * @throws {NoDatabaseError} nobody has made it yet
 */
export async function withOperations<Result>(
  config: Config,
  io: Pick<OperatorIo, 'stderr'>,
  use: (run: Operate) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl: url, dataDir } = config;
  const through = (run: (name: OperationName, input: OperationInput) => Promise<unknown>) => use(run as Operate);
  const onStore = () => withStore(config, ({ db }) => through((name, input) => operations[name](db, input)));
  if (url === undefined) {
    const isHeld = (await reach(dataDir, '/holder')) !== undefined;
    const place = `DATA_DIR (${resolve(dataDir)})`;
    if (!isHeld && !existsSync(join(dataDir, 'postgres'))) throw new NoDatabaseError(place);
    io.stderr(`tocsin: the database is the embedded one in ${place}\n`);
    return isHeld ? through((name, input) => ask(dataDir, name, input)) : onStore();
  }
  const [facts] = await assertDatabase(config);
  const place = `DATABASE_URL (${facts?.address})`;
  if (facts?.schema === 'none') throw new NoDatabaseError(place);
  io.stderr(`tocsin: the database is ${place}\n`);
  if (facts?.schema === 'behind') return onStore();
  // Without DATA_DIR, which this command neither needs nor makes.
  const db = openPostgres({ url, prepare: config.databasePrepare, connectionsMax: 2 });
  try {
    return await through((name, input) => operations[name](db, input));
  } finally {
    await db.$client.end({ timeout: 5 });
  }
}

/**
 * The same for a command that can do without the answer: it makes no directory, opens no embedded database, and migrates nothing.
 * Undefined if there is no service to ask, or no database of this release that answers.
 */
export async function peek<Name extends OperationName>(
  config: Config,
  name: Name,
  input: OperationInput,
): Promise<Answer<Name> | undefined> {
  const { databaseUrl: url, databasePrepare: prepare } = config;
  try {
    if (url === undefined) return (await ask(config.dataDir, name, input)) as Answer<Name>;
    await assertDatabase(config);
    const db = openPostgres({ url, prepare, connectionsMax: 1 });
    const answer: Promise<unknown> = operations[name](db, input);
    return (await answer.finally(() => db.$client.end({ timeout: 5 }))) as Answer<Name>;
  } catch {
    return undefined;
  }
}

/** Opens the configured database, brings it to this release's schema, and closes it again. @param use gets how many migrations that took */
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

/** Credentials and hooks may be missing. @throws {ConfigError} */
export function loadForDatabase({ env, directory }: OperatorIo): Config {
  return loadConfig({ env, directory, registries: { sources, sinks }, needs: ['database'] });
}

/** Otherwise it is starting, or its database is busy or not migrated yet. */
const remedies: Readonly<Record<number, string>> = {
  404: 'It is of another release than this command: restart it with this one.',
};

/** @throws when the service cannot do it */
async function ask(directory: string, name: string, input: OperationInput): Promise<unknown> {
  const request = { method: 'POST', body: JSON.stringify(input) };
  const answer = await reach(directory, `/operations/${name}`, request).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET') throw error;
    return undefined;
  });
  if (answer === undefined) throw new Error('the running service has stopped meanwhile. Try again.');
  if (answer.status !== 200) {
    const remedy = remedies[answer.status] ?? 'Try again in a moment.';
    throw new Error(`the running service answered ${answer.status}: ${answer.body.slice(0, 200)} ${remedy}`);
  }
  return JSON.parse(answer.body);
}

/** Undefined if no service runs there. */
async function reach(directory: string, path: string, request?: HolderRequest): Promise<HolderAnswer | undefined> {
  try {
    return await askHolder(directory, path, request);
  } catch (error) {
    if (error instanceof NoHolderError) return undefined;
    throw (error as NodeJS.ErrnoException).code === 'EACCES' ? dataDirectoryError(directory, error) : error;
  }
}

/** The running service's side. Only who may open the directory can ask. Who asks learns that it failed; why is in the log. */
export function answerOperations(db: Database, log: Logger): RequestHandler {
  return async (request) => {
    const name = new URL(request.url).pathname.replace('/operations/', '') as OperationName;
    if (request.method !== 'POST' || !Object.hasOwn(operations, name))
      return new Response('No such operation.', { status: 404 });
    const input = JSON.parse(await request.text()) as OperationInput;
    try {
      return Response.json(await operations[name](db, input));
    } catch (error) {
      log.error({ operation: name, error: databaseErrorText(error) }, 'an operation that a command asked for failed');
      throw error;
    }
  };
}
