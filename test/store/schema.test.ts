// What the migrations made, as a text for reviewers: drizzle/schema.txt. `vitest run -u` writes it
// anew after a migration was added.
import { getTableConfig } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import * as schema from '../../src/store/schema.ts';
import { useDatabase } from './stored.ts';

const database = useDatabase();

async function describeSchema(): Promise<string> {
  const rows = await database().$client`
    select t.relname as name, format('  %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' else '' end,
      case a.attidentity when 'a' then ' generated always as identity' else coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') end) as line,
      1 as part, lpad(a.attnum::text, 4, '0') as place
    from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
    where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and t.relname <> 'tocsin_migrations'
    union all
    select conrelid::regclass::text, format('  constraint %s %s', conname, pg_get_constraintdef(oid)), 2, conname
    from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' and conrelid <> 'tocsin_migrations'::regclass
    union all
    select tablename, format('  %s', indexdef), 3, indexname from pg_indexes i
    where schemaname = 'public' and not exists (select 1 from pg_constraint c where c.conname = i.indexname)
    order by 1, 3, 4`;
  const tables = groupByName(rows);
  return [...tables].map(([name, lines]) => `${name}\n${lines.join('\n')}\n`).join('\n');
}

function groupByName(rows: readonly Record<string, unknown>[]): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const { name, line } of rows)
    tables.set(String(name), [...(tables.get(String(name)) ?? []), String(line)]);
  return tables;
}

test('the migrated database is what drizzle/schema.txt says', async () => {
  await expect(await describeSchema()).toMatchFileSnapshot('../../drizzle/schema.txt');
});

test('the migrations make every table and column that the code knows, and no other', async () => {
  const rows = await database().$client`
    select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'
      and table_name <> 'tocsin_migrations' order by 1`;
  const known = Object.values(schema)
    .map((table) => getTableConfig(table))
    .flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`));
  expect(rows.map(({ name }) => name)).toEqual(known.sort());
});

test('the long columns are compressed by lz4, where the server has it', async () => {
  const [server] = await database().$client`
    select enumvals @> '{lz4}' as has_lz4 from pg_settings where name = 'default_toast_compression'`;
  const rows = await database().$client`
    select attname as name, attcompression as by from pg_attribute where attrelid = 'events'::regclass and attname in ('body', 'raw')`;
  const by = server?.has_lz4 ? 'l' : '';
  expect(rows).toEqual([
    { name: 'body', by },
    { name: 'raw', by },
  ]);
});
