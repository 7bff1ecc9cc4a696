// The embedded database: events a second, how long the main thread was ever blocked, how soon it is
// ready, how much memory it takes.
import { readFileSync, rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { cpuOf, cpuOfMachine, peakMemoryOf } from '../proc.mjs';
import { median } from '../report.mjs';
import { pause } from '../round.mjs';
import { environmentOf } from './latency.mjs';
import { ask, makeDirectory, startService } from './service.mjs';

const warmEvents = 1000;
const events = 6000;
/** Each of its two sources posts a notice that it is watched. */
const notices = 2;
const probeEveryMs = 5;
/** The service's own sampling interval, which its figure includes. */
const samplingMs = 50;
const goals = { perSecond: 1000, blockMs: 50 };

export const what = 'embedded';

export async function run({ world, rounds, say, nodeOptions }) {
  const runs = [];
  for (let number = 0; number < rounds; number += 1) {
    runs.push(await runOnce(world, nodeOptions));
    say(`embedded, round ${number + 1}: ${JSON.stringify(runs.at(-1))}`);
  }
  const perSecond = median(runs.map((one) => one.perSecond));
  const block = median(runs.map((one) => one.ownMaxMs));
  return {
    title: 'the embedded database',
    how: `${events} events at once, after ${warmEvents} to warm up. \`/healthz\` is asked every ${probeEveryMs} ms meanwhile. A block is the longest round trip, "of its own" less the time in which the
main thread of the service, or of the process that asks, was ready to run and other work had its core (the kernel's \`schedstat\`). The lag is what the service's own
\`nodejs_eventloop_lag_max_seconds\` shows, less its sampling interval of ${samplingMs} ms; "prober" is that of the process that asks. Ready: \`/readyz\` answers 200 so long after the start of the process.`,
    columns: [
      'round',
      'events/s',
      'service CPU µs/event',
      '/healthz max ms',
      'p99',
      'max of its own',
      'lag max ms',
      'prober max ms',
      'ready cold ms',
      'warm ms',
      'RSS idle MB',
      'peak MB',
      'not posted',
      'busy cores',
    ],
    rows: runs.map((one, index) => [
      String(index + 1),
      ...[
        one.perSecond,
        one.cpuUs,
        one.healthMaxMs,
        one.healthP99Ms,
        one.ownMaxMs,
        one.lagMaxMs,
        one.proberMaxMs,
        one.coldMs,
        one.warmMs,
        one.idleMb,
        one.peakMb,
        one.missing,
      ].map((value) => value.toFixed(0)),
      one.busyCores.toFixed(2),
    ]),
    goals: [
      {
        what: 'events a second, median',
        goal: `at least ${goals.perSecond}`,
        value: perSecond.toFixed(0),
        isMet: perSecond >= goals.perSecond,
      },
      {
        what: 'longest block of its own, median',
        goal: `under ${goals.blockMs} ms`,
        value: `${block.toFixed(0)} ms`,
        isMet: block < goals.blockMs,
      },
    ],
    figures: runs,
  };
}

async function runOnce(world, nodeOptions) {
  const directory = makeDirectory();
  const tenant = await world.ask('tenant', { name: 'embedded' });
  const { hookUrls } = await world.ask('receivers', { count: 1 });
  const start = () =>
    startService({ directory, environment: environmentOf(tenant, hookUrls[0]), nodeOptions });
  let service = await start();
  try {
    const coldMs = service.readyMs;
    await pause(2000);
    const idleMb = memoryOf(service.pid);
    await world.ask('add', { name: 'embedded', events: warmEvents });
    await world.ask('arrive', { posts: warmEvents + notices });
    await pause(500);
    const measured = await measure(world, service);
    const peakMb = peakMemoryOf(service.pid);
    await service.stop();
    service = await start();
    return { coldMs, warmMs: service.readyMs, idleMb, peakMb, ...measured };
  } finally {
    await service.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(world, service) {
  await lagOf(service.port); // Each reading starts the figure anew.
  const before = { at: performance.now(), cpu: cpuOf(service.pid), machine: cpuOfMachine() };
  const prober = monitorEventLoopDelay({ resolution: 1 });
  prober.enable();
  const health = probe(service);
  await world.ask('add', { name: 'embedded', events });
  const { seconds, missing } = await world.ask('arrive', { posts: warmEvents + notices + events });
  await pause(500);
  const roundTrips = await health.stop();
  const sorted = (figure) => roundTrips.map((one) => one[figure]).sort((a, b) => a - b);
  const lagMaxMs = (await lagOf(service.port)) - samplingMs;
  const wallMs = performance.now() - before.at;
  return {
    perSecond: (events - missing) / seconds,
    missing,
    cpuUs: (cpuOf(service.pid) - before.cpu) / events,
    healthMaxMs: sorted('tookMs').at(-1),
    healthP99Ms: sorted('tookMs')[Math.floor(roundTrips.length * 0.99)],
    ownMaxMs: sorted('ownMs').at(-1),
    lagMaxMs,
    proberMaxMs: prober.max / 1e6 - 1,
    busyCores: (cpuOfMachine() - before.machine) / wallMs / 1000,
  };
}

/**
 * One question at a time. `ownMs` is the round trip without the time in which one of the two main
 * threads was ready to run and had no core.
 */
function probe({ port, pid }) {
  const roundTrips = [];
  let isOver = false;
  const waitedMs = () => [pid, process.pid].reduce((sum, one) => sum + waitedMsOf(one), 0);
  const loop = async () => {
    while (!isOver) {
      const before = { at: performance.now(), waitedMs: waitedMs() };
      const { status } = await ask(port, '/healthz');
      const tookMs = status === 200 ? performance.now() - before.at : Number.POSITIVE_INFINITY;
      roundTrips.push({ tookMs, ownMs: tookMs - (waitedMs() - before.waitedMs) });
      await pause(probeEveryMs);
    }
    return roundTrips;
  };
  const finished = loop();
  return {
    stop() {
      isOver = true;
      return finished;
    },
  };
}

/** How long a process's main thread has waited for a core. 0 where the kernel does not count it. */
function waitedMsOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

async function lagOf(port) {
  const { body } = await ask(port, '/metrics');
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(body)?.[1]) * 1000;
}

function memoryOf(pid) {
  return (
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  );
}
