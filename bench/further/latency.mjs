// From readable at the tenant to posted, at a steady trickle. `watchTrickle` also serves the
// retention's measurement.
import { cpuOfMachine } from '../proc.mjs';
import { median } from '../report.mjs';
import { pause } from '../round.mjs';
import { makeDatabase, startService, within } from './service.mjs';

const perSecond = 50;
/**
 * Posted before, so that V8 has compiled what it needs, as in a service that has run for a while.
 */
const warmEvents = 2000;
/** Each of its two sources posts a notice that it is watched. */
const notices = 2;
const warmSeconds = 3;
const seconds = 30;
/** After this the last events have been polled and posted. */
const tailMs = 2500;
const goalMs = { p50: 30, p99: 150 };

export const what = 'latency';

export async function run({ sql, serverUrl, world, rounds, say }) {
  const runs = [];
  for (let number = 0; number < rounds; number += 1) {
    const database = await makeDatabase(sql, serverUrl, 'latency');
    const tenant = await world.ask('tenant', { name: 'latency' });
    const { hookUrls } = await world.ask('receivers', { count: 1 });
    const service = await startService({
      environment: environmentOf(tenant, hookUrls[0], database.url),
    });
    try {
      await world.ask('add', { name: 'latency', events: warmEvents });
      await world.ask('arrive', { posts: warmEvents + notices });
      await world.ask('trickle', { name: 'latency', perSecond, seconds: warmSeconds });
      const figures = await watchTrickle({ world, url: database.url, seconds });
      runs.push(figures);
      say(`latency, round ${number + 1}: ${lineOf(figures)}`);
    } finally {
      await service.stop();
      await database.drop();
    }
  }
  const of = (figure) => median(runs.map((one) => one[figure]));
  return {
    title: `${perSecond} events/s, a poll each second`,
    how: `Evenly, for ${seconds} s a round after ${warmEvents} events at once and ${warmSeconds} s to warm up. A poll is the first request for the list after an event became readable.
"A timer's lateness" is the 99th percentile of how late the far ends' own timers fired: what the busy machine adds to whatever runs on it.`,
    columns: [
      'round',
      'poll to posted p50 ms',
      'p99',
      'max',
      'readable to posted p50 ms',
      'p99',
      'not posted',
      "a timer's lateness p99 ms",
      'busy cores',
    ],
    rows: runs.map((one, index) => [
      String(index + 1),
      ...[one.p50, one.p99, one.max, one.readableP50, one.readableP99].map((value) =>
        value.toFixed(0),
      ),
      String(one.missing),
      one.latenessMs.toFixed(1),
      one.busyCores.toFixed(2),
    ]),
    goals: [
      {
        what: 'p50 over the poll, median',
        goal: `within ${goalMs.p50} ms`,
        value: `${of('p50').toFixed(0)} ms`,
        isMet: of('p50') <= goalMs.p50,
      },
      {
        what: 'p99 over the poll, median',
        goal: `under ${goalMs.p99} ms`,
        value: `${of('p99').toFixed(0)} ms`,
        isMet: of('p99') < goalMs.p99,
      },
    ],
    figures: runs,
  };
}

export function environmentOf(tenant, hookUrl, url) {
  return {
    DEEPINSTINCT_URL: tenant.url,
    TOKENS_KEY: tenant.token,
    MATTERMOST_WEBHOOK_URL: hookUrl,
    POLLING_INTERVAL: '1',
    ...(url === undefined ? {} : { DATABASE_URL: url }),
  };
}

/**
 * Adds events to the tenant `latency` evenly, and measures how long after their poll, and after
 * they were readable, they were posted.
 */
export async function watchTrickle({ world, url, seconds: duration }) {
  const startedAt = Date.now();
  const before = { at: performance.now(), machine: cpuOfMachine() };
  await world.ask('trickle', { name: 'latency', perSecond, seconds: duration });
  const busyCores = (cpuOfMachine() - before.machine) / (performance.now() - before.at) / 1000;
  await pause(tailMs);
  const { readable, polls, posts, latenessMs } = await world.ask('times', { name: 'latency' });
  const rows = await within(
    url,
    (own) =>
      own`select id, external_id as item from events where source <> 'tocsin' and external_id not like '%-%'`,
  );
  const eventOf = new Map(rows.map((row) => [Number(row.item), Number(row.id)]));
  const postedAt = new Map(
    posts.map(([deliveryId, at]) => [Number(deliveryId.split('-').at(-1)), at]),
  );
  const shown = readable.filter(([, at]) => at >= startedAt);
  const times = shown.flatMap(([item, at]) => {
    const posted = postedAt.get(eventOf.get(item));
    if (posted === undefined) return [];
    const isIts = ([asked, cursor]) => asked > at && asked <= posted && cursor < item;
    // None: it became readable and was asked for within one millisecond.
    const poll = polls.find(isIts) ?? polls.findLast(([asked]) => asked <= posted);
    return [{ fromPoll: posted - poll[0], fromReadable: posted - at }];
  });
  const polled = times.map(({ fromPoll }) => fromPoll);
  const waited = times.map(({ fromReadable }) => fromReadable);
  return {
    p50: percentile(polled, 0.5),
    p99: percentile(polled, 0.99),
    max: Math.max(...polled),
    readableP50: percentile(waited, 0.5),
    readableP99: percentile(waited, 0.99),
    missing: shown.length - times.length,
    latenessMs,
    busyCores,
  };
}

function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function lineOf({ p50, p99, readableP99, latenessMs, busyCores, missing }) {
  return `p50 ${p50} ms, p99 ${p99} ms over the poll, p99 ${readableP99} ms over readable, ${missing} missing; timers ${latenessMs.toFixed(1)} ms late, ${busyCores.toFixed(2)} cores busy`;
}
