// The demo that ends by itself: it reports 40 events, shows a table of those that arrived, and says
// whether all of them did.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Arrival, arrivalsOf, tableOf } from './arrivals.ts';
import { onceScenario } from './scenario.ts';
import { addAll, ended, type Stage, throwIfBroken } from './stage.ts';

/**
 * @returns true if every event arrived exactly once within `waitMs`; otherwise it has printed why
 * @throws something broke
 */
export async function playOnce(stage: Stage, waitMs: number): Promise<boolean> {
  const { tenant, mattermost, tocsin, ending } = stage;
  const total = addAll(tenant, onceScenario);
  stage.say(`The simulated tenant reports ${total} events; Tocsin reads them and posts them.\n\n`);
  const untilMs = performance.now() + waitMs;
  await Promise.race([tocsin.ready, sleep(waitMs, undefined, { ref: false }), ended(ending)]);
  const look = () => arrivalsOf(tenant, mattermost.posts);
  while (performance.now() < untilMs && !ending.aborted && !look().every(hasArrived))
    await sleep(50);
  throwIfBroken(ending);
  const arrivals = look();
  stage.say(tableOf(arrivals));
  const arrived = arrivals.filter(hasArrived).length;
  const repeated = arrivals.filter(({ afterMs }) => afterMs.length > 1).length;
  const isFine = arrived === total && repeated === 0;
  if (isFine) stage.say(`\n${total} events, ${total} delivered, each once.\n`);
  else stage.complain(explanation(stage, { total, arrived, repeated, waitMs }));
  return isFine;
}

function hasArrived({ afterMs }: Arrival): boolean {
  return afterMs.length > 0;
}

interface Shortfall {
  readonly total: number;
  readonly arrived: number;
  readonly repeated: number;
  readonly waitMs: number;
}

function explanation({ tenant, mattermost, logLines, ending }: Stage, found: Shortfall): string {
  const { requests } = mattermost;
  const counts = `${found.arrived} of ${found.total} events`;
  const answers = Object.entries(requests.statuses).map(
    ([status, times]) => `${status} (${times} times)`,
  );
  return [
    '',
    ending.aborted
      ? `Interrupted: ${counts} had arrived.`
      : `${counts} arrived within ${found.waitMs / 1000} s, ${found.repeated} of them more than once.`,
    `Tocsin asked the tenant ${tenant.requests.events + tenant.requests.suspicious} times and called the hook ${requests.total} times.`,
    requests.total === 0
      ? 'The hook was never called.'
      : `The hook answered ${answers.join(', ')}.`,
    logLines.length === 0
      ? 'Tocsin logged no warning.'
      : `Tocsin's last warnings:\n${logLines.join('').trimEnd()}`,
    '',
  ].join('\n');
}
