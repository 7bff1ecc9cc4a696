// What commands find out about the database before they use it, and in which words. Changes nothing.
import type { Config } from '../config.ts';
import { DataDirectoryError } from '../core/store/data-directory.ts';
import { DatabaseUrlError, inspectDataDirectory, inspectPostgres, type PostgresFacts } from '../core/store/inspect.ts';

/** `warn` fails nothing. */
export interface DatabaseFinding {
  readonly status: 'ok' | 'warn' | 'failed';
  readonly text: string;
}

/** One finding for each place that the configuration names. Takes 10 s at most. */
export function lookAtDatabase(config: Config): Promise<DatabaseFinding[]> {
  const urls = urlsOf(config);
  const looks =
    urls.length > 0 ? urls.map(([variable, url]) => lookAtPostgres(variable, url)) : [lookAtDirectory(config)];
  return Promise.all(looks);
}

/**
 * Fails within seconds and in words, where the driver would wait for ever or give a bare code. The embedded database says for itself
 * what it lacks. @throws {DatabaseUrlError}
 */
export async function assertDatabase(config: Config): Promise<void> {
  for (const [variable, url] of urlsOf(config)) {
    const facts = await inspectPostgres(url, variable);
    const lack = lackOf(facts);
    if (lack !== undefined) throw new DatabaseUrlError(`${variable} (${facts.address}): ${lack}`);
  }
}

function urlsOf({ databaseUrl, databaseUrlDirect }: Config): (readonly [variable: string, url: string])[] {
  const urls = [['DATABASE_URL', databaseUrl] as const, ['DATABASE_URL_DIRECT', databaseUrlDirect] as const];
  return urls.flatMap(([variable, url]) => (url === undefined ? [] : [[variable, url] as const]));
}

async function lookAtPostgres(variable: string, url: string): Promise<DatabaseFinding> {
  try {
    const facts = await inspectPostgres(url, variable);
    const begin = `${variable} (${facts.address}):`;
    const lack = lackOf(facts);
    if (lack !== undefined) return { status: 'failed', text: `${begin} ${lack}` };
    const text = `${begin} Postgres ${facts.version} answers, ${schemas[facts.schema]}`;
    return { status: facts.schema === 'newer' ? 'warn' : 'ok', text };
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error;
    return { status: 'failed', text: error.message };
  }
}

const schemas: Readonly<Record<PostgresFacts['schema'], string>> = {
  none: 'and is not migrated yet: the first start will do it',
  behind: 'and is of an older release: the next start will migrate it',
  current: 'and is migrated',
  newer: 'and was migrated by a newer release. This one leaves it as it is; update it, too.',
};

/** Why Tocsin could not work there; undefined if it can. */
function lackOf({ schema, isReadOnly, mayCreateTables }: PostgresFacts): string | undefined {
  if (isReadOnly) return 'the server is a read-only standby, or the database is set so. Name the primary in the URL.';
  if (mayCreateTables || schema === 'current' || schema === 'newer') return undefined;
  return 'this user may not create tables there. Make it the owner of the database, or grant it CREATE on the database and on its schema.';
}

async function lookAtDirectory({ dataDir }: Config): Promise<DatabaseFinding> {
  try {
    const { isSound, text } = await inspectDataDirectory(dataDir);
    return { status: isSound ? 'ok' : 'failed', text };
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    return { status: 'failed', text: error.message };
  }
}
