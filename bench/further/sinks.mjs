// Sinks on origins of their own, of which some accept and never answer, or refuse: what the others
// lose.
import { postmasterOf } from '../postgres.mjs';
import { peakMemoryOf, readCpu } from '../proc.mjs';
import { median } from '../report.mjs';
import { makeDatabase, startService } from './service.mjs';

const warmEvents = 300;
const events = 2500;
/** Each sink hears that its source begins to be watched. */
const notices = 1;
const lossMax = 0.1;

/** The first receivers hang, the next refuse. */
const variants = [
  { name: 'ten healthy', count: 10 },
  { name: 'nine healthy, one hangs', count: 10, hanging: 1 },
  { name: 'nine healthy, no tenth', count: 9 },
  { name: 'ten healthy, ten hang, ten refuse', count: 30, hanging: 10, refusing: 10 },
];

export const what = 'sinks';

export async function run({ sql, serverUrl, world, rounds, say, nodeOptions }) {
  const around = { sql, serverUrl, world, nodeOptions, postmaster: await postmasterOf(sql) };
  const runs = [];
  for (let number = 0; number < rounds; number += 1) {
    const round = {};
    for (const variant of number % 2 === 0 ? variants : variants.toReversed()) {
      round[variant.name] = await runOnce(around, variant);
      say(`sinks, round ${number + 1}, ${variant.name}: ${JSON.stringify(round[variant.name])}`);
    }
    runs.push(round);
  }
  const [ten, hanging, nine, thirty] = variants.map(({ name }) => name);
  const ratioOf = (one, other) =>
    median(runs.map((round) => round[one].perSecond / round[other].perSecond));
  const goalOf = (what, ...pair) => ({
    ...{ what, goal, value: `${ratioOf(...pair).toFixed(2)} of it` },
    isMet: ratioOf(...pair) >= 1 - lossMax,
  });
  const goal = `at least ${1 - lossMax}`;
  return {
    title: 'ten sinks on ten origins, one hangs; and thirty, of which ten hang and ten refuse',
    how: `${events} events at once, each for every sink, after ${warmEvents}; a hanging one accepts connections and answers nothing, a refusing one answers 500. Medians of the rounds' figures, ratios within a round.`,
    columns: [
      'variant',
      'events/s at the healthy ones',
      'posts/s',
      'service CPU µs/post',
      'Postgres CPU µs/post',
      'not posted',
      'peak memory MB',
      'busy cores',
    ],
    rows: variants.map(({ name }) => {
      const of = (figure) => median(runs.map((round) => round[name][figure]));
      return [
        name,
        of('perSecond').toFixed(0),
        of('postsPerSecond').toFixed(0),
        of('cpuUs').toFixed(0),
        of('postgresUs').toFixed(0),
        String(runs.reduce((sum, round) => sum + round[name].missing, 0)),
        of('peakMb').toFixed(0),
        of('busyCores').toFixed(2),
      ];
    }),
    goals: [
      goalOf('the nine beside a hanging one, to ten healthy', hanging, ten),
      goalOf('the nine beside a hanging one, to nine alone', hanging, nine),
      goalOf('ten beside ten that hang and ten that refuse, to ten alone', thirty, ten),
    ],
    figures: runs,
  };
}

async function runOnce(
  { sql, serverUrl, world, nodeOptions, postmaster },
  { count, hanging = 0, refusing = 0 },
) {
  const database = await makeDatabase(sql, serverUrl, 'sinks');
  const tenant = await world.ask('tenant', { name: 'sinks' });
  const { hookUrls } = await world.ask('receivers', { count, hanging, refusing });
  const from = hanging + refusing;
  const service = await startService({
    environment: { DATABASE_URL: database.url, POLLING_INTERVAL: '1' },
    file: fileOf(tenant, hookUrls),
    nodeOptions,
  });
  try {
    await world.ask('add', { name: 'sinks', events: warmEvents });
    await world.ask('arrive', { posts: warmEvents + notices, from });
    const read = () => readCpu(service.pid, postmaster);
    const before = read();
    await world.ask('add', { name: 'sinks', events });
    const { seconds, missing } = await world.ask('arrive', {
      posts: warmEvents + notices + events,
      from,
    });
    const after = read();
    const posts = events * (count - from);
    const each = (figure) => (after[figure] - before[figure]) / posts;
    return {
      perSecond: events / seconds,
      postsPerSecond: posts / seconds,
      peakMb: peakMemoryOf(service.pid),
      seconds,
      missing,
      cpuUs: each('process'),
      postgresUs: each('postgres'),
      busyCores: (after.machine - before.machine) / (after.at - before.at) / 1000,
    };
  } finally {
    await service.stop();
    await database.drop();
  }
}

/** A tocsin.yaml (JSON is YAML): one source, and all its events for every one of these hooks. */
export function fileOf(tenant, hookUrls) {
  const sinks = Object.fromEntries(
    hookUrls.map((url, index) => [`sink-${index}`, { type: 'mattermost', url }]),
  );
  return {
    sources: {
      tenant: {
        type: 'deepinstinct_events',
        url: tenant.url,
        token: tenant.token,
        start_from: 'all',
      },
    },
    sinks,
    routes: [{ name: 'everything', to: Object.keys(sinks) }],
  };
}
