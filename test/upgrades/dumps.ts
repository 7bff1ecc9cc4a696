// Stored databases of each level of the schema, as SQL texts in dumps/: how one is made for the
// newest level, and how one is loaded.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type postgres from 'postgres';
import { readProjectFile } from '../tree/project-files.ts';
import { root } from '../tree/source-files.ts';
import { baseTime, rows, type StoredRow } from './rows.ts';

interface Migration {
  /** `0012_calendars`. */
  readonly tag: string;
  readonly when: number;
  readonly text: string;
  readonly hash: string;
}

const journal = JSON.parse(readProjectFile('drizzle/meta/_journal.json')) as {
  readonly entries: readonly { readonly tag: string; readonly when: number }[];
};
export const migrations: readonly Migration[] = journal.entries.map(({ tag, when }) => {
  const text = readProjectFile(`drizzle/${tag}.sql`);
  return { tag, when, text, hash: createHash('sha256').update(text).digest('hex') };
});
export const newestLevel = migrations.length - 1;

/** From this level on a journal of Tocsin's own says what was migrated; before, Drizzle's. */
const ownJournalSince = 6;

/** Where the dump of a level is, from this folder. */
export const dumpFile = (level: number) => `dumps/${migrations[level]!.tag}.sql`;

/** Levels that have one. */
export function storedLevels(): number[] {
  const names = readdirSync(`${root}test/upgrades/dumps`);
  return migrations.flatMap(({ tag }, level) => (names.includes(`${tag}.sql`) ? [level] : []));
}

export function readDump(level: number): string {
  return readProjectFile(`test/upgrades/${dumpFile(level)}`);
}

/** The statements that made the schema of that level, and its journal. */
export function schemaOf(level: number): string {
  const applied = migrations.slice(0, level + 1);
  return `${applied.map(({ text }) => `${text.trimEnd()}\n`).join('')}${journalOf(applied)}`;
}

function journalOf(applied: readonly Migration[]): string {
  const shared = applied.map(({ hash, when }) =>
    applied.length > ownJournalSince ? `('${hash}', 0)` : `('${hash}', ${when})`,
  );
  const own =
    applied.length > ownJournalSince
      ? [
          'create table tocsin_migrations (hash text primary key, applied_at timestamptz not null default now());',
          `insert into tocsin_migrations (hash) values ${applied.map(({ hash }) => `('${hash}')`).join(',\n')};`,
        ]
      : [];
  return [
    'create schema drizzle;',
    'create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);',
    `insert into drizzle.__drizzle_migrations (hash, created_at) values ${shared.join(',\n')};`,
    ...own,
    '',
  ].join('\n');
}

/**
 * The rows of a level, for a database that has its schema.
 * @throws {Error} a table has no row, or a column no value in any
 */
export async function rowsOf(sql: postgres.Sql, level: number): Promise<string> {
  const columns = await columnsOf(sql);
  const chosen = rows.filter(({ since = 0 }) => since <= level);
  const lacking = [...columns].flatMap(([table, names]) =>
    names.filter((name) => !chosen.some((row) => row.table === table && name in row.values)),
  );
  const unfilled = [...columns.keys()].filter(
    (table) => !chosen.some((row) => row.table === table),
  );
  if (unfilled.length > 0) throw new Error(`rows.ts has no row of ${unfilled.join(', ')}`);
  const byDefault = ['cards'];
  const missing = lacking.filter((name) => !byDefault.includes(name));
  if (missing.length > 0) throw new Error(`rows.ts gives no value to ${missing.join(', ')}`);
  return `${chosen.map((row) => insertOf(row, columns.get(row.table)!)).join('\n')}\n${await sequencesOf(sql, chosen)}`;
}

async function columnsOf(sql: postgres.Sql): Promise<Map<string, string[]>> {
  const found = await sql`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and table_name <> 'tocsin_migrations' order by 1, ordinal_position`;
  const columns = new Map<string, string[]>();
  for (const { table, column } of found)
    columns.set(String(table), [...(columns.get(String(table)) ?? []), String(column)]);
  return columns;
}

function insertOf({ table, values }: StoredRow, columns: readonly string[]): string {
  const given = Object.entries(values).filter(([name]) => columns.includes(name));
  const names = given.map(([name]) => `"${name}"`).join(', ');
  const literals = given.map(([, value]) => literal(value)).join(', ');
  return `insert into "${table}" (${names}) overriding system value values (${literals});`;
}

function literal(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return String(value);
  return `'${textOf(value).replaceAll("'", "''")}'`;
}

/** A list of texts or numbers is an array; any other is JSON. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  return `{${value.map((item) => JSON.stringify(item)).join(',')}}`;
}

/** As if the rows after the last ones had been removed: the next number is not the next one. */
async function sequencesOf(sql: postgres.Sql, chosen: readonly StoredRow[]): Promise<string> {
  const found = await sql`
    select table_name as table from information_schema.columns
    where table_schema = 'public' and is_identity = 'YES' order by 1`;
  return found
    .map(({ table }) => {
      const ids = chosen
        .filter((row) => row.table === table)
        .map(({ values }) => Number(values.id));
      return `select setval(pg_get_serial_sequence('${table}', 'id'), ${Math.max(...ids) + 20});\n`;
    })
    .join('');
}

/**
 * Runs the dump in an empty database.
 * @param isFresh as if it had been written an hour ago
 */
export async function loadDump(sql: postgres.Sql, level: number, isFresh = false): Promise<void> {
  const text = readDump(level);
  await sql.unsafe(isFresh ? moved(text, Date.now() - 3_600_000 - baseTime) : text);
}

/** But the audit log, whose hashes are of its times. */
function moved(text: string, byMs: number): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith('insert into "audit_log"') ? line : movedLine(line, byMs)))
    .join('\n');
}

function movedLine(line: string, byMs: number): string {
  return line.replace(/2026-11-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ/g, (time) =>
    new Date(Date.parse(time) + byMs).toISOString(),
  );
}
