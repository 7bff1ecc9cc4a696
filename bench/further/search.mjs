// A search of many stored events: how long each kind of filter takes.
import { keyOf } from '../../dist/src/kit/event-keys.js';
import { openPostgres } from '../../dist/src/store/database.js';
import { migrate } from '../../dist/src/store/migrate.js';
import { searchEvents } from '../../dist/src/store/search/index.js';
import { findServer } from '../postgres.mjs';

const events = Number(process.argv[2] ?? 1_000_000);
const batch = 20_000;
const rounds = 20;
const day = 86_400_000;

/**
 * One event in ten is of the device `busy`, the first tenth of the `old` one, the others of 5,000
 * devices. Hashes are of 20,000 files. A thousand deliveries are dead, and a thousand wait.
 */
async function fill({ $client: sql }) {
  const names = Array.from({ length: 5000 }, (_, n) => `ws-${n}`);
  const hashes = Array.from({ length: 20_000 }, (_, n) => n.toString(16).padStart(64, 'ab'));
  const pool = (kind, values) => `{${values.map((value) => keyOf(kind, value)).join(',')}}`;
  const [busy, old] = ['busy', 'old'].map((name) => keyOf('device', name));
  const [deviceKeys, hashKeys] = [pool('device', names), pool('hash', hashes)];
  for (let from = 0; from < events; from += batch) {
    await sql`
      with pools as materialized (
        select ${deviceKeys}::text::integer[] as device_keys,
          ${hashKeys}::text::integer[] as hash_keys
      )
      insert into events (source, external_id, subject, stream, type, severity, status, received_at,
        body, raw, routes, keys)
      select 'di', n::text, 'event/' || n, 'event',
        case when n % 1000 = 0 then 'RANSOMWARE' else 'STATIC_ANALYSIS' end, n % 6, 'OPEN',
        now() - (${events}::integer - n) * interval '1 minute',
        json_build_object('itemId', n::text, 'device', json_build_object('name', device,
            'os', 'WINDOWS', 'osVersion', 'Windows 11 Pro', 'ip', '192.0.2.' || n % 250,
            'mac', '00:00:5e:00:53:18'), 'user', 'SHOP\\operator',
          'description', 'The file is known as malicious, and the agent has put it away.',
          'file', json_build_object('hash', lpad(to_hex(n % 20000), 64, 'ab'),
            'path', 'C:\\Users\\operator\\Downloads\\setup-' || n || '.exe')),
        json_build_object('id', n, 'text', md5(n::text) || repeat(md5((n + 1)::text), 20)), '{all}',
        array[case device when 'busy' then ${busy}::integer when 'old' then ${old}::integer
            else device_keys[n % 5000 + 1] end,
          hash_keys[n % 20000 + 1]]
      from (
        select n, case when n % 10 = 0 then 'busy' when n <= ${events / 10}::integer then 'old'
          else 'ws-' || n % 5000 end as device
        from generate_series(${from + 1}::integer, ${Math.min(from + batch, events)}::integer) n
      ) g, pools`;
  }
  await sql`
    insert into deliveries (event_id, sink, state, reason, priority, finalized_at)
    select id, 'soc', state, case state when 'dead' then 'rejected' end, 1,
      case when state <> 'pending' then now() end
    from (select id, case when id % 1000 = 1 then 'dead' when id % 1000 = 2 then 'pending'
      else 'delivered' end as state from events) e`;
  await sql`vacuum analyze events, deliveries`;
}

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
  await fill(db);
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
