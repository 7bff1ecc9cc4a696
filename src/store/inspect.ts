// Looks at the place of the store and changes nothing: what Postgres answers, or what DATA_DIR
// looks like. Explains failures to an operator.
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type postgres from 'postgres';
import { shownHosts } from '../kit/database-url.ts';
import { within } from '../kit/deadline.ts';
import { meanings, type Problem, problemOf, remedies } from '../kit/error-codes.ts';
import {
  addressOf,
  connectPostgres,
  connectTimeoutDefaultMs,
  DatabaseUrlError,
} from './connection.ts';
import { databaseErrorCode, databaseErrorText, isForWantOfDescriptors } from './database.ts';
import {
  assertOurs,
  DataDirectoryError,
  dataDirectoryError,
  exposureOfDirectory,
} from './embedded/data-directory.ts';
import { askHolder, NoHolderError } from './embedded/directory-lock.ts';
import { DatabaseSchemaError } from './journal.ts';
import { compareMigrations } from './migrate.ts';

export interface PostgresFacts {
  /** `host:port`. */
  readonly address: string;
  /** `16.4 (Debian 16.4-1)`. */
  readonly version: string;
  readonly schema: 'none' | 'behind' | 'current' | 'newer';
  /** Where the tables are or will be: `public`. */
  readonly schemaName: string;
  readonly isReadOnly: boolean;
  readonly mayCreateTables: boolean;
  /** Whether this user may read and write the tables that exist; true if there are none. */
  readonly mayUseTables: boolean;
}

/** For the answers, beyond what a host may take to connect. */
const answersMs = 5000;

/**
 * Reads a few settings over a connection of its own, for 10 s at most unless the URL allows a host
 * more.
 * @param variable the name of the variable that holds the URL, for the message
 * @throws {DatabaseUrlError}
 */
export async function inspectPostgres(url: string, variable: string): Promise<PostgresFacts> {
  const parsed = addressOf(url, variable);
  const waitMs = answersMs + (parsed.connectTimeoutMs ?? connectTimeoutDefaultMs);
  const client = connectPostgres(url, {
    variable,
    applicationName: 'tocsin check',
    prepare: false,
    connectionsMax: 1,
    silenceMs: waitMs,
  });
  const address = shownHosts(parsed);
  const late = () => {
    throw new Error('late');
  };
  try {
    return await within(readFacts(client, address), waitMs, late);
  } catch (error) {
    throw new DatabaseUrlError(
      `${variable} (${address}): ${problemText(error, client.options.database)}`,
    );
  } finally {
    await client.end({ timeout: 0 });
  }
}

async function readFacts(client: postgres.Sql, address: string): Promise<PostgresFacts> {
  const { state: schema, schema: schemaName } = await compareMigrations(client);
  const [row] = await client`
    select current_setting('server_version') as version,
      current_setting('transaction_read_only') = 'on' as is_read_only,
      coalesce(has_schema_privilege(${schemaName}, 'create'), false) as may_create,
      coalesce((select bool_and(has_table_privilege(c.oid, 'select')
          and has_table_privilege(c.oid, 'insert') and has_table_privilege(c.oid, 'update'))
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = ${schemaName}
          and c.relname in ('events', 'deliveries', 'cursors', 'leases')), true) as may_use`;
  const {
    version,
    is_read_only: isReadOnly,
    may_create: mayCreateTables,
    may_use: mayUseTables,
  } = row!;
  return {
    address,
    version: String(version),
    schema,
    schemaName: String(schemaName),
    isReadOnly,
    mayCreateTables,
    mayUseTables,
  };
}

const escapes =
  'Write it as postgres://user:password@host:5432/database; in the password, write @ as %40, / as %2F, # as %23 and % as %25.';
const silent =
  'nothing answers there as Postgres does. Check host and port, whether it is another service, and a firewall or pooler on the way.';
const starting = 'the server is starting or stopping. Try again in a moment.';

/** By SQLSTATE, by the driver's codes, and by those that mean more here than elsewhere. */
const byCode: Readonly<Record<string, string>> = {
  '28P01': `the server refuses user or password. Correct them. ${escapes}`,
  '28000':
    'the server does not let this user in from here. Check the user, its pg_hba.conf, and whether it wants TLS (add ?sslmode=require to the URL).',
  '3D000': 'the database does not exist there. Create it, or correct the last part of the URL.',
  '42501': 'this user may not do that there. Make it the owner of the database.',
  '53300': 'the server has no connection free. Raise max_connections there, or stop something.',
  '57P03': starting,
  '57P01': starting,
  ENOENT:
    'there is no such socket. Check that Postgres runs on this machine, and the folder of its socket.',
  CONNECT_TIMEOUT: silent,
  CONNECTION_CLOSED: silent,
  ECONNRESET:
    'the connection was cut before Postgres answered. Check that the port is that of Postgres, and that it speaks TLS if the URL says sslmode.',
  TLS_REFUSED:
    'the server does not speak TLS, which sslmode in the URL asks for. Switch it on there, or set sslmode=prefer.',
  READ_ONLY_SERVER:
    'no server there takes writes, which target_session_attrs asks for. Name the primary in the URL, or wait for it.',
};

