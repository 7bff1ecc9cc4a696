// Finds out which of Tocsin's migrations a database has, from a journal of Tocsin's own beside its
// tables, and from the tables themselves. Reads only; migrate.ts writes.
import { getTableConfig } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';
import { type Row, RowReader } from './row.ts';
import * as tables from './schema.ts';

/** The database cannot be used as it is. The message gives cause and remedy, and no secret. */
export class DatabaseSchemaError extends Error {
  override readonly name = 'DatabaseSchemaError';
}

/** What a connection finds in its database. */
export interface SchemaFacts {
  /** The schema that holds the tables or would; null if the search_path names none that exists. */
  readonly schema: string | null;
  /** Whether the connection itself sets the search_path, rather than its user or the database. */
  readonly isSchemaChosen: boolean;
  /** Other schemas that hold Tocsin's tables, outside the search_path. */
  readonly otherSchemas: readonly string[];
  /** `UTF8`. */
  readonly encoding: string;
  /** Hashes in Tocsin's own journal; null if there is none that this user may read. */
  readonly journal: readonly string[] | null;
  /** Hashes in the journal that releases up to 0.1 shared with every program that uses Drizzle. */
  readonly sharedJournal: readonly string[];
  /**
   * As `events.id`: the columns of the tables that the search_path finds under the names of
   * Tocsin's.
   */
  readonly columns: ReadonlySet<string>;
}

export interface SchemaState {
  readonly state: 'none' | 'behind' | 'current' | 'newer';
  /** Of this release's migrations, in no order. */
  readonly applied: readonly string[];
  /** Known from the shared journal or from the tables: the own journal has yet to be written. */
  readonly isAdopted: boolean;
}

const ownTables = Object.values(tables).map((table) => getTableConfig(table));
const ownTableNames = ownTables.map(({ name }) => name);
/** Every column that the code of this release uses, as `events.id`. */
export const ownColumns: readonly string[] = ownTables.flatMap(({ name, columns }) =>
  columns.map((column) => `${name}.${column.name}`),
);
/** Every release since the first has these tables. */
const firstTables = ['cursors', 'deliveries', 'events', 'leases'];

/** @throws when the database cannot be asked */
export async function readSchema(client: postgres.ISql): Promise<SchemaFacts> {
  const [row] = await client`
    select current_schema() as current, current_setting('server_encoding') as encoding, (
        select source in ('client', 'session') from pg_settings where name = 'search_path'
      ) as is_chosen, (
        select n.nspname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.oid = to_regclass('events')
      ) as schema, to_json(array(
        select n.nspname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relname::text = any(string_to_array(${firstTables.join()}, ','))
          and c.relkind in ('r', 'p') and n.nspname <> all(current_schemas(true))
        group by 1 having count(*) = ${firstTables.length} order by 1
      ))::text as others, to_json(array(
        select t.name || '.' || a.attname
        from unnest(string_to_array(${ownTableNames.join()}, ',')) as t(name)
          join pg_attribute a on a.attrelid = to_regclass(t.name)
            and a.attnum > 0 and not a.attisdropped
      ))::text as columns,
      coalesce(has_table_privilege(to_regclass('tocsin_migrations')::oid, 'select'), false)
        as has_journal,
      exists(
        select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'drizzle' and c.relname = '__drizzle_migrations'
          and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
      ) as has_shared`;
  const found = row!;
  return {
    schema: catalogue.textOrNull(found, 'schema') ?? catalogue.textOrNull(found, 'current'),
    isSchemaChosen: found.is_chosen === true,
    otherSchemas: catalogue.json(found, 'others'),
    encoding: catalogue.text(found, 'encoding'),
    journal: catalogue.boolean(found, 'has_journal')
      ? hashesOf(await client`select hash from tocsin_migrations`)
      : null,
    sharedJournal: catalogue.boolean(found, 'has_shared')
      ? hashesOf(await client`select hash from drizzle.__drizzle_migrations`)
      : [],
    columns: new Set(catalogue.json<string[]>(found, 'columns')),
  };
}

const catalogue = new RowReader<
  'schema' | 'current' | 'others' | 'encoding' | 'has_journal' | 'has_shared' | 'columns'
