// What operators do to the store: look at dead deliveries and put them back, look at sources and reset them. On the embedded database a
// running service does it for the command, through the socket that locks the directory: two processes must never open it.
import type { Config } from '../config.ts';
import type { Logger } from '../core/log.ts';
import { listCursors, resetSource } from '../core/store/cursors.ts';
import type { Database } from '../core/store/database.ts';
import { listDead, redriveDead } from '../core/store/deliveries.ts';
import { askHolder, NoHolderError, type RequestHandler } from '../core/store/directory-lock.ts';
import { openStore } from '../core/store/open.ts';

export interface OperationInput {
  readonly sink?: string | undefined;
  readonly source?: string | undefined;
  readonly eventIds?: readonly number[] | undefined;
  readonly limit?: number | undefined;
}

/** By name; input and answer are JSON. */
export const operations = {
  'dead-list': (db: Database, input: OperationInput) => listDead(db, input.sink ?? null, input.limit ?? 100),
  'dead-redrive': (db: Database, input: OperationInput) => redriveDead(db, input.sink ?? null, input.eventIds ?? null),
  'source-list': (db: Database) => listCursors(db),
  'source-reset': async (db: Database, input: OperationInput) => (await resetSource(db, input.source ?? '')) ?? null,
};
export type OperationName = keyof typeof operations;
type Answer<Name extends OperationName> = Awaited<ReturnType<(typeof operations)[Name]>>;

/** Runs the operation on the configured database, wherever it is open. */
export async function operate<Name extends OperationName>(
  config: Config,
  log: Logger,
  name: Name,
  input: OperationInput,
): Promise<Answer<Name>> {
  if (config.databaseUrl === undefined) {
    const answer = await ask(config.dataDir, name, input);
    if (answer !== undefined) return answer as Answer<Name>;
  }
  const store = await openStore({
    ...config,
    log,
    onFatal: (error) => log.error({ err: error }, 'the embedded database ended'),
  });
  try {
    await store.migrate();
    return (await operations[name](store.db, input)) as Answer<Name>;
  } finally {
    await store.close();
  }
}

/** Undefined if no service runs there. @throws when it runs and cannot do it */
async function ask(directory: string, name: string, input: OperationInput): Promise<unknown> {
  try {
    const answer = await askHolder(directory, `/operations/${name}`, { method: 'POST', body: JSON.stringify(input) });
    if (answer.status !== 200)
      throw new Error(`the running service answered ${answer.status}: ${answer.body.slice(0, 200)}`);
    return JSON.parse(answer.body);
  } catch (error) {
    if (error instanceof NoHolderError) return undefined;
    throw error;
  }
}

/** The running service's side. Only who may open the directory can ask. */
export function answerOperations(db: Database): RequestHandler {
  return async (request) => {
    const name = new URL(request.url).pathname.replace('/operations/', '') as OperationName;
    if (request.method !== 'POST' || !Object.hasOwn(operations, name))
      return new Response('no such operation', { status: 404 });
    const input = JSON.parse(await request.text()) as OperationInput;
    return Response.json(await operations[name](db, input));
  };
}
