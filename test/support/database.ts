// One database of its own for each test file, cloned from the migrated template. Needs the global
// setup's server.
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';

export interface TestDatabase {
  /**
   * A `postgres://` address whose user may do everything; through the pooler, if the run has one.
   */
  readonly url: string;
  /** Past the pooler, for what the test itself asks. */
  readonly directUrl: string;
  /** Whether statements may be prepared on `url`. */
  readonly prepare: boolean;
  /** Ends every connection to the database and removes it. */
  drop(): Promise<void>;
}

/**
 * A fresh, migrated, empty database; 20-40 ms. Drop it in `afterAll`; what is left goes when the
 * run ends.
 * @param isMigrated false: without any table, as a new installation has it
 */
export async function createTestDatabase(isMigrated = true): Promise<TestDatabase> {
  const server = inject('postgres');
  const name = `${server.prefix}_${randomBytes(5).toString('hex')}`;
  // Copying files needs a checkpoint but no WAL for each page: faster for a small template.
  const template = isMigrated ? `template "${server.template}" strategy file_copy` : '';
  await administer(server.url, `create database "${name}" ${template}`);
  const poolerUrl = inject('poolerUrl');
  const named = (address: string) => Object.assign(new URL(address), { pathname: `/${name}` }).href;
  return {
    url: named(poolerUrl ?? server.url),
    directUrl: named(server.url),
    prepare: poolerUrl === undefined,
    drop: () => administer(server.url, `drop database if exists "${name}" with (force)`),
  };
}

/** What a process needs to work on the database, as its users set it. */
export function environmentOf(
  database: Pick<TestDatabase, 'url' | 'directUrl' | 'prepare'>,
): Record<string, string> {
  const { url, directUrl, prepare } = database;
  if (prepare) return { DATABASE_URL: url };
  return { DATABASE_URL: url, DATABASE_URL_DIRECT: directUrl, DATABASE_PREPARE: 'off' };
}

async function administer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice() {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
