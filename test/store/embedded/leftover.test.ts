// From the embedded database to Postgres: what waited is reported, and copied once.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getTableColumns } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { openPostgres } from '../../../src/store/database.ts';
import { bringOver } from '../../../src/store/embedded/leftover.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { cursors, deliveries, events, silences, sinks } from '../../../src/store/schema.ts';
import { runIn } from '../../commands/in-process.ts';
import { createTestDatabase, environmentOf } from '../../support/database.ts';
import { createWorld } from '../../support/world.ts';
import { useEmbedded } from './opened.ts';

const place = useEmbedded();

test('what waits in DATA_DIR when DATABASE_URL is set is reported, and brought over once', async () => {
  const world = await createWorld({ database: 'embedded' });
  const { tenant, mattermost } = world;
  tenant.add('events', 2, { ageSeconds: 60 });
  expect((await runIn(world, ['once'])).code).toBe(0);
  const before = mattermost.deliveries.size;
  mattermost.fail(404, Number.POSITIVE_INFINITY);
  tenant.add('events', 3, { severity: 'VERY_HIGH' });
  expect((await runIn(world, ['once'])).code).toBe(1);
  mattermost.heal();

  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const more = environmentOf(database);
  expect((await world.run(['check'], more)).stdout).toContain(
    '3 of its deliveries wait or are dead',
  );
  const service = world.start('data', more);
  await service.ready();
  expect(service.log).toContainEqual(
    expect.objectContaining({ msg: 'an embedded database was left behind' }),
  );
  expect((await runIn(world, ['migrate', '--from-data-dir'], more)).stderr).toContain(
    'Stop Tocsin first',
  );
  await service.end('SIGKILL');
  // The service has read the last day again and delivered it; a database that it had not seen gets
  // all.
  const fresh = await createTestDatabase();
  onTestFinished(() => fresh.drop());
  const there = environmentOf(fresh);
  const sent = mattermost.posts.length;
  expect(await runIn(world, ['migrate', '--from-data-dir'], there)).toMatchObject({
    code: 0,
    stdout: 'the database is up to date\n3 deliveries brought over\n',
  });
  expect((await runIn(world, ['migrate', '--from-data-dir'], there)).stdout).toContain(
    '0 deliveries brought over',
  );
  expect((await runIn(world, ['once'], there)).code).toBe(0);
  expect(mattermost.posts.length).toBe(sent + 3);
  expect(before).toBe(4);
  expect((await world.run(['check'], there)).stdout).not.toContain('embedded database');
});

test('a source that was renamed before is announced no second time after it was brought over', async () => {
  const world = await createWorld({ database: 'embedded' });
  const file = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  const named = (id: string) => {
    writeFileSync(
      file,
      `
sources:
  ${id}: { type: deepinstinct_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}" }
sinks:
  soc: { type: mattermost, url: "\${MATTERMOST_WEBHOOK_URL}" }
`,
    );
    return { TOCSIN_CONFIG: file };
  };
  world.tenant.add('events', 3, { ageSeconds: 60 });
  expect((await runIn(world, ['once'], named('former'))).code).toBe(0);
  world.tenant.add('events', 1);
  expect((await runIn(world, ['once'], named('di'))).code).toBe(0);
  const sent = world.mattermost.posts.length;
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const there = { ...environmentOf(database), ...named('di') };
  expect((await runIn(world, ['migrate', '--from-data-dir'], there)).code).toBe(0);
  world.tenant.add('events', 1);
  expect((await runIn(world, ['once'], there)).code).toBe(0);
  expect(world.mattermost.posts.length).toBe(sent + 1);
});

test('a delivery keeps the id of its message, and what it was held by', async () => {
  const { sql } = await place.open();
  await migrate(sql);
  await sql`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
    values ('a', '1', 's', 'event', 'T', 3, '{}', '{}', '{}')`;
  await sql`
    insert into deliveries (event_id, sink, state, priority, finalized_at, remote_id, held_by,
      held_until)
    select id, 'soc', 'delivered', 2, now(), 'm1', 'group', '2026-02-03T01:02:03Z' from events`;
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const to = openPostgres(database);
  onTestFinished(() => to.$client.end());
  expect(await bringOver(sql, to)).toBe(0);
  expect(
    await to.$client`
      select remote_id, held_by, held_until = '2026-02-03T01:02:03Z' as is_same from deliveries`,
  ).toEqual([{ remote_id: 'm1', held_by: 'group', is_same: true }]);
});

/** Columns of the tables that are brought over, which the other database has to itself. */
const leftBehind = [
  // Events and silences have other numbers there.
  'events.id',
  'silences.id',
  // What a silence hid is over.
  'deliveries.silence_id',
  'cursors.updated_at',
  'silences.summarised_at',
  // Whether a sink works is found out anew.
  'sinks.reason',
  'sinks.since',
  'sinks.storm',
];

test('every column of what is brought over is copied, or is known to stay', () => {
  const statements = readFileSync(
    new URL('../../../src/store/embedded/leftover.ts', import.meta.url),
    'utf8',
  );
  const tables = { events, deliveries, cursors, silences, sinks };
  const missing = Object.entries(tables).flatMap(([table, columns]) => {
    const [, list] = statements.match(new RegExp(`insert into ${table} \\(([^)]+)\\)`)) ?? [];
    const copied = list?.split(',').map((name) => name.trim());
    return Object.values(getTableColumns(columns))
      .filter(({ name }) => !copied?.includes(name))
      .map(({ name }) => `${table}.${name}`);
  });
  expect(missing.sort()).toEqual([...leftBehind].sort());
});
