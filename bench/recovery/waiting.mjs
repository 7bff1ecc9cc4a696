// Scenarios that mostly wait, so that all of them run at once: live events under faults, single
// resets, far ends that are away, black holes.
import { pause } from '../round.mjs';
import { measureBacklog, warm } from './backlog.mjs';
import { openSite } from './site.mjs';
import { createStrikes } from './strikes.mjs';

const names = ['tocsin', 'lean'];
const endless = Number.POSITIVE_INFINITY;
const live = { perSecond: 5, seconds: 40, share: 0.2 };
const resets = { perSecond: 20, apartSeconds: 20, count: 4 };
/** Long enough that the waits have reached their 30 s: they add up to 32 s before. */
export const awaySeconds = 70;
/** Nothing waits longer: the longest step, its jitter, and the way of the event itself. */
const returnMaxSeconds = 60;
const flickerMs = 1000;
const lookMs = 20;

/** @returns how late each event was posted, in seconds, as p50, p99 and maximum */
async function trickle(site, { perSecond, seconds }) {
  const shownAtMs = new Map();
  const startedAtMs = Date.now();
  while (Date.now() - startedAtMs < seconds * 1000) {
    const due = Math.min(
      Math.floor(((Date.now() - startedAtMs) / 1000) * perSecond),
      seconds * perSecond,
    );
    const missing = due - shownAtMs.size;
    if (missing > 0)
      for (const id of site.tenant.add('events', missing)) shownAtMs.set(id, Date.now());
    await pause(lookMs);
  }
  const { missing } = await site.arrive(returnMaxSeconds);
  site.heal();
  const postedAt = await site.postedAt();
  const delays = [...shownAtMs]
    .map(([id, atMs]) => ((postedAt.get(id) ?? endless) - atMs) / 1000)
    .toSorted((a, b) => a - b);
  const at = (part) => delays[Math.min(delays.length - 1, Math.floor(delays.length * part))];
  return { p50: at(0.5), p99: at(0.99), max: delays.at(-1), missing, twice: site.twice() };
}

function liveUnder(arm) {
  return async (site) => {
    const strikes = createStrikes(live.share, 1);
    arm(site, strikes.strike);
    const figures = await trickle(site, live);
    return { ...figures, value: figures.p99, faults: strikes.times.length };
  };
}

/** All of the contestant's connections to the database are ended each second. */
async function liveWithFlicker(site) {
  let faults = 0;
  const timer = setInterval(() => {
    faults += 1;
    site.proxy.endAll();
  }, flickerMs);
  try {
    const figures = await trickle(site, live);
    return { ...figures, value: figures.p99, faults };
  } finally {
    clearInterval(timer);
  }
}

/** How long the contestant waited after a reset until it asked again, at most. */
async function singleResets(site) {
  const strikes = createResets();
  site.tenant.fail('events', 'reset', endless, strikes.strike);
  const seconds = resets.apartSeconds * resets.count + 5;
  const figures = await trickle(site, { perSecond: resets.perSecond, seconds });
  const polls = site.polls();
  const waits = strikes.times.map(
    (atMs) => (polls.find((polledAtMs) => polledAtMs > atMs) - atMs) / 1000,
  );
  return { ...figures, value: Math.max(...waits), faults: waits.length };
}

/** One request in so many seconds. */
function createResets() {
  const times = [];
  let lastAtMs = Date.now();
  const strike = () => {
    if (times.length >= resets.count || Date.now() - lastAtMs < resets.apartSeconds * 1000)
      return false;
    lastAtMs = Date.now();
    times.push(lastAtMs);
    return true;
  };
  return { strike, times };
}

/**
 * One event becomes readable while the far end is away: how long after the return was it posted?
 */
function away(fail) {
  return async (site) => {
    fail(site);
    const [id] = site.tenant.add('events', 1);
    await pause(awaySeconds * 1000);
    site.heal();
    const backAtMs = Date.now();
    const { missing } = await site.arrive(returnMaxSeconds);
    const seconds = ((await site.postedAt()).get(id) - backAtMs) / 1000;
    return { value: seconds, missing, twice: site.twice(), faults: 1 };
  };
}

function backlogUnder(share, arm) {
  return async (site) => {
    const figures = await measureBacklog(site, {
      events: 3000,
      maxSeconds: 240,
      arm,
      share,
      seed: 1,
    });
    return { ...figures, value: figures.seconds };
  };
}

const atTenant = (fault) => (site, strike) => site.tenant.fail('events', fault, endless, strike);
const atMattermost = (fault) => (site, strike) => site.mattermost.fail(fault, endless, strike);
const liveWords = `${live.perSecond} events/s, ${live.share * 100} % of`;

/** `goal`: at most so many seconds, or a function of what Tocsin met. */
const scenarios = [
  {
    what: `live, ${liveWords} tenant: 500`,
    figure: 'p99 s',
    run: liveUnder(atTenant(500)),
    goal: 5,
  },
  {
    what: `live, ${liveWords} tenant: reset`,
    figure: 'p99 s',
    run: liveUnder(atTenant('reset')),
    goal: 5,
  },
  {
    what: `live, ${liveWords} Mattermost: 500`,
    figure: 'p99 s',
    run: liveUnder(atMattermost(500)),
    goal: 5,
  },
  {
    what: `live, ${liveWords} Mattermost: reset`,
    figure: 'p99 s',
    run: liveUnder(atMattermost('reset_before')),
    goal: 5,
  },
  {
    what: `live, ${live.perSecond} events/s, all database connections ended each second`,
    figure: 'p99 s',
    run: liveWithFlicker,
    goal: 5,
  },
  {
    what: `${resets.perSecond} events/s, a reset of the tenant each ${resets.apartSeconds} s`,
    figure: 'longest wait until it asks again, s',
    run: singleResets,
    goal: 1.5,
  },
  {
    what: `tenant away for ${awaySeconds} s (503)`,
    figure: 'first event after its return, s',
    run: away(({ tenant }) => tenant.fail('both', 503, endless)),
    goal: 37,
  },
  {
    what: `Mattermost away for ${awaySeconds} s (503)`,
    figure: 'first event after its return, s',
    run: away(({ mattermost }) => mattermost.fail(503, endless)),
    goal: 37,
  },
  {
    what: '3,000 events, 5 % of tenant: no answer in 30 s',
    figure: 's',
    run: backlogUnder(0.05, atTenant('hang')),
    goal: ({ faults }) => faults * 31 + 30,
  },
];

/** All scenarios at once, so few at a time that the server has connections for them. */
export async function measureWaiting({ around, say, wanted = () => true, atOnce = 5 }) {
  const found = [];
  const chosen = scenarios.filter(({ what }) => wanted(what));
  for (let at = 0; at < chosen.length; at += atOnce) {
    const group = chosen.slice(at, at + atOnce);
    found.push(
      ...(await Promise.all(group.map((scenario) => measureScenario(scenario, around, say)))),
    );
  }
  return found;
}

async function measureScenario({ what, figure, run, goal }, around, say) {
  const sites = await Promise.all(names.map((name) => openSite(name, around)));
  try {
    for (const site of sites) await warm(site, 500);
    const figures = await Promise.all(sites.map((site) => run(site)));
    const [tocsin, lean] = figures;
    say(`recovery, ${what}: ${JSON.stringify({ tocsin, lean })}`);
    return { what, figure, tocsin, lean, goal: typeof goal === 'function' ? goal(tocsin) : goal };
  } finally {
    await Promise.all(sites.map((site) => site.close()));
  }
}
