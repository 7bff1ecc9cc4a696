// What incidents cost whoever has none, and what they cost at most: the look-up of a due delivery, in
// turns with and without it, and the counts for the metrics.
import { openPostgres } from '../../dist/src/store/database.js';
import { takeDue } from '../../dist/src/store/deliveries/index.js';
import { countEdits } from '../../dist/src/store/edits.js';
import { readFirsts } from '../../dist/src/store/firsts.js';
import { countIncidents } from '../../dist/src/store/incident-list.js';
import { median } from '../report.mjs';
import { makeDatabase, migrate } from './service.mjs';

const events = 100_000;
const touched = 10_000;
const takes = 40;
const goal = 1.1;
const severities = [0, 1, 2, 3, 4, 5];

export const what = 'incidents';

export async function run({ sql, serverUrl, rounds, say }) {
  const database = await makeDatabase(sql, serverUrl, 'incidents');
  const db = openPostgres({ url: database.url, prepare: true, connectionsMax: 2 });
  try {
    await migrate(database.url);
    await fill(db.$client);
    const none = await measure(db, rounds, (line) => say(`incidents, none: ${line}`));
    await touch(db.$client);
    const many = await measure(db, rounds, (line) => say(`incidents, ${touched}: ${line}`));
    return reportOf({ none, many });
  } finally {
    await db.$client.end({ timeout: 5 });
    await database.drop();
  }
}

async function fill(client) {
  await client`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes, keys)
    select 'di', n::text, n::text, 'event', 'STATIC_ANALYSIS', 1 + n % 5,
      json_build_object('device', json_build_object('name', 'ws-' || n % 5000)), '{}', '{all}', '{}'
    from generate_series(1, ${events}::integer) n`;
  await client`
    insert into deliveries (event_id, sink, state, priority) select id, 'soc', 'pending', 3 from events`;
  await client`analyze`;
}

/** Each of the oldest was acknowledged, and its message waits for an edit. */
async function touch(client) {
  await client`
    insert into incidents (source, subject, event_id, state, severity)
    select source, subject, id, 'acknowledged', severity from events order by id limit ${touched}`;
  await client`
    insert into incident_changes (incident_id, kind, from_state, to_state, actor, via)
    select id, 'acknowledged', 'open', 'acknowledged', 'ana', 'api' from incidents`;
  await client`
    insert into message_edits (event_id, sink, wanted)
    select event_id, 'late', 1 from incidents`;
  await client`
    insert into deliveries (event_id, sink, state, priority, remote_id, finalized_at)
    select event_id, 'late', 'delivered', 3, 'post', now() from incidents`;
  await client`analyze`;
}

/** The same database, but no statement looks whether there are incidents, so that none is read. */
const look = 'exists (select 1 from incidents)';

function withoutIncidents(db) {
  const { $client } = db;
  const client = (parts, ...values) =>
    $client(
      Object.assign(
        parts.map((part) => part.replace(look, 'false')),
        { raw: parts.raw },
      ),
      ...values,
    );
  return { ...db, $client: Object.assign(client, $client) };
}

async function measure(db, rounds, say) {
  const plain = withoutIncidents(db);
  const times = { with: [], without: [] };
  const take = async (name, on) => {
    const began = performance.now();
    const due = await takeDue(on, { sink: 'soc', limit: 100 });
    times[name].push(performance.now() - began);
    if (due.length !== 100) throw new Error(`${due.length} deliveries were due, not 100`);
    return due;
  };
  // Statements are prepared by now, and the bypass is seen to bypass.
  const known = (due) => due.filter(({ incident }) => incident !== undefined).length;
  const seen = [known(await take('with', db)), known(await take('without', plain))];
  if (seen[1] !== 0) throw new Error('the look-up was not left out');
  times.with.length = 0;
  times.without.length = 0;
  for (let turn = 0; turn < takes * rounds; turn += 1) {
    const turns = [
      ['with', db],
      ['without', plain],
    ];
    for (const [name, on] of turn % 2 === 0 ? turns : turns.toReversed()) await take(name, on);
  }
  const counted = {};
  const counts = {
    incidents: () => countIncidents(db, severities),
    edits: () => countEdits(db),
    'firsts, nothing new': () => readFirsts(db, { afterId: 1_000_000, limit: 500 }),
  };
  for (const [name, count] of Object.entries(counts)) {
    const own = [];
    for (let turn = 0; turn < 5 * rounds; turn += 1) {
      const began = performance.now();
      await count();
      own.push(performance.now() - began);
    }
    counted[name] = median(own);
  }
  const figures = { with: median(times.with), without: median(times.without), counted };
  say(lineOf(figures));
  return figures;
}

const ms = (value) => `${value.toFixed(1)} ms`;

function lineOf({ with: own, without, counted }) {
  const rest = Object.entries(counted).map(([name, value]) => `${name} ${ms(value)}`);
  return `100 due ${ms(own)}, without ${ms(without)}, ${(own / without).toFixed(2)}; ${rest.join(', ')}`;
}

function reportOf(found) {
  const ratioOf = ({ with: own, without }) => own / without;
  const names = { none: 'none', many: `${touched}, each with an edit due` };
  return {
    title: 'the look-up of a due delivery, and the counts for the metrics',
    how: `\`takeDue\` of 100 among ${events} pending deliveries, in turns with the look-up of the incident and without it; the counts, each median alone. countIncidents runs at most once a minute, countEdits at most every 5 s, however often metrics are asked for, and readFirsts every 10 s.`,
    columns: ['incidents', '100 due, ms', 'without', 'ratio', ...Object.keys(found.none.counted)],
    rows: Object.entries(found).map(([name, figures]) => [
      names[name],
      ...[figures.with, figures.without, ratioOf(figures)].map((value) => value.toFixed(2)),
      ...Object.values(figures.counted).map(ms),
    ]),
    goals: [
      {
        what: '100 due deliveries without any incident, by those without the look-up',
        goal: `within ${goal}`,
        value: ratioOf(found.none).toFixed(2),
        isMet: ratioOf(found.none) <= goal,
      },
    ],
    figures: found,
  };
}
