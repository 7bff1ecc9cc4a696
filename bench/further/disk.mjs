// What an event takes on disk, rows and indexes, for one sink and for three, on Postgres and on the
// embedded database; and its WAL.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../round.mjs';
import { environmentOf } from './latency.mjs';
import { makeDatabase, makeDirectory, startService, within } from './service.mjs';
import { fileOf } from './sinks.mjs';

/** After so many the size of a fresh database is measured. */
const warmEvents = 1000;
const events = 10_000;
const settleMs = 500;
/**
 * The events of this simulated tenant are of medium size; a script or a long path makes them
 * larger.
 */
const bytesMax = 10_000;
const logMbMax = 128;

export const what = 'disk';

const variants = [
  { name: 'Postgres, one sink', sinks: 1 },
  { name: 'Postgres, three sinks', sinks: 3 },
  { name: 'embedded, one sink', sinks: 1, isEmbedded: true },
];

export async function run({ sql, serverUrl, world, say, nodeOptions }) {
  const rows = [];
  for (const variant of variants) {
    const measureOne = variant.isEmbedded ? measureEmbedded : measurePostgres;
    rows.push({
      ...variant,
      ...(await measureOne({ sql, serverUrl, world, nodeOptions }, variant)),
    });
    say(`disk: ${JSON.stringify(rows.at(-1))}`);
  }
  const [{ asItGrew }] = rows;
  return {
    title: 'bytes of an event',
    how: `${events} events after ${warmEvents}, each divided by ${events}. "As it grew": what the tables, or the directory without its log, were larger by right after, which includes versions of rows that VACUUM
leaves for reuse. "Packed": after VACUUM FULL, the least. Heap and indexes are of the packed one; "raw" is the mean length of the vendor's object as text, before compression.`,
    columns: [
      '',
      'as it grew',
      'packed',
      'events',
      'their indexes',
      'deliveries',
      'their indexes',
      'raw',
      'WAL',
    ],
    rows: rows.map((row) => [
      row.name,
      ...[
        'asItGrew',
        'packed',
        'events',
        'eventsIndexes',
        'deliveries',
        'deliveriesIndexes',
        'raw',
        'wal',
      ].map((figure) => (row[figure] === undefined ? '–' : row[figure].toFixed(0))),
    ]),
    goals: [
      {
        what: 'the log of the embedded database, which does not grow with the events',
        goal: `at most ${logMbMax} MB`,
        value: `${rows.at(-1).logMb.toFixed(0)} MB, beside ${rows.at(-1).emptyMb.toFixed(0)} MB of an almost empty database`,
        isMet: rows.at(-1).logMb <= logMbMax,
      },
      {
        what: 'an event for one sink on Postgres, as it grew',
        goal: `at most ${bytesMax} bytes`,
        value: `${asItGrew.toFixed(0)} bytes`,
        isMet: asItGrew <= bytesMax,
      },
    ],
    figures: rows,
  };
}

async function measurePostgres({ sql, serverUrl, world, nodeOptions }, { sinks }) {
  const database = await makeDatabase(sql, serverUrl, 'disk');
  const tenant = await world.ask('tenant', { name: 'disk' });
  const { hookUrls } = await world.ask('receivers', { count: sinks });
  const environment = { DATABASE_URL: database.url, POLLING_INTERVAL: '1' };
  const service = await startService({ environment, file: fileOf(tenant, hookUrls), nodeOptions });
  try {
    await show(world, warmEvents);
    const before = await within(database.url, sizesOf);
    await show(world, events);
    await service.stop();
    const after = await within(database.url, sizesOf);
    const packed = await within(database.url, async (own) => {
      for (const table of ['events', 'deliveries']) await own.unsafe(`vacuum full ${table}`);
      return sizesOf(own);
    });
    return {
      asItGrew: (totalOf(after) - totalOf(before)) / events,
      wal: (after.lsn - before.lsn) / events,
      ...eachOf(packed, events + warmEvents),
    };
  } finally {
    await service.stop();
    await database.drop();
  }
}

async function measureEmbedded({ world, nodeOptions }) {
  const directory = makeDirectory();
  const tenant = await world.ask('tenant', { name: 'disk' });
  const { hookUrls } = await world.ask('receivers', { count: 1 });
  const service = await startService({
    directory,
    environment: environmentOf(tenant, hookUrls[0]),
    nodeOptions,
  });
  try {
    await show(world, warmEvents);
    const before = bytesOf(directory);
    await show(world, events);
    await service.stop();
    const after = bytesOf(directory);
    return {
      asItGrew: (after.data - before.data) / events,
      emptyMb: before.data / 2 ** 20,
      logMb: after.log / 2 ** 20,
    };
  } finally {
    await service.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Until all of them were posted and recorded. */
async function show(world, count) {
  const { posts } = await world.ask('posts');
  await world.ask('add', { name: 'disk', events: count });
  await world.ask('arrive', { posts: Math.max(...posts) + count });
  await pause(settleMs);
}

async function sizesOf(sql) {
  const [row] = await sql`
    select pg_table_size('events')::float8 as events, pg_indexes_size('events')::float8 as "eventsIndexes",
      pg_table_size('deliveries')::float8 as deliveries, pg_indexes_size('deliveries')::float8 as "deliveriesIndexes",
      (select avg(length(raw::text)) from events where source <> 'tocsin')::float8 as raw,
      (pg_current_wal_lsn() - '0/0')::float8 as lsn`;
  return row;
}

const parts = ['events', 'eventsIndexes', 'deliveries', 'deliveriesIndexes'];

function totalOf(sizes) {
  return parts.reduce((sum, part) => sum + sizes[part], 0);
}

function eachOf(sizes, count) {
  const each = Object.fromEntries(parts.map((part) => [part, sizes[part] / count]));
  return { ...each, packed: totalOf(sizes) / count, raw: sizes.raw };
}

/** Bytes of the database's files, and of its log, which does not grow with the events. */
function bytesOf(folder) {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  const sum = (some) => some.reduce((bytes, path) => bytes + statSync(path).size, 0);
  return {
    data: sum(paths.filter((path) => !path.includes('pg_wal'))),
    log: sum(paths.filter((path) => path.includes('pg_wal'))),
  };
}
