// Examines the database for commands before they use it, and words what is wrong. Changes nothing.
import type { Config } from '../config/index.ts';
import { DatabaseUrlError } from '../store/connection.ts';
import { DataDirectoryError } from '../store/embedded/data-directory.ts';
import { leftoverIn } from '../store/embedded/leftover.ts';
import { inspectDataDirectory, inspectPostgres, type PostgresFacts } from '../store/inspect.ts';

/** `warn` fails nothing. */
export interface DatabaseFinding {
  readonly status: 'ok' | 'warn' | 'failed';
  readonly text: string;
}

/**
 * One finding for each address in the configuration, and one more if two of them contradict each
 * other. Takes 10 s at most.
 */
export async function lookAtDatabase(config: Config): Promise<DatabaseFinding[]> {
  const urls = urlsOf(config);
  if (urls.length === 0) return [await lookAtDirectory(config)];
  const looks = await Promise.all(urls.map(([variable, url]) => lookAtPostgres(variable, url)));
  const facts = looks.flatMap((look) => look.facts ?? []);
  const difference = facts.length === urls.length ? differenceOf(facts) : undefined;
  const findings = looks.map(({ status, text }): DatabaseFinding => ({ status, text }));
  const leftover = await leftoverIn(config.dataDir);
  if (leftover !== undefined) findings.push({ status: 'warn', text: leftover });
  return difference === undefined
    ? findings
    : [...findings, { status: 'failed', text: difference }];
}

/** Two addresses that lead to different places: one would be migrated, and the other used. */
function differenceOf([one, other]: readonly PostgresFacts[]): string | undefined {
  if (one === undefined || other === undefined || one.schemaName === other.schemaName)
    return undefined;
  return (
    `DATABASE_URL leads to schema "${one.schemaName}", and DATABASE_URL_DIRECT to schema "${other.schemaName}". ` +
    'Give both the same search_path: set it for both users, or with options=-csearch_path%3D… in both URLs.'
  );
}

/**
 * Fails within seconds and says why; the driver alone would wait indefinitely or give a bare code.
 * The embedded database reports its own problems.
 * @returns the facts about each address, DATABASE_URL first; nothing for the embedded database
 * @throws {DatabaseUrlError}
 */
export async function assertDatabase(config: Config): Promise<PostgresFacts[]> {
  const found: PostgresFacts[] = [];
  for (const [variable, url] of urlsOf(config)) {
    const facts = await inspectPostgres(url, variable);
    const lack = lackOf(facts);
    if (lack !== undefined) throw new DatabaseUrlError(`${variable} (${facts.address}): ${lack}`);
    found.push(facts);
  }
  const difference = differenceOf(found);
  if (difference !== undefined) throw new DatabaseUrlError(difference);
  return found;
}

function urlsOf({
  databaseUrl,
  databaseUrlDirect,
}: Config): (readonly [variable: string, url: string])[] {
  const urls = [
    ['DATABASE_URL', databaseUrl] as const,
    ['DATABASE_URL_DIRECT', databaseUrlDirect] as const,
  ];
  return urls.flatMap(([variable, url]) => (url === undefined ? [] : [[variable, url] as const]));
}

async function lookAtPostgres(
  variable: string,
  url: string,
): Promise<DatabaseFinding & { readonly facts?: PostgresFacts }> {
  try {
    const facts = await inspectPostgres(url, variable);
    const begin = `${variable} (${facts.address}):`;
    const lack = lackOf(facts);
    if (lack !== undefined) return { status: 'failed', text: `${begin} ${lack}` };
    const text = `${begin} Postgres ${facts.version} answers, ${schemas[facts.schema]}`;
    return { status: facts.schema === 'newer' ? 'warn' : 'ok', text, facts };
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
function lackOf({
  schema,
  schemaName,
  isReadOnly,
  mayCreateTables,
  mayUseTables,
}: PostgresFacts): string | undefined {
  if (isReadOnly)
    return 'the server is a read-only standby, or the database is set so. Name the primary in the URL.';
  if (!mayUseTables) {
    return `this user may not use the tables there. Make it the owner of the database, or grant it all on the tables of the schema "${schemaName}".`;
  }
  if (mayCreateTables || schema === 'current' || schema === 'newer') return undefined;
  return `this user may not create tables there. Make it the owner of the database, or grant it CREATE on the schema "${schemaName}".`;
}

async function lookAtDirectory({ dataDir }: Config): Promise<DatabaseFinding> {
  try {
    const { isSound, isExposed, text } = await inspectDataDirectory(dataDir);
    if (isExposed) return { status: 'warn', text };
    return { status: isSound ? 'ok' : 'failed', text };
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    return { status: 'failed', text: error.message };
  }
}
