// Opens Postgres. The embedded database gives a `Database` of the same type, so the other files of
// this room need not know which of the two they work on.
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { areDescriptorsUsedUp, descriptorsUsedUp, isOutOfDescriptors } from '../kit/descriptors.ts';
import { connectPostgres } from './connection.ts';
import * as schema from './schema.ts';
import { idleMaxSeconds, silenceMaxMs } from './socket.ts';

/**
 * Plain reads and writes go through Drizzle's builder, hot paths through `$client`, whose
 * statements are prepared and pipelined.
 */
export type Database = PostgresJsDatabase<typeof schema> & { $client: postgres.Sql };

/** Wraps a connected driver. */
export function databaseOf(client: postgres.Sql): Database {
  return drizzle(client, { schema }) as Database;
}

export interface PostgresOptions {
  readonly url: string;
  /**
   * False for poolers in transaction mode that cannot keep prepared statements. There are no
   * transactions then, only statements.
   */
  readonly prepare: boolean;
  readonly connectionsMax?: number;
  /**
   * A connection that owes an answer for longer is cut; 30 s by default. Longer than
   * `idleMaxSeconds`, except in tests.
   */
  readonly silenceMs?: number;
}

/** Opens a pool; it connects at the first statement and again after each failure. */
export function openPostgres(options: PostgresOptions): Database {
  const client = connectPostgres(options.url, {
    applicationName: 'tocsin',
    prepare: options.prepare,
    connectionsMax: options.connectionsMax ?? 6,
    silenceMs: options.silenceMs ?? silenceMaxMs,
    more: { idle_timeout: idleMaxSeconds, ...(!options.prepare && oneAtATime) },
  });
  if (!options.prepare) Object.assign(client, { begin: refuseTransaction });
  return databaseOf(client);
}

/**
 * The driver sends an unprepared statement in two halves, and sends the first half while an earlier
 * statement still runs. When the earlier one ends, a pooler gives its server connection to another
 * client: the second half never arrives, and both sides would wait for ever.
 */
const oneAtATime = { max_pipeline: 0 };

/** The driver's `begin` needs pipelining, and would leave its transaction open in the pooler. */
function refuseTransaction(): Promise<never> {
  return Promise.reject(
    new Error('without prepared statements there are no transactions: use one statement'),
  );
}

/** Whether the driver's `begin` works there. */
export function mayTransact(client: postgres.Sql): boolean {
  return (client.begin as unknown) !== refuseTransaction;
}

/**
 * SQLSTATE of a failed statement, or the driver's code (`ECONNREFUSED`, `CONNECTION_CLOSED`);
 * undefined if neither.
 */
export function databaseErrorCode(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    const code = (e as { code?: unknown }).code;
    if (typeof code === 'string') return code;
  }
  return undefined;
}

/** SQLSTATE class 22 (data) or 54 (limits): this text will never fit, however often it is tried. */
export function isUnstorable(error: unknown): boolean {
  return /^(22|54)[0-9A-Z]{3}$/.test(databaseErrorCode(error) ?? '');
}

/**
 * A database error for the log, in at most 300 characters: never the statement or its parameters,
 * which Drizzle puts into its messages.
 */
export function databaseErrorText(error: unknown): string {
  let innermost: unknown = error;
  while (innermost instanceof Error && innermost.cause instanceof Error)
    innermost = innermost.cause;
  const code = databaseErrorCode(error);
  if (isForWantOfDescriptors(code))
    return `${code} ${descriptorsUsedUp.meaning}. ${descriptorsUsedUp.remedy}`;
  const message = innermost instanceof Error ? innermost.message : String(innermost);
  return (code === undefined ? message : `${code} ${message}`).slice(0, 300);
}

/** True also for a host name that could not be looked up for that reason. */
export function isForWantOfDescriptors(code: string | undefined): boolean {
  return (
    isOutOfDescriptors(code) || (/^(ENOTFOUND|EAI_)/.test(code ?? '') && areDescriptorsUsedUp())
  );
}
