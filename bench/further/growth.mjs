// CPU of an event with nothing stored, with a million stored, and with a million pending for a sink
// that is dead. Each filled database takes some 3.5 kB of disk an event, so that of more, one is
// measured alone: BENCH_FILLED=10000000 BENCH_VARIANTS=pending npm run bench -- --only growth

import { freePort, postmasterOf } from '../postgres.mjs';
import { readCpu } from '../proc.mjs';
import { median } from '../report.mjs';
import { pause } from '../round.mjs';
import { makeDatabase, startService, within } from './service.mjs';
import { fileOf } from './sinks.mjs';

const warmEvents = 2000;
const events = 6000;
const filled = Number(process.env.BENCH_FILLED ?? 1_000_000);
const settleMs = 400;
const growthMax = 1.15;
/** The second of the sinks of `fileOf` is the dead one. */
const dead = 'sink-1';

const chosen = process.env.BENCH_VARIANTS?.split(',') ?? ['stored', 'pending'];
const variants = [
  { name: 'empty', what: 'nothing stored' },
  { name: 'stored', what: `${filled} stored and delivered`, state: 'delivered' },
  { name: 'pending', what: `${filled} stored, and pending for the dead sink`, state: 'pending' },
].filter(({ name }) => name === 'empty' || chosen.includes(name));

export const what = 'growth';

export async function run({ sql, serverUrl, world, rounds, say, nodeOptions }) {
  if (variants.length === 1) throw new Error('BENCH_VARIANTS names neither stored nor pending');
  const around = { sql, world, nodeOptions, postmaster: await postmasterOf(sql) };
  const { hookUrls } = await world.ask('receivers', { count: variants.length });
  const deadUrl = `http://127.0.0.1:${await freePort()}/hooks/${'x'.repeat(26)}`;
  /** Each has a receiver of its own, because the ids of their deliveries are the same. */
  const places = [];
  const runs = [];
  try {
    for (const [index, variant] of variants.entries()) {
      const database = await makeDatabase(sql, serverUrl, `growth_${variant.name}`);
      const place = { ...variant, database, index };
      places.push(place);
      const tenant = await world.ask('tenant', { name: variant.name });
      place.file = fileOf(tenant, [hookUrls[index], deadUrl]);
      await runOnce(around, place);
      if (variant.state) await within(database.url, (own) => fill(own, variant.state));
      const [{ bytes }] = await sql`select pg_database_size(${database.name})::float8 as bytes`;
      say(`growth: ${variant.what}: ${(bytes / 2 ** 20).toFixed(0)} MB`);
    }
    for (let number = 0; number < rounds; number += 1) {
      const round = {};
      for (const place of number % 2 === 0 ? places : places.toReversed()) {
        round[place.name] = await runOnce(around, place);
        say(`growth, round ${number + 1}, ${place.name}: ${JSON.stringify(round[place.name])}`);
      }
      runs.push(round);
    }
  } finally {
    for (const { database } of places) await database.drop();
  }
  return reportOf(runs);
}

function reportOf(runs) {
  const ratioOf = (name) => median(runs.map((round) => round[name].allUs / round.empty.allUs));
  const rows = variants.map(({ name, what: text }) => {
    const of = (figure) => median(runs.map((round) => round[name][figure]));
    return [
      text,
      of('perSecond').toFixed(0),
      of('cpuUs').toFixed(0),
      of('postgresUs').toFixed(0),
      of('allUs').toFixed(0),
      ratioOf(name).toFixed(2),
      String(runs.reduce((sum, round) => sum + round[name].missing, 0)),
      of('busyCores').toFixed(2),
    ];
  });
  return {
    title: `${filled} events stored, ${filled} pending`,
    how: `${events} events at once, after ${warmEvents}, for two sinks: one answers, one refuses connections. CPU until all outcomes were written, of the service and of the whole server. The databases
have the same configuration and take turns; the filled rows are copies of real ones, followed by VACUUM ANALYZE and, before each run, a checkpoint. Medians of the rounds' figures, ratios within a round.`,
    columns: [
      '',
      'events/s',
      'service CPU µs/event',
      'Postgres CPU µs/event',
      'both',
      'to nothing stored',
      'not posted',
      'busy cores',
    ],
    rows,
    goals: variants.slice(1).map(({ name, what: text }) => ({
      what: `CPU of an event, ${text}`,
      goal: `at most ${growthMax} times`,
      value: `${ratioOf(name).toFixed(2)} times`,
      isMet: ratioOf(name) <= growthMax,
    })),
    figures: runs,
  };
}

async function runOnce({ sql, world, postmaster, nodeOptions }, { name, database, index, file }) {
  await sql`checkpoint`;
  const service = await startService({
    environment: { DATABASE_URL: database.url, POLLING_INTERVAL: '1' },
    file,
    nodeOptions,
  });
  const read = () => readCpu(service.pid, postmaster);
  const show = async (count) => {
    const { posts } = await world.ask('posts');
    await world.ask('add', { name, events: count });
    return world.ask('arrive', { posts: posts[index] + count, from: index, to: index + 1 });
  };
  try {
    await show(warmEvents);
    await pause(settleMs);
    const before = read();
    const { seconds, missing } = await show(events);
    await pause(settleMs);
    const after = read();
    const each = (figure) => (after[figure] - before[figure]) / events;
    return {
      perSecond: (events - missing) / seconds,
      missing,
      cpuUs: each('process'),
      postgresUs: each('postgres'),
      allUs: each('process') + each('postgres'),
      busyCores: (after.machine - before.machine) / (after.at - before.at) / 1000,
    };
  } finally {
    await service.stop();
  }
}

/** Copies what was stored until there are `count` events; then does what autovacuum would do. */
async function fill(sql, state) {
  await sql`set synchronous_commit = off`;
  await copyEvents(sql, { count: filled, age: '30 days' });
  await sql`
    insert into deliveries (event_id, sink, state, priority, finalized_at)
    select e.id, s.sink, s.state, 5 - e.severity, case when s.state = 'delivered' then now() end
    from events e cross join (values ('sink-0', 'delivered'), (${dead}, ${state})) as s(sink, state)
    where e.external_id like 'filled-%'`;
  for (const table of ['events', 'deliveries']) await sql.unsafe(`vacuum analyze ${table}`);
  await sql`checkpoint`;
}

/** @param age when the first of them arrived; the last one did now, or `until` ago */
export async function copyEvents(sql, { count, age, until = '0 days' }) {
  const [{ places }] =
    await sql`select count(*)::int as places from events where source <> 'tocsin'`;
  await sql`
    insert into events (source, external_id, subject, stream, type, severity, status, action, occurred_at, received_at, body, raw, routes)
    select source, 'filled-' || i, subject, stream, type, severity, status, action, occurred_at,
      now() - ${age}::interval + (${age}::interval - ${until}::interval) * (i::float8 / ${count}::int), body, raw, routes
    from generate_series(1, ${count}::int) as i
    join (select *, row_number() over (order by id) - 1 as place from events where source <> 'tocsin') as e
      on e.place = i % ${places}::int`;
}
