// Old events go, on a real Postgres; what waits, and what a source may show again, stays.
import { expect, test } from 'vitest';
import { startRetention } from '../../../src/core/roles/retention.ts';
import { readKeptFrom, removeExpired } from '../../../src/store/retention.ts';
import { hold, quiet, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const database = useDatabase();
const ageMs = 180 * 86_400_000;

/** So many events of one source and of about one age, each tried once. */
async function put(
  source: string,
  count: number,
  ageDays: number,
  state = 'delivered',
): Promise<void> {
  await database().$client`
    with made as (
      insert into events (source, external_id, subject, stream, type, severity, received_at, body, raw, routes)
      select ${source}, gen_random_uuid(), 'e', 'event', 'T', 3, now() - ${ageDays} * interval '1 day', '{}', '{}', '{}'
      from generate_series(1, ${count}::int)
      returning id
    ), tried as (
      insert into delivery_attempts (event_id, sink, outcome, duration_ms) select id, 'soc', 'retry', 1 from made
    )
    insert into deliveries (event_id, sink, state, reason, priority, finalized_at)
    select id, 'soc', ${state}::text, case when ${state}::text = 'dead' then 'rejected' end, 2,
      case when ${state}::text <> 'pending' then now() end from made`;
}

/** By source, age in days and state, how many events are left with a delivery and an attempt. */
async function left() {
  const rows = await database().$client`
    select e.source, round(extract(epoch from now() - e.received_at) / 86400)::int as days, d.state, count(*)::int as count
    from events e join deliveries d on d.event_id = e.id join delivery_attempts a on a.event_id = e.id
    group by 1, 2, 3 order by 1, 2 desc, 3`;
  return rows.map((row) => [row.source, row.days, row.state, row.count]);
}

/** Runs until nothing more is removed. */
async function removeOld(): Promise<void> {
  const lines: string[] = [];
  const log = {
    ...quiet,
    info: (_fields: object, text: string) => lines.push(text),
    error: quiet.error,
  };
  const lease = await hold(database(), 'job:retention');
  const worker = startRetention({ db: database(), log: log as typeof quiet, ageMs }, lease);
  expect(await until(() => lines.length > 0, 10_000)).toBe(true);
  await worker.stop();
  expect(lines).toEqual(['old events removed']);
}

test('what is old goes with its deliveries and attempts, in as many batches as it takes; what is young stays', async () => {
  await put('a', 1600, 181);
  await put('a', 1000, 179);
  await removeOld();
  expect(await left()).toEqual([['a', 179, 'delivered', 1000]]);
  for (const table of ['events', 'deliveries', 'delivery_attempts']) {
    const [row] = await database().$client.unsafe(`select count(*)::int as count from ${table}`);
    expect([table, row?.count]).toEqual([table, 1000]);
  }
});

test('dead ones go too; what still waits to be delivered never does', async () => {
  await put('a', 300, 400, 'pending');
  await put('a', 300, 300, 'dead');
  await put('a', 1000, 1);
  await removeOld();
  expect(await left()).toEqual([
    ['a', 400, 'pending', 300],
    ['a', 1, 'delivered', 1000],
  ]);
});

test('the newest thousand of each source stay, however old, for the source may show them again', async () => {
  await put('quiet', 20, 900);
  await put('a', 700, 300);
  await put('a', 800, 200);
  await removeOld();
  expect(await left()).toEqual([
    ['a', 300, 'delivered', 200],
    ['a', 200, 'delivered', 800],
    ['quiet', 900, 'delivered', 20],
  ]);
});

test('without the role nothing is removed', async () => {
  await put('a', 1100, 200);
  const lease = await hold(database(), 'job:retention');
  const stale = { ...lease, epoch: lease.epoch - 1 };
  const kept = await readKeptFrom(database());
  expect(
    await removeExpired(database(), stale, {
      kept,
      afterId: 0,
      limit: 500,
      ageMs,
      nowMs: Date.now(),
    }),
  ).toBeNull();
  expect(await left()).toEqual([['a', 200, 'delivered', 1100]]);
  expect(
    await removeExpired(database(), lease, {
      kept,
      afterId: 0,
      limit: 500,
      ageMs,
      nowMs: Date.now(),
    }),
  ).toMatchObject({
    count: 100,
  });
});

test('a source that is quiet beside a loud one keeps all it has', async () => {
  await put('quiet', 30, 900);
  await put('a', 99_990, 1);
  await put('quiet', 10, 0);
  const kept = await readKeptFrom(database());
  expect([...kept.keys()]).toEqual(['a']);
});
