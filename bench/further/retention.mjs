// Whether the removal of old events disturbs the delivery of new ones.
import { postmasterOf } from '../postgres.mjs';
import { cpuOfTree } from '../proc.mjs';
import { median } from '../report.mjs';
import { pause } from '../round.mjs';
import { copyEvents } from './growth.mjs';
import { environmentOf, lineOf, watchTrickle } from './latency.mjs';
import { makeDatabase, startService, within } from './service.mjs';

const old = 500_000;
const sampleEvents = 2000;
/**
 * A source keeps so many of its newest events, whatever their age; recent ones must fill that
 * place.
 */
const recent = 2000;
const warmSeconds = 3;
const seconds = 15;
const ratioMax = 1.5;

export const what = 'retention';

const variants = [
  { name: 'without', retention: 'off' },
  { name: 'during', retention: '180d' },
];

export async function run({ sql, serverUrl, world, rounds, say, nodeOptions }) {
  const postmaster = await postmasterOf(sql);
  const template = await makeTemplate({ sql, serverUrl, world });
  const runs = [];
  try {
    for (let number = 0; number < rounds; number += 1) {
      const round = {};
      for (const variant of number % 2 === 0 ? variants : variants.toReversed()) {
        round[variant.name] = await runOnce(
          { sql, serverUrl, world, nodeOptions, postmaster, template },
          variant,
        );
        say(
          `retention, round ${number + 1}, ${variant.name}: ${lineOf(round[variant.name])}; ${round[variant.name].removed} removed`,
        );
      }
      runs.push(round);
    }
  } finally {
    await template.drop();
  }
  const ratio = median(runs.map(({ during, without }) => during.p99 / without.p99));
  return {
    title: `${old} old events removed while others are delivered`,
    how: `As the latency's measurement, ${seconds} s each; the job is at work from before the first event to after the last. Medians of the rounds' figures, the ratio within a round.`,
    columns: [
      'retention',
      'poll to posted p50 ms',
      'p99',
      'max',
      'removed/s',
      'Postgres CPU %',
      'not posted',
      "a timer's lateness p99 ms",
      'busy cores',
    ],
    rows: variants.map(({ name }) => {
      const of = (figure) => median(runs.map((round) => round[name][figure]));
      return [
        name,
        ...['p50', 'p99', 'max', 'removedPerSecond', 'postgresPercent', 'missing'].map((figure) =>
          of(figure).toFixed(0),
        ),
        of('latenessMs').toFixed(1),
        of('busyCores').toFixed(2),
      ];
    }),
    goals: [
      {
        what: 'p99 during the removal, to that without',
        goal: `under ${ratioMax} times`,
        value: `${ratio.toFixed(2)} times`,
        isMet: ratio < ratioMax,
      },
    ],
    figures: runs,
  };
}

async function makeTemplate({ sql, serverUrl, world }) {
  const database = await makeDatabase(sql, serverUrl, 'retention');
  const tenant = await world.ask('tenant', { name: 'latency' });
  const { hookUrls } = await world.ask('receivers', { count: 1 });
  await world.ask('add', { name: 'latency', events: sampleEvents });
  const service = await startService({
    environment: environmentOf(tenant, hookUrls[0], database.url),
  });
  await world.ask('arrive', { posts: sampleEvents });
  await pause(500);
  await service.stop();
  await within(database.url, async (own) => {
    await own`set synchronous_commit = off`;
    await own.unsafe('delete from cursors');
    await copyEvents(own, { count: old, age: '230 days', until: '190 days' });
    await own`
      insert into deliveries (event_id, sink, state, priority, finalized_at)
      select id, (select sink from deliveries limit 1), 'delivered', 5 - severity, now() from events where external_id like 'filled-%'`;
    // The events that were read first are the newest now, so that only the copies are too many and
    // too old.
    await own`delete from deliveries where event_id in (select id from events where external_id not like 'filled-%')`;
    await own`delete from events where external_id not like 'filled-%'`;
    await own`update events set received_at = now(), external_id = 'recent-' || id where id > (select max(id) - ${recent} from events)`;
    for (const table of ['events', 'deliveries']) await own.unsafe(`vacuum analyze ${table}`);
  });
  return database;
}

async function runOnce(
  { sql, serverUrl, world, nodeOptions, postmaster, template },
  { name, retention },
) {
  const database = await makeDatabase(sql, serverUrl, `retention_${name}`, template.name);
  await sql`checkpoint`;
  const tenant = await world.ask('tenant', { name: 'latency' });
  const { hookUrls } = await world.ask('receivers', { count: 1 });
  const environment = { ...environmentOf(tenant, hookUrls[0], database.url), RETENTION: retention };
  const service = await startService({ environment, nodeOptions });
  const left = () =>
    within(
      database.url,
      async (own) =>
        (await own`select count(*)::int as count from events where external_id like 'filled-%'`)[0]
          .count,
    );
  try {
    await world.ask('trickle', { name: 'latency', perSecond: 50, seconds: warmSeconds });
    const before = await left();
    const cpuBefore = cpuOfTree(postmaster);
    const figures = await watchTrickle({ world, url: database.url, seconds });
    const postgresPercent = (cpuOfTree(postmaster) - cpuBefore) / seconds / 10_000;
    const removed = before - (await left());
    if (before > 0 && removed === before)
      throw new Error('retention: it was done too soon; there must be more old events');
    return { ...figures, postgresPercent, removed, removedPerSecond: removed / seconds };
  } finally {
    await service.stop();
    await database.drop();
  }
}
