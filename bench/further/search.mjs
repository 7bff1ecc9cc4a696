// A search of many stored events: how long each kind of filter takes.
import { openPostgres } from '../../dist/src/store/database.js';
import { migrate } from '../../dist/src/store/migrate.js';
import { searchEvents } from '../../dist/src/store/search/index.js';
import { findServer } from '../postgres.mjs';
import { fill } from './many-events.mjs';

const events = Number(process.argv[2] ?? 1_000_000);
const rounds = 20;
const day = 86_400_000;

const device = (value) => ({ values: [{ kind: 'device', value }] });
const hash = (7).toString(16).padStart(64, 'ab');

const searches = [
  ['no filter', {}],
  ['the vendor’s id', { values: [{ kind: 'id', value: String(events / 2) }] }],
  ['a subject', { values: [{ kind: 'subject', value: `event/${events / 2}` }] }],
  [`a hash of ${events / 20_000} events`, { values: [{ kind: 'hash', value: hash }] }],
  [`a device of ${(events * 0.9) / 5000} events`, device('ws-4711')],
  [`a device of ${events / 10} events`, device('busy')],
  [`a device of ${(events * 0.9) / 10} events, all of them old`, device('old')],
  ['a device that nobody has', device('nobody')],
  ['the busy device, severity HIGH', { ...device('busy'), severities: [4] }],
  ['dead deliveries', { states: ['dead'] }],
  ['pending deliveries of a sink', { states: ['pending'], sink: 'soc' }],
  ['a type of one event in 1,000', { types: ['RANSOMWARE'] }],
  ['a type that nothing has', { types: ['NONE'] }],
  ['text that nothing has', { text: 'no such text' }],
  ['a day half a year ago', { sinceMs: Date.now() - 180 * day, untilMs: Date.now() - 179 * day }],
];

const server = await findServer();
const db = openPostgres({ url: server.url, prepare: true, connectionsMax: 2, silenceMs: 600_000 });
try {
  await migrate(db.$client);
  await fill(db, events);
  console.log(`${events} events; ms for one step of 50, ${rounds} times\n`);
  console.log('| Search for | Found | Median | Longest |\n| --- | --- | --- | --- |');
  for (const [name, filter] of searches) {
    const times = [];
    let found = 0;
    for (let round = 0; round <= rounds; round += 1) {
      const from = performance.now();
      const step = await searchEvents(db, filter, { range: null, limit: 50 });
      if (round > 0) times.push(performance.now() - from);
      found = `${step.events.length}${step.next === null ? '' : ', more to search'}`;
    }
    times.sort((a, b) => a - b);
    const [median, longest] = [times[rounds / 2], times.at(-1)].map((ms) => ms.toFixed(1));
    console.log(`| ${name} | ${found} | ${median} | ${longest} |`);
  }
} finally {
  await db.$client.end({ timeout: 5 });
  await server.stop();
}
