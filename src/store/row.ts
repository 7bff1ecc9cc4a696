// Reads rows of hand-written statements. The names come from the schema, so that a renamed column
// does not compile where it is read; each value is what the schema says, or an error names the
// column.
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { AnyPgTable } from 'drizzle-orm/pg-core';

export type Row = Readonly<Record<string, unknown>>;

type Columns<Table extends AnyPgTable> = Table['_']['columns'];

/** The names that a table's columns have in the database. */
export type ColumnOf<Table extends AnyPgTable> = {
  [Key in keyof Columns<Table>]: Columns<Table>[Key]['_']['name'];
}[keyof Columns<Table>];

/**
 * @param Name what may be read: a table's columns, and what its statements compute beside them. A
 * time is read from the milliseconds since the epoch that a statement makes of it under the
 * column's name.
 */
export class RowReader<Name extends string> {
  readonly #table: string;

  /** @param table for errors */
  constructor(table: string) {
    this.#table = table;
  }

  text(row: Row, name: Name): string {
    const value = row[name];
    if (typeof value !== 'string') throw this.#wrong(name, 'text', value);
    return value;
  }

  textOrNull(row: Row, name: Name): string | null {
    return row[name] === null ? null : this.text(row, name);
  }

  /** Also of what the driver leaves as text because it may not fit: `bigint` and `numeric`. */
  number(row: Row, name: Name): number {
    const value = row[name];
    if (typeof value === 'number') return value;
    const read = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
    if (Number.isNaN(read)) throw this.#wrong(name, 'number', value);
    return read;
  }

  numberOrNull(row: Row, name: Name): number | null {
    return row[name] === null ? null : this.number(row, name);
  }

  boolean(row: Row, name: Name): boolean {
    const value = row[name];
    if (typeof value !== 'boolean') throw this.#wrong(name, 'true or false', value);
    return value;
  }

  /** ISO 8601 in UTC. */
  time(row: Row, name: Name): string {
    return new Date(this.number(row, name)).toISOString();
  }

  timeOrNull(row: Row, name: Name): string | null {
    return row[name] === null ? null : this.time(row, name);
  }

  oneOf<Word extends string | number>(row: Row, name: Name, words: readonly Word[]): Word {
    const found = words.find((word) => word === row[name]);
    if (found === undefined) throw this.#wrong(name, words.join(', '), row[name]);
    return found;
  }

  /** An object or a list that was stored as JSON, and is read as text. */
  json<Value extends object>(row: Row, name: Name): Value {
    const value: unknown = JSON.parse(this.text(row, name));
    if (typeof value !== 'object' || value === null) throw this.#wrong(name, 'object', value);
    return value as Value;
  }

  jsonOrNull<Value extends object>(row: Row, name: Name): Value | null {
    return row[name] === null ? null : this.json(row, name);
  }

  /** The value is not repeated: it may be an attacker's. */
  #wrong(name: string, expected: string, value: unknown): Error {
    return new Error(
      `the database gave ${value === null ? 'null' : typeof value} for ${this.#table}.${name}, ` +
        `not: ${expected}. Something other than Tocsin changed this table; ` +
        'restore it from a backup.',
    );
  }
}

/**
 * For statements of the builder: the milliseconds since the epoch of a time that is never null, or
 * the milliseconds that an interval lasts.
 */
export function millisecondsOf(value: SQLWrapper): SQL<number> {
  return sql<number>`extract(epoch from ${value}) * 1000`.mapWith(Number);
}
