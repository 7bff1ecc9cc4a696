// Copies a table of one database to another as it is: with its ids, and where they go on. Each value
// travels as the text that Postgres itself writes and reads, so no type loses anything.
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';

export interface TableShape {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Columns of the primary key, in its order. */
  readonly key: readonly string[];
  /** The column that numbers its rows by itself; null: none does. */
  readonly identity: string | null;
}

/** Of the order of a megabyte, with the objects that vendors send. */
const pageRows = 200;

export function shapeOf(table: PgTable): TableShape {
  const { name, columns, primaryKeys } = getTableConfig(table);
  const key = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
  return {
    name,
    columns: columns.map((column) => ({ name: column.name, type: column.getSQLType() })),
    key: key.map((column) => column.name),
    identity:
      columns.find(({ generatedIdentity }) => generatedIdentity !== undefined)?.name ?? null,
  };
}

const quoted = (name: string) => `"${name}"`;

/**
 * Both databases have the schema of this release, and the table is empty in `to`.
 * @param to a transaction, so that a page that fails undoes the others
 * @returns how many rows were copied
 */
export async function copyTable(
  from: postgres.ISql,
  to: postgres.ISql,
  shape: TableShape,
): Promise<number> {
  const { read, readNext, write } = statementsOf(shape);
  let count = 0;
  let page = await from.unsafe(read);
  while (page.length > 0) {
    await to.unsafe(write, [JSON.stringify(page)]);
    count += page.length;
    const last = page.at(-1)!;
    page = await from.unsafe(
      readNext,
      shape.key.map((column) => String(last[column])),
    );
  }
  if (shape.identity !== null) await copyIdentity(from, to, shape.name, shape.identity);
  return count;
}

function statementsOf({ name, columns, key }: TableShape) {
  const names = columns.map((column) => quoted(column.name)).join(', ');
  // Under a name of its own: ordered by the text, ids would not be in their order.
  const texts = columns.map((column) => `t.${quoted(column.name)}::text as ${quoted(column.name)}`);
  const keys = key.map((column) => `t.${quoted(column)}`).join(', ');
  const typeOf = new Map(columns.map((column) => [column.name, column.type]));
  const values = key.map((column, index) => `$${index + 1}::text::${typeOf.get(column)}`);
  const select = `select ${texts.join(', ')} from ${quoted(name)} t`;
  const order = `order by ${keys} limit ${pageRows}`;
  const cast = columns.map((column) => `r.${quoted(column.name)}::${column.type}`).join(', ');
  const record = columns.map((column) => `${quoted(column.name)} text`).join(', ');
  return {
    read: `${select} ${order}`,
    readNext: `${select} where (${keys}) > (${values.join(', ')}) ${order}`,
    write: `insert into ${quoted(name)} (${names}) overriding system value
      select ${cast} from json_to_recordset($1::text::json) as r(${record})`,
  };
}

/** The next row gets the number that it would have had there, also where the last ones are gone. */
async function copyIdentity(
  from: postgres.ISql,
  to: postgres.ISql,
  table: string,
  column: string,
): Promise<void> {
  const [sequence] = await from`select pg_get_serial_sequence(${table}, ${column}) as name`;
  const [row] = await from.unsafe(
    `select last_value::text as value, is_called from ${String(sequence?.name)}`,
  );
  await to`
    select setval(pg_get_serial_sequence(${table}, ${column})::regclass,
      ${String(row?.value)}::text::bigint, ${row?.is_called === true})`;
}