>('pg_catalog');
const journalRow = new RowReader<'hash'>('tocsin_migrations');

function hashesOf(rows: readonly Row[]): string[] {
  return rows.map((row) => journalRow.text(row, 'hash'));
}

/**
 * Pure. The shared journal counts only if the tables are there: its rows may be about another
 * schema.
 *
 * @param known the hashes of this release's migrations
 * @throws {DatabaseSchemaError} Tocsin cannot work on what is there
 */
export function judgeSchema(found: SchemaFacts, known: readonly string[]): SchemaState {
  assertUsable(found);
  const has = (name: string) => [...found.columns].some((column) => column.startsWith(`${name}.`));
  const lacking = ownColumns.filter((column) => !found.columns.has(column));
  if (found.journal !== null) return judgeJournal(found, known, lacking);
  if (firstTables.every(has)) {
    const shared = known.filter((hash) => found.sharedJournal.includes(hash));
    if (shared.length > 0) return stateOf(shared, known, true);
    // Restored from a dump that held the tables alone.
    if (lacking.length === 0) return stateOf(known, known, true);
  }
  const strangers = ownTableNames.filter(has);
  if (strangers.length > 0) throw new DatabaseSchemaError(strangersText(found, strangers));
  if (found.otherSchemas.length > 0 && !found.isSchemaChosen)
    throw new DatabaseSchemaError(elsewhereText(found));
  return stateOf([], known, false);
}

function assertUsable({ encoding, schema }: SchemaFacts): void {
  if (encoding !== 'UTF8') {
    throw new DatabaseSchemaError(
      `the encoding of the database is ${encoding}, which cannot hold every event. Create one ` +
        "with create database … encoding 'UTF8' template template0, move what this one holds, " +
        'and name the new one in the URL.',
    );
  }
  if (schema !== null) return;
  throw new DatabaseSchemaError(
    'the search_path of this user names no schema that exists there. Create the schema, or ' +
      'correct the search_path.',
  );
}

function judgeJournal(
  found: SchemaFacts,
  known: readonly string[],
  lacking: readonly string[],
): SchemaState {
  const journal = found.journal ?? [];
  const applied = known.filter((hash) => journal.includes(hash));
  if (applied.length === known.length && lacking.length > 0) {
    throw new DatabaseSchemaError(
      `its record of migrations is complete, but schema "${found.schema}" lacks ` +
        `${listOf(lacking)}. ` +
        'Restore the database from a backup; or, if nothing in it is needed, drop the table ' +
        'tocsin_migrations and what else Tocsin made there.',
    );
  }
  const isNewer = journal.some((hash) => !known.includes(hash));
  const { state } = stateOf(applied, known, false);
  return { state: state === 'current' && isNewer ? 'newer' : state, applied, isAdopted: false };
}

function stateOf(
  applied: readonly string[],
  known: readonly string[],
  isAdopted: boolean,
): SchemaState {
  if (applied.length === 0) return { state: 'none', applied, isAdopted: false };
  return { state: applied.length < known.length ? 'behind' : 'current', applied, isAdopted };
}

const chooseText = (schema: string) =>
  `add ?options=-csearch_path%3D${encodeURIComponent(schema)} to the URL`;

function strangersText({ schema }: SchemaFacts, strangers: readonly string[]): string {
  return (
    `schema "${schema}" has tables with the names of Tocsin's (${listOf(strangers)}), and no ` +
    "record that Tocsin made them. If they are another program's, give Tocsin a schema of its " +
    `own: create schema tocsin, and ${chooseText('tocsin')}. If they are Tocsin's, restore the ` +
    'table tocsin_migrations from the same backup as well.'
  );
}

function elsewhereText({ schema, otherSchemas }: SchemaFacts): string {
  const [other = ''] = otherSchemas;
  return (
    `Tocsin's tables are in schema "${other}", but this connection uses schema "${schema}". ` +
    `To go on with those, ${chooseText(other)} or correct the search_path of the user; ` +
    `to begin anew in "${schema}", ${chooseText(schema ?? '')}.`
  );
}

function listOf(names: readonly string[]): string {
  return names.length > 3
    ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
    : names.join(', ');
}
