// A database that answers and takes no writes: it is announced to the right people, and nothing is
// lost.
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { startFarEnd } from '../support/far-end.ts';
import { createWorld, type Service, until } from '../support/world.ts';

const failing = 'tocsin_database_writes_failing{reason="disk_full"}';
const withheld = 'tocsin_heartbeats_total{outcome="withheld"}';
const why = 'the database answers and takes no writes: its disk is full (53100)';

async function connect(url: string): Promise<postgres.Sql> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end());
  return sql;
}

/** Each write to these tables is answered as a full disk answers. @returns makes room again */
async function fillDisk(
  sql: postgres.Sql,
  tables: readonly string[],
): Promise<() => Promise<void>> {
  await sql.unsafe(`create function refuse_writes() returns trigger language plpgsql as $$
    begin raise exception 'No space left on device' using errcode = 'disk_full'; end $$`);
  for (const table of tables)
    await sql`create trigger refuse_writes before insert or update or delete on ${sql(table)}
      execute function refuse_writes()`;
  return async () => void (await sql`drop function refuse_writes cascade`);
}

test('while pages alone cannot be stored the heartbeat is withheld, though every role is held and every sink is well', {
  timeout: 600_000,
}, async () => {
  const beats = await startFarEnd();
  const world = await createWorld({
    database: 'postgres',
    environment: {
      POLLING_INTERVAL: '1',
      HEARTBEAT_URL: `${beats.origin}/ping/0f1e2d3c4b5a69788796`,
    },
  });
  const service = world.start();
  await service.ready();
  expect(await world.arrived(2)).toBe(2);
  const makeRoom = await fillDisk(await connect(world.databaseUrl!), ['events']);
  world.tenant.add('events', 3);
  expect(await until(async () => (await service.get('/readyz')).body.includes(why), 40_000)).toBe(
    true,
  );
  expect(await until(async () => (await service.metric(failing)) === 1, 20_000)).toBe(true);
  expect(await until(async () => ((await service.metric(withheld)) ?? 0) > 0, 90_000)).toBe(true);
  expect(service.log.find(({ msg }) => msg === 'no heartbeat is sent')?.error).toBe(why);
  const { length } = beats.received;

  await makeRoom();
  expect(await until(() => beats.received.length > length, 40_000)).toBe(true);
  expect(await world.arrived(5)).toBe(5);
  expect(await until(async () => (await service.metric(failing)) === 0, 20_000)).toBe(true);
  expect(world.repeated()).toBe(0);
});

test('a full disk is announced once in the channel by one of two replicas, and its end once', {
  timeout: 900_000,
}, async () => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const services = [world.start('first'), world.start('second')] as const;
  for (const service of services) await service.ready();
  expect(await world.arrived(2)).toBe(2);
  const said = (pattern: RegExp) =>
    world.mattermost.posts.filter(({ text }) => pattern.test(text)).length;
  const each = async (isSo: (service: Service) => Promise<boolean>) =>
    (await Promise.all(services.map(isSo))).every(Boolean);
  const sql = await connect(world.databaseUrl!);
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`;

  const makeRoom = await fillDisk(
    sql,
    tables.map(({ name }) => name),
  );
  world.tenant.add('events', 3);
  const isFailing = async (service: Service) =>
    (await service.get('/readyz')).body.includes(why) && (await service.metric(failing)) === 1;
  expect(await until(() => each(isFailing), 60_000)).toBe(true);
  expect(
    await until(() => said(/has taken no writes since .*its disk is full \(53100\)/) > 0, 60_000),
  ).toBe(true);

  await makeRoom();
  expect(await until(() => said(/takes writes again\. It took none from/) > 0, 90_000)).toBe(true);
  // Two when the sources began, two about the disk, and the three events.
  expect(await world.arrived(7)).toBe(7);
  expect(
    await until(() => each(async (service) => (await service.metric(failing)) === 0), 20_000),
  ).toBe(true);
  expect([said(/has taken no writes/), said(/takes writes again/), world.repeated()]).toEqual([
    1, 1, 0,
  ]);
});
