// A table is copied as it is: every value, and where its numbers go on.
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { copyTable, shapeOf } from '../../../src/store/embedded/move-table.ts';
import { deliveries, events } from '../../../src/store/schema.ts';
import { createTestDatabase } from '../../support/database.ts';

async function open(): Promise<postgres.Sql> {
  const database = await createTestDatabase();
  const sql = postgres(database.directUrl, { max: 1, fetch_types: false, onnotice() {} });
  onTestFinished(async () => {
    await sql.end();
    await database.drop();
  });
  return sql;
}

test('a table is named by its columns, its key and what numbers it', () => {
  expect(shapeOf(events)).toMatchObject({ name: 'events', key: ['id'], identity: 'id' });
  expect(shapeOf(deliveries)).toMatchObject({ key: ['event_id', 'sink'], identity: null });
  expect(shapeOf(events).columns).toContainEqual({ name: 'routes', type: 'text[]' });
});

test('more than a page comes with every value, in the order of its key', async () => {
  const [from, to] = [await open(), await open()];
  await from`
    insert into events (source, external_id, subject, stream, type, severity, received_at, body, raw,
      routes, keys)
    select 'a', i, E'b\\\\ "c"', 'event', 'T', 3, '2026-11-20 12:00:00.123456+00',
      '{"a" :  1}', '{"b":"\\u0000"}', array['a,b', '', '"'], array[i, -1]
    from generate_series(1, 1001) i`;
  await from`delete from events where id > 1000 or id = 7`;
  expect(await copyTable(from, to, shapeOf(events))).toBe(999);
  const all = (sql: postgres.Sql) => sql`
    select json_agg(e::text order by id)::text as text from events e`;
  expect(await all(to)).toEqual(await all(from));
  const [next] = await to`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
    values ('a', 'new', 's', 'event', 'T', 3, '{}', '{}', '{}') returning id::int as id`;
  expect(next).toEqual({ id: 1002 });
});

test('a table with a key of two columns loses nothing at the edge of a page', async () => {
  const [from, to] = [await open(), await open()];
  await from`
    insert into deliveries (event_id, sink, state, priority)
    select i / 3, 'sink' || i % 3, 'pending', 2 from generate_series(0, 899) i`;
  expect(await copyTable(from, to, shapeOf(deliveries))).toBe(900);
  expect(await to`select count(*)::int as count from deliveries`).toEqual([{ count: 900 }]);
});

test('an empty table that had rows goes on after their numbers, and one that never had begins', async () => {
  const [from, to] = [await open(), await open()];
  expect(await copyTable(from, to, shapeOf(events))).toBe(0);
  expect(await to`select nextval('events_id_seq')::int as id`).toEqual([{ id: 1 }]);
  await from`select setval('events_id_seq', 40)`;
  await copyTable(from, to, shapeOf(events));
  expect(await to`select nextval('events_id_seq')::int as id`).toEqual([{ id: 41 }]);
});
