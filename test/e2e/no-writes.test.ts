// A database that answers and takes no writes: who is told of it, and that nothing is lost.
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { startFarEnd } from '../support/far-end.ts';
import { createWorld, until } from '../support/world.ts';

const failing = 'tocsin_database_writes_failing{reason="disk_full"}';
const withheld = 'tocsin_heartbeats_total{outcome="withheld"}';
const why = 'the database answers and takes no writes: its disk is full (53100)';

async function connect(url: string): Promise<postgres.Sql> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end());
  return sql;
}

/** Each write to these tables is answered as a full disk answers. @returns makes room again */
async function fillDisk(sql: postgres.Sql, tables: readonly string[]): Promise<() => Promise<void>> {
  await sql.unsafe(`create function refuse_writes() returns trigger language plpgsql as $$
    begin raise exception 'No space left on device' using errcode = 'disk_full'; end $$`);
  for (const table of tables)
    await sql`create trigger refuse_writes before insert or update or delete on ${sql(table)}
      execute function refuse_writes()`;
  return async () => void (await sql`drop function refuse_writes cascade`);
}

test('while pages alone cannot be stored the heartbeat is withheld, though every role is held and every sink is well', {
  timeout: 240_000,
}, async () => {
  const beats = await startFarEnd();
  const world = await createWorld({
    database: 'postgres',
    environment: { POLLING_INTERVAL: '1', HEARTBEAT_URL: `${beats.origin}/ping/0f1e2d3c4b5a69788796` },
  });
  const service = world.start();
  await service.ready();
  expect(await world.arrived(2)).toBe(2);
  const makeRoom = await fillDisk(await connect(world.databaseUrl!), ['events']);
  world.tenant.add('events', 3);
  expect(await until(async () => (await service.get('/readyz')).body.includes(why), 40_000)).toBe(true);
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
