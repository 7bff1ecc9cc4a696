// The driver's options for an address of Postgres. All of them are set here: the driver would take
// one that is absent from a PG* variable. It reads PGTARGETSESSIONATTRS in any case, which the
// configuration therefore refuses.
import { userInfo } from 'node:os';
import postgres from 'postgres';
import { type DatabaseAddress, readDatabaseUrl } from '../kit/database-url.ts';
import { createSockets } from './socket.ts';

/** The message names variable, host, cause and remedy; never password or database. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError';
}

/**
 * Options of the driver that the statements in this folder rely on; the embedded database uses them
 * too.
 */
export const driverOptions = {
  // Ids and counts are far below 2^53, so bigint comes as a number.
  types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
  fetch_types: false,
  onnotice() {},
} satisfies postgres.Options<Record<string, postgres.PostgresType>>;

export interface ConnectOptions {
  /** Name of the variable with the address, for the error if it cannot be read. */
  readonly variable?: string;
  /** Unless the address names another. */
  readonly applicationName: string;
  readonly prepare: boolean;
  readonly connectionsMax: number;
  /** A connection that has not answered for longer is cut. */
  readonly silenceMs: number;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** How long a host may take until it accepts statements. */
export const connectTimeoutDefaultMs = 5000;

/** @throws {DatabaseUrlError} */
export function addressOf(url: string, variable = 'DATABASE_URL'): DatabaseAddress {
  const read = readDatabaseUrl(url);
  if ('problem' in read) throw new DatabaseUrlError(`${variable} ${read.problem}. ${read.remedy}.`);
  return read.address;
}

/**
 * A pool; it connects at the first statement.
 * @throws {DatabaseUrlError} the address cannot be read
 */
export function connectPostgres(url: string, options: ConnectOptions): postgres.Sql {
  const address = addressOf(url, options.variable);
  const connectMs = address.connectTimeoutMs ?? connectTimeoutDefaultMs;
  const [first] = address.hosts;
  const user = address.user ?? systemUser();
  const settings = {
    ...driverOptions,
    // For the driver's messages; createSockets connects.
    ...(first !== undefined && 'socketPath' in first
      ? { host: ['localhost'], port: [5432], path: first.socketPath }
      : { host: [first!.name], port: [first!.port] }),
    user,
    // A function, because for an empty text the driver would look into PGPASSWORD.
    password: () => address.password,
    database: address.database ?? user,
    socket: createSockets({ address, silenceMs: options.silenceMs, connectMs }),
    ssl: false,
    sslnegotiation: null,
    keep_alive: null,
    debug: false,
    publications: 'alltables',
    max_pipeline: 100,
    idle_timeout: null,
    max_lifetime: () => 60 * (30 + Math.random() * 30),
    backoff: (retries: number) => Math.min(0.1 * 2 ** retries, 1),
    max: options.connectionsMax,
    prepare: options.prepare,
    // Longer than the socket's own time-out, which may move on to another host.
    connect_timeout: (connectMs / 1000) * 2,
    connection: { application_name: options.applicationName, ...address.session },
    ...options.more,
  };
  return postgres(settings as never) as unknown as postgres.Sql;
}

/** The default user, as in libpq. A container may run as a user id that has no name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    throw new DatabaseUrlError(
      'DATABASE_URL names no user, and that of this process has no name. Write it as ' +
        'postgres://user:password@host/database.',
    );
  }
}
