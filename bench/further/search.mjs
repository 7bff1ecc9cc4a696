// A search of many stored events: how long each kind of filter takes, and the CPU of its server.
import { readFileSync } from 'node:fs';
import { openPostgres } from '../../dist/src/store/database.js';
import { migrate } from '../../dist/src/store/migrate.js';
import { searchEvents } from '../../dist/src/store/search/index.js';
import { median } from '../report.mjs';
import { fill } from './many-events.mjs';
import { makeDatabase } from './service.mjs';

const events = 1_000_000;
/** Those after which a list of what the index has not sorted in is as long as it comes. */
const unsorted = 1500;
const searchesARound = 10;
const goalMs = 50;
const day = 86_400_000;

async function leaveUnsorted({ $client: sql }) {
  await sql`alter table events set (autovacuum_enabled = off)`;
  for (let from = 0; from < unsorted; from += 100) {
    await sql`
      insert into events (source, external_id, subject, stream, type, severity, body, raw, routes,
        keys)
      select 'di', 'new/' || n, 'new/' || n, 'event', 'STATIC_ANALYSIS', 3, '{}', '{}', '{all}',
        array[n, -n, 7 * n]
      from generate_series(${from + 1}::integer, ${from + 100}::integer) n`;
  }
}

const device = (value) => ({ values: [{ kind: 'device', value }] });
const hash = (7).toString(16).padStart(64, 'ab');

/** So many of the first are exact values. */
const exact = 7;
const searches = [
  ['the vendor’s id', { values: [{ kind: 'id', value: String(events / 2) }] }],
  ['a subject', { values: [{ kind: 'subject', value: `event/${events / 2}` }] }],
  [`a hash of ${events / 20_000} events`, { values: [{ kind: 'hash', value: hash }] }],
  [`a device of ${(events * 0.9) / 5000} events`, device('ws-4711')],
  [`a device of ${events / 10} events`, device('busy')],
  [`a device of ${(events * 0.9) / 10} events, all of them old`, device('old')],
  ['a device that nobody has', device('nobody')],
  ['no filter', {}],
  ['the busy device, severity HIGH', { ...device('busy'), severities: [4] }],
  ['dead deliveries', { states: ['dead'] }],
  ['pending deliveries of a sink', { states: ['pending'], sink: 'soc' }],
  ['a type of one event in 1,000', { types: ['RANSOMWARE'] }],
  ['a type that nothing has', { types: ['NONE'] }],
  ['text that nothing has', { text: 'no such text' }],
  ['a day half a year ago', { sinceMs: Date.now() - 180 * day, untilMs: Date.now() - 179 * day }],
];

export const what = 'search';

export async function run({ sql, serverUrl, rounds, say }) {
  const database = await makeDatabase(sql, serverUrl, 'search');
  const db = openPostgres({
    ...{ url: database.url, prepare: true },
    ...{ connectionsMax: 1, silenceMs: 600_000 },
  });
  try {
    await migrate(db.$client);
    await fill(db, events);
    await leaveUnsorted(db);
    const [{ pid }] = await db.$client`select pg_backend_pid() as pid`;
    const found = [];
    for (const [title, filter] of searches) {
      found.push({ title, ...(await measure(db, { filter, pid, rounds })) });
      say(`search, ${title}: ${JSON.stringify(found.at(-1))}`);
    }
    return report(found);
  } finally {
    await db.$client.end({ timeout: 5 });
    await database.drop();
  }
}

async function measure(db, { filter, pid, rounds }) {
  const times = [];
  const search = () => searchEvents(db, filter, { range: null, limit: 50 });
  const { events: page, next } = await search();
  const before = cpuMsOf(pid);
  for (let count = 0; count < rounds * searchesARound; count += 1) {
    const from = performance.now();
    await search();
    times.push(performance.now() - from);
  }
  return {
    ...{ found: page.length, isMore: next !== null },
    ...{ ms: median(times), msMax: Math.max(...times) },
    cpuMs: (cpuMsOf(pid) - before) / times.length,
  };
}

/** Only where the server is on this machine, and Linux. */
function cpuMsOf(pid) {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

function report(found) {
  const slowest = Math.max(...found.slice(0, exact).map(({ ms }) => ms));
  return {
    title: `${events} stored events`,
    how: `One step for 50 events, with ${unsorted} newer events that the index has not sorted in yet. CPU is the server's.`,
    columns: ['search for', 'found', 'median ms', 'longest', 'CPU ms'],
    rows: found.map(({ title, found: count, isMore, ms, msMax, cpuMs }) => [
      title,
      isMore ? `${count}, and more to search` : `${count}`,
      ...[ms, msMax, cpuMs].map((value) => value.toFixed(1)),
    ]),
    goals: [
      {
        what: 'an exact value, the slowest kind',
        goal: `at most ${goalMs} ms`,
        value: `${slowest.toFixed(1)} ms`,
        isMet: slowest <= goalMs,
      },
    ],
    figures: found,
  };
}