const byProblem: Readonly<Partial<Record<Problem, string>>> = {
  refused: `${meanings.refused}. Check that Postgres runs and listens on this address, and the port.`,
  unresolved: `${meanings.unresolved}. ${remedies.unresolved}`,
  unreachable: `${meanings.unreachable}. Check host, port, network and firewall.`,
  untrusted: `${meanings.untrusted}. Let sslrootcert in the URL, or NODE_EXTRA_CA_CERTS, name a PEM file with its authority.`,
  expired: `${meanings.expired}. ${remedies.expired}`,
  not_yet_valid: `${meanings.not_yet_valid}. ${remedies.not_yet_valid}`,
  misnamed: `${meanings.misnamed}. Name the host as the certificate does, or set sslmode=verify-ca if the chain is enough.`,
};

function wordsFor(code: string): string | undefined {
  if (Object.hasOwn(byCode, code)) return byCode[code];
  const problem = problemOf(code);
  return problem && byProblem[problem];
}

/**
 * Why Postgres cannot be used and what to do, for the end of a sentence that begins with the
 * variable. Hides the name of the database.
 */
export function problemText(error: unknown, database: string): string {
  if ((error as Error).message === 'late') return silent;
  if (error instanceof DatabaseSchemaError) return error.message;
  const code = databaseErrorCode(error) ?? '';
  if (isForWantOfDescriptors(code)) return databaseErrorText(error);
  const words = wordsFor(code);
  if (words !== undefined) return words.replace('.', ` (${code}).`);
  const text = databaseErrorText(error);
  const hidden = database.length < 4 ? text : text.replaceAll(database, '[database]');
  return `${hidden}. Check the server and the URL.`;
}

/** `text` is a whole sentence: who holds DATA_DIR, or what the first start will find. */
export interface DirectoryFacts {
  readonly isSound: boolean;
  /** Others may write there, or it belongs to another user and root looks at it. */
  readonly isExposed?: boolean;
  readonly text: string;
}

/**
 * Neither opens nor makes anything: beside a running service that would destroy the database.
 * @throws {DataDirectoryError}
 */
export async function inspectDataDirectory(directory: string): Promise<DirectoryFacts> {
  const begin = `DATA_DIR (${resolve(directory)}):`;
  const isThere = await isWritable(directory, directory);
  const isRoot = process.getuid?.() === 0;
  if (isThere && !isRoot) await assertOurs(directory);
  if (!isThere) await assertNearest(directory, dirname(resolve(directory)));
  // Also finds that the path is too long for the socket that locks it.
  const holder = await holderOf(directory);
  if (holder !== undefined) return { isSound: true, text: `${begin} ${holder}` };
  if (!isThere) return { isSound: true, text: `${begin} the first start makes it` };
  const foreign = isRoot ? await foreignIn(directory) : undefined;
  if (foreign !== undefined) return { isSound: true, isExposed: true, text: foreign };
  const exposure = await exposureOfDirectory(directory);
  if (exposure !== undefined) return { isSound: true, isExposed: true, text: exposure };
  const cluster = join(directory, 'postgres');
  if (!(await isWritable(directory, cluster)))
    return {
      isSound: true,
      text: `${begin} can be written; the first start makes the embedded database`,
    };
  return { isSound: true, text: `${begin} can be written, and holds the embedded database` };
}

/**
 * For root: it may look at another user's files, since the service may run as a user of its own,
 * but must not start on them. Undefined if nothing belongs to another user.
 */
async function foreignIn(directory: string): Promise<string | undefined> {
  try {
    await assertOurs(directory);
    return undefined;
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    return `${error.message} A service that runs as that user may have it so.`;
  }
}

/**
 * False if it does not exist.
 * @throws {DataDirectoryError} it is no directory, or this user may not write there
 */
async function isWritable(dataDir: string, path: string): Promise<boolean> {
  try {
    // With the dot, a file fails.
    await access(`${path}/.`, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw dataDirectoryError(dataDir, error);
  }
}

async function assertNearest(dataDir: string, folder: string): Promise<void> {
  if (!(await isWritable(dataDir, folder))) await assertNearest(dataDir, dirname(folder));
}

async function holderOf(directory: string): Promise<string | undefined> {
  try {
    const { body } = await askHolder(directory, '/holder', { timeoutMs: 2000 });
    const { pid, host } = JSON.parse(body) as { pid: number; host: string };
    return `a running service holds it (process ${pid} on host ${host})`;
  } catch (error) {
    if (error instanceof NoHolderError) return undefined;
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof DataDirectoryError || code !== undefined)
      throw dataDirectoryError(directory, error);
    return 'a process that does not answer holds it';
  }
}
