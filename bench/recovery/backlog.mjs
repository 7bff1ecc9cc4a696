// 3,000 events that wait, while a share of the requests to one far end fails in one way. Both
// contestants in turn, first without faults.
import { median } from '../report.mjs';
import { pause } from '../round.mjs';
import { openSite, sendTimeoutSeconds } from './site.mjs';
import { createStrikes } from './strikes.mjs';

const events = 3000;
/** Posted before, so that V8 has compiled what it needs. */
const warmEvents = 3000;
const maxSeconds = 75;
const settleMs = 1500;
const shares = [0.01, 0.05, 0.2];
const names = ['tocsin', 'lean'];

const atTenant = (fault) => (site, strike) =>
  site.tenant.fail('events', fault, Number.POSITIVE_INFINITY, strike);
const atMattermost = (fault) => (site, strike) =>
  site.mattermost.fail(fault, Number.POSITIVE_INFINITY, strike);
const limited = { status: 429, retryAfter: '1' };

/**
 * A 429 and what hangs have shares left out: they cost what was asked for, or a time-out each,
 * which the smaller shares show. Of the database each exchange may be cut, of which a new
 * connection and a statement have several; the live events meet one that flickers.
 */
export const kinds = [
  { what: 'tenant: 500', arm: atTenant(500) },
  { what: 'tenant: reset', arm: atTenant('reset') },
  { what: 'tenant: half an answer', arm: atTenant('cut_body') },
  { what: 'tenant: 429, Retry-After 1', arm: atTenant(limited), asksSeconds: 1 },
  { what: 'Mattermost: 500', arm: atMattermost(500) },
  { what: 'Mattermost: reset', arm: atMattermost('reset_before') },
  {
    what: `Mattermost: no answer in ${sendTimeoutSeconds} s`,
    arm: atMattermost('hang'),
    shares: [0.01, 0.05],
  },
  {
    what: 'Mattermost: 429, Retry-After 1',
    arm: atMattermost(limited),
    shares: [0.01],
    asksSeconds: 1,
  },
  {
    what: 'database: connection cut',
    arm: (site, strike) => site.proxy.strikeBy(strike),
    shares: [0.01, 0.05],
  },
];

/**
 * @returns for each share of this kind, each contestant's seconds with and without, and the faults
 * that struck it
 */
export async function measureKind(kind, { around, rounds, say }) {
  const sites = await Promise.all(names.map((name) => openSite(name, around)));
  try {
    for (const site of sites) await warm(site);
    const without = await measureShare(sites, kind, 0, rounds);
    const found = [];
    for (const share of kind.shares ?? shares) {
      const struck = await measureShare(sites, kind, share, rounds);
      const figures = Object.fromEntries(
        names.map((name) => [name, { ...struck[name], withoutSeconds: without[name].seconds }]),
      );
      found.push({ what: kind.what, share, asksSeconds: kind.asksSeconds, ...figures });
      say(`recovery, ${kind.what}, ${share}: ${JSON.stringify(figures)}`);
    }
    return found;
  } finally {
    await Promise.all(sites.map((site) => site.close()));
  }
}

export async function warm(site, count = warmEvents) {
  site.add(count);
  const { missing } = await site.arrive(maxSeconds);
  if (missing > 0)
    throw new Error(`${site.name} did not post ${missing} of ${count} events without any fault`);
  await pause(settleMs);
}

/** The median of the rounds, each contestant in turn. */
async function measureShare(sites, kind, share, rounds) {
  const runs = [];
  for (let round = 0; round < rounds; round += 1) {
    const run = {};
    for (const site of round % 2 === 0 ? sites : sites.toReversed()) {
      run[site.name] = await measureBacklog(site, {
        events,
        maxSeconds,
        arm: kind.arm,
        share,
        seed: round + 1,
      });
    }
    runs.push(run);
  }
  const figures = ['seconds', 'faults', 'missing', 'twice'];
  return Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(
        figures.map((figure) => [figure, median(runs.map((run) => run[name][figure]))]),
      ),
    ]),
  );
}

/**
 * From the first request for the list after they are there to the last post.
 * @param options `maxSeconds`: then it is given up, and the seconds are Infinity; `arm(site,
 * strike)` sets the fault
 */
export async function measureBacklog(site, { events: count, maxSeconds: max, arm, share, seed }) {
  const strikes = createStrikes(share, seed);
  const twiceBefore = site.twice();
  const shownAtMs = Date.now();
  if (share > 0) arm(site, strikes.strike);
  site.add(count);
  const { missing, lastAtMs } = await site.arrive(max);
  site.heal();
  const startedAtMs = site.polls().find((atMs) => atMs >= shownAtMs);
  const seconds = missing > 0 ? Number.POSITIVE_INFINITY : (lastAtMs - startedAtMs) / 1000;
  const twice = site.twice() - twiceBefore;
  if (missing > 0) await site.arrive(max);
  await pause(settleMs);
  return { seconds, faults: strikes.times.length, missing, twice };
}
