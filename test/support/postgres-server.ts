// Global setup: one real Postgres for the whole run, with a migrated template that each test file
// clones (database.ts). `PGBOUNCER=1` puts a pooler in transaction mode between it and what is
// tested.
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/store/migrate.ts';
import { type PgBouncer, startPgBouncer } from './pgbouncer.ts';
import { candidates } from './postgres-binaries.ts';
import { type PostgresServer, startPostgres } from './postgres-process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * The server's superuser address, the template's name, and how the names of this run's
     * databases begin.
     */
    postgres: { url: string; template: string; prefix: string };
    /** The same address through the pooler; undefined if there is none. */
    poolerUrl: string | undefined;
  }
}

/** Called by vitest before the first file; the returned function after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await chooseServer();
  const prefix = `tocsin_test_${randomBytes(4).toString('hex')}`;
  const template = `${prefix}_template`;
  let pooler: PgBouncer | undefined;
  try {
    await createTemplate(server.url, template);
    pooler = isPooled() ? await startPgBouncer(server.url) : undefined;
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('postgres', { url: server.url, template, prefix });
  project.provide('poolerUrl', pooler?.through(server.url));
  return async () => {
    await pooler?.close();
    if (server.isShared) await dropDatabases(server.url, prefix);
    await server.stop();
  };
}

function isPooled(): boolean {
  const choice = process.env.PGBOUNCER ?? '';
  if (choice !== '' && choice !== '1')
    throw new Error(`PGBOUNCER is "${choice}", but only "1" is known.`);
  return choice === '1';
}

interface ChosenServer extends Pick<PostgresServer, 'url' | 'stop'> {
  /** Somebody else's: databases must be cleaned away one by one. */
  readonly isShared: boolean;
}

async function chooseServer(): Promise<ChosenServer> {
  const url = process.env.TEST_DATABASE_URL;
  if (url !== undefined && url !== '') return { url, isShared: true, stop: async () => {} };
  const causes: string[] = [];
  for (const candidate of candidates()) {
    try {
      return { ...(await startPostgres(candidate)), isShared: false };
    } catch (error) {
      causes.push(`- ${candidate.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `The tests need a Postgres server (15 or newer), and none could be started:\n${causes.join('\n')}\n` +
      'Set TEST_DATABASE_URL to a server on which databases may be created, or install PostgreSQL.',
  );
}

async function createTemplate(url: string, name: string): Promise<void> {
  await withClient(url, (sql) => sql.unsafe(`create database "${name}"`)).catch((error: Error) => {
    throw new Error(`The test server does not let us create a database: ${error.message}`);
  });
  const address = new URL(url);
  address.pathname = `/${name}`;
  await withClient(address.href, migrate);
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  await withClient(url, async (sql) => {
    const rows = await sql<
      { name: string }[]
    >`select datname as name from pg_database where starts_with(datname, ${prefix})`;
    for (const { name } of rows) await sql.unsafe(`drop database if exists "${name}" with (force)`);
  });
}

async function withClient<Result>(
  url: string,
  use: (sql: postgres.Sql) => Promise<Result>,
): Promise<Result> {
  const sql = postgres(url, { max: 1, onnotice() {} });
  try {
    return await use(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
