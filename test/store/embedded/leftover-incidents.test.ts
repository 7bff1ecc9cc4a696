// Incidents that are brought over from an embedded database: whole, once, and with the ids of the
// other one.
import { readFileSync } from 'node:fs';
import { getTableColumns, getTableName } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { openPostgres } from '../../../src/store/database.ts';
import { bringOver } from '../../../src/store/embedded/leftover.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { incidentChanges, incidents, messageEdits } from '../../../src/store/schema.ts';
import { createTestDatabase } from '../../support/database.ts';

test('an incident is brought over with its changes and its edits, and only once', async () => {
  const former = await createTestDatabase();
  const other = await createTestDatabase();
  onTestFinished(async () => {
    await former.drop();
    await other.drop();
  });
  const from = openPostgres(former);
  const to = openPostgres(other);
  onTestFinished(async () => {
    await from.$client.end();
    await to.$client.end();
  });
  await migrate(from.$client);
  await to.$client`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
    values ('b', '9', 's', 'event', 'T', 3, '{}', '{}', '{}')`;
  await from.$client`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
    values ('a', '1', 'event/1', 'event', 'T', 3, '{}', '{}', '{}'),
      ('tocsin', 'n1', 'news', 'incident', 'N', 3, '{}', '{}', '{}')`;
  await from.$client`
    insert into deliveries (event_id, sink, state, priority, finalized_at, remote_id, kind,
      to_event)
    values (1, 'soc', 'delivered', 2, now(), 'm1', 'card', null),
      (2, 'soc', 'pending', 2, null, null, 'reply', 1)`;
  await from.$client`
    insert into incidents (source, subject, event_id, state, severity, version, by, via, until)
    values ('a', 'event/1', 1, 'acknowledged', 3, 4, 'ana', 'page', '2026-02-03T01:02:03Z')`;
  await from.$client`
    insert into incident_changes (incident_id, kind, from_state, to_state, actor, via, values)
    values (1, 'acknowledged', 'open', 'acknowledged', 'ana', 'page', '{"a":"b"}')`;
  await from.$client`
    insert into message_edits (event_id, sink, wanted, done) values (1, 'soc', 4, 3)`;

  expect(await bringOver(from.$client, to)).toBe(1);
  expect(await bringOver(from.$client, to)).toBe(0);

  const [root] = await to.$client`select id from events where external_id = '1'`;
  expect(await to.$client`select event_id, state, version, by, until from incidents`).toEqual([
    expect.objectContaining({
      event_id: root!.id,
      state: 'acknowledged',
      version: 4,
      by: 'ana',
    }),
  ]);
  expect(
    await to.$client`
      select c.kind, c.actor, c.values->>'a' as a from incident_changes c
      join incidents i on i.id = c.incident_id`,
  ).toEqual([{ kind: 'acknowledged', actor: 'ana', a: 'b' }]);
  expect(await to.$client`select event_id, sink, wanted, done from message_edits`).toEqual([
    { event_id: root!.id, sink: 'soc', wanted: 4, done: 3 },
  ]);
  expect(await to.$client`select kind, to_event from deliveries where kind <> 'card'`).toEqual([
    { kind: 'reply', to_event: root!.id },
  ]);
});

/** Columns that the other database has to itself. */
const leftBehind = ['incidents.id', 'incident_changes.id'];

test('every column of incidents is copied, or is known to stay', () => {
  const statements = readFileSync(
    new URL('../../../src/store/embedded/leftover-incidents.ts', import.meta.url),
    'utf8',
  );
  const missing = [incidents, incidentChanges, messageEdits].flatMap((table) => {
    const name = getTableName(table);
    const columns = Object.values(getTableColumns(table));
    const [, list] = statements.match(new RegExp(`insert into ${name} \\(([^)]+)\\)`)) ?? [];
    const copied = list?.split(',').map((one) => one.trim());
    return columns
      .filter((column) => !copied?.includes(column.name))
      .map((column) => `${name}.${column.name}`);
  });
  expect(missing.sort()).toEqual([...leftBehind].sort());
});
