// Under faults, and after them: Tocsin beside the leanest program that loses nothing
// (../recovery/lean.mjs). Scenarios that mostly wait run at once, backlogs one after the other.
import { kinds, measureBacklog, measureKind, warm } from '../recovery/backlog.mjs';
import { openSite } from '../recovery/site.mjs';
import { measureWaiting } from '../recovery/waiting.mjs';

const timesMax = { 0.01: 1.5, 0.05: 3 };
const secondsMax = 60;
const many = { events: 40_000, share: 0.02, maxSeconds: 240, seed: 1 };
const manyRatioMax = 2;

export const what = 'recovery';

export async function run({ sql, serverUrl, rounds, say }) {
  const around = { sql, serverUrl };
  const waiting = await measureWaiting({ around, say });
  const backlogs = [];
  for (const kind of kinds) backlogs.push(...(await measureKind(kind, { around, rounds, say })));
  const resets = await measureMany(around, say);
  const goals = [
    ...backlogs.map(goalOfBacklog),
    ...waiting.map(({ what: name, figure, tocsin, goal }) => ({
      what: `${name}, ${figure}`,
      goal: `at most ${goal}`,
      value: seconds(tocsin.value),
      isMet: tocsin.value <= goal && tocsin.missing === 0,
    })),
    {
      what: `${many.events} events with ${many.share * 100} % resets, to lean`,
      goal: `at most ${manyRatioMax} times`,
      value: times(resets.tocsin.seconds, resets.lean.seconds),
      isMet: resets.tocsin.seconds <= manyRatioMax * resets.lean.seconds,
    },
  ];
  return {
    title: 'faults, beside the leanest program that loses nothing',
    how: `A backlog is 3,000 events, from the first request for the list to the last post; a fault strikes a share of the requests by chance, the same chance for both. SINK_RATE=off, a
poll each second, 2 s for a message. "To without": the time without faults of the same process. Posted twice: what the far end took without a sign of it. Nothing was lost unless the table says so.`,
    columns: [
      'scenario',
      'faults, Tocsin and lean',
      'Tocsin s',
      'lean s',
      'Tocsin to lean',
      'Tocsin to without',
      'lean to without',
      'not posted in time',
      'posted twice',
    ],
    rows: [
      ...backlogs.map((one) => rowOf({ ...one, what: `${one.what}, ${one.share * 100} %` })),
      rowOf({ what: `tenant: reset, 2 % of ${many.events} events`, ...resets }),
      ...waiting.map(({ what: name, figure, tocsin, lean }) =>
        rowOf({
          what: `${name}; ${figure}`,
          tocsin: { ...tocsin, seconds: tocsin.value },
          lean: { ...lean, seconds: lean.value },
        }),
      ),
    ],
    goals,
    figures: { backlogs, waiting, resets },
  };
}

/** One after the other, on sites of their own. */
async function measureMany(around, say) {
  const found = {};
  for (const name of ['tocsin', 'lean']) {
    const site = await openSite(name, around);
    try {
      await warm(site);
      const arm = (at, strike) =>
        at.tenant.fail('events', 'reset', Number.POSITIVE_INFINITY, strike);
      found[name] = await measureBacklog(site, { ...many, arm });
    } finally {
      await site.close();
    }
  }
  say(`recovery, ${many.events} events: ${JSON.stringify(found)}`);
  return found;
}

/** The wait that a 429 asks for is added, whatever its relation to the time without faults. */
function goalOfBacklog({ what: name, share, asksSeconds = 0, tocsin }) {
  const asked = asksSeconds * tocsin.faults;
  const max =
    timesMax[share] === undefined ? secondsMax : timesMax[share] * tocsin.withoutSeconds + asked;
  const beyond = asked === 0 ? '' : ` and ${asked} s that were asked for`;
  return {
    what: `${name}, ${share * 100} %`,
    goal:
      timesMax[share] === undefined
        ? `within ${secondsMax} s`
        : `at most ${timesMax[share]} times${beyond}`,
    value: `${seconds(tocsin.seconds)}, ${times(tocsin.seconds, tocsin.withoutSeconds)}`,
    isMet: tocsin.seconds <= max,
  };
}

function rowOf({ what: name, tocsin, lean }) {
  return [
    name,
    `${tocsin.faults}, ${lean.faults}`,
    number(tocsin.seconds),
    number(lean.seconds),
    number(tocsin.seconds / lean.seconds),
    number(tocsin.seconds / tocsin.withoutSeconds),
    number(lean.seconds / lean.withoutSeconds),
    `${tocsin.missing}, ${lean.missing}`,
    `${tocsin.twice}, ${lean.twice}`,
  ];
}

function number(value) {
  return Number.isNaN(value) ? '–' : value.toFixed(2);
}

function seconds(value) {
  return `${value.toFixed(1)} s`;
}

function times(value, other) {
  return `${(value / other).toFixed(1)} times`;
}
