// `npm run bench`: the same job by Tocsin, by floors written by hand and by peers, interleaved on
// this machine; medians and ratios.
// `--further` measures what else was promised (latency, growth, …; see further/), and `--only
// latency` one of those or one contestant.
// `--cold` measures each from the start of its process, with 12,000 events waiting.
// `--idle` also watches each for ten seconds without work. `--short` is what CI runs: Tocsin and
// the floor only, and exit code 1 if their ratio is too low. A ratio, never a time.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contestants } from './contestants.mjs';
import { furtherNames, measureFurther, writeFurther } from './further/main.mjs';
import { findServer } from './postgres.mjs';
import { readProfile } from './profile.mjs';
import {
  describeMachine,
  markdownOf,
  ratiosOf,
  summarise,
  tableOf,
  writeResults,
} from './report.mjs';
import { measure, measureCold, warmEvents } from './round.mjs';

const ratioMin = 0.55;
const shortMaxMs = 75_000;
const folder = fileURLToPath(new URL('.', import.meta.url));

const { values: options } = parseArgs({
  options: {
    events: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    further: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    idle: { type: 'boolean', default: false },
    cold: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const coldEvents = 12_000;
const eventsDefault = options.short ? 10_000 : 20_000;
const events = Number(options.events ?? (options.cold ? coldEvents : eventsDefault));
const rounds = Number(options.rounds ?? (options.short ? 5 : 3));
const wanted = options.further ? furtherNames : (options.only?.split(',') ?? []);
const further = wanted.filter((name) => furtherNames.includes(name));
const others = wanted.filter((name) => !further.includes(name));
const chosen =
  further.length > 0 && others.length === 0
    ? []
    : choose(options.short ? ['tocsin', 'floor'] : others);
if (chosen.some(({ isPeer }) => isPeer)) installPeers();
const startedAt = performance.now();
const say = options.json ? () => {} : (line) => console.log(line);

const server = await findServer();
try {
  if (chosen.length > 0) await compare();
  if (further.length > 0) await goFurther();
} finally {
  await server.stop();
}

async function goFurther() {
  const command = process.argv.slice(2).join(' ');
  const machine = await describeMachine(server.url);
  const nodeOptions = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [];
  const found = await measureFurther(further, {
    startWorld,
    serverUrl: server.url,
    rounds,
    say,
    nodeOptions,
  });
  if (options.json) console.log(JSON.stringify({ command, machine, further: found }, null, 1));
  if (options.write) writeFurther(found, { command, machine });
}

async function compare() {
  const world = startWorld('world.mjs');
  const runs = await run(world).finally(world.stop);
  const summary = summarise(chosen, runs);
  const ratios = ratiosOf(runs);
  const machine = await describeMachine(server.url);
  const report = {
    command: process.argv.slice(2).join(' '),
    machine,
    events,
    rounds: runs.length,
    summary,
    ratios,
  };
  if (options.json) console.log(JSON.stringify({ ...report, runs }, null, 1));
  else console.log(`\n${tableOf(report)}`);
  if (options.write) writeResults(markdownOf(report));
  if (options.profile) console.log(readProfile(options.profile, summary.at(-1).cpuUs).join('\n'));
  if (options.short) judge(ratios);
  if (
    runs.some((round) =>
      Object.values(round).some(({ lost, twice, unrecorded }) => lost || twice || unrecorded),
    )
  ) {
    console.error('bench: something was lost, sent twice or not recorded; see the table');
    process.exitCode = 1;
  }
}

/**
 * Each round has every contestant once, every other round backwards, so that a slow minute of the
 * machine hits all of them.
 */
async function run(world) {
  const { eventBytes } = await world.ask('make', { events: warmEvents + events });
  say(
    `${events} events of ${eventBytes} bytes on average, ${chosen.length} contestants, ${rounds} rounds`,
  );
  // The far ends' code is compiled by V8 before anyone is measured; and what a post of the service
  // weighs, those with a card of their own are told.
  const { postBytes } = await measure(choose(['floor_no_db'])[0], {
    world,
    serverUrl: server.url,
    events: Math.min(events, 3_000),
  });
  const runs = [];
  for (let number = 0; number < rounds; number += 1) {
    const roundStartedAt = performance.now();
    const round = {};
    for (const contestant of number % 2 === 0 ? chosen : chosen.toReversed()) {
      const nodeOptions = options.profile
        ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
        : [];
      const measureIt = options.cold ? measureCold : measure;
      round[contestant.name] = await measureIt(contestant, {
        world,
        serverUrl: server.url,
        events,
        postBytes,
        nodeOptions,
        isIdleMeasured: options.idle,
      });
      say(lineOf(number, contestant.name, round[contestant.name]));
    }
    runs.push(round);
    const now = performance.now();
    if (options.short && now - startedAt + (now - roundStartedAt) > shortMaxMs) break;
  }
  return runs;
}

function lineOf(number, name, { perSecond, cpuUs, othersCores, seen, ramp }) {
  const watched =
    seen === undefined
      ? ''
      : `; ${seen.views} views, the longest ${Math.round(seen.longestMs)} ms, ${seen.failed} failed, ${seen.streamed} events live`;
  const others = `${othersCores.toFixed(2)} cores were busy with something else${watched}`;
  const each = ramp === undefined ? '' : `; by second ${ramp.join(', ')}`;
  return `round ${number + 1}  ${name.padEnd(18)} ${Math.round(perSecond)} events/s, ${Math.round(cpuUs)} µs CPU an event${each}; ${others}`;
}

function choose(names) {
  if (names.length === 0) return contestants;
  return names.map((name) => {
    const found = contestants.find((contestant) => contestant.name === name);
    if (found) return found;
    console.error(
      `bench: no contestant is called ${name}; there are ${contestants.map((one) => one.name).join(', ')}, and to measure alone ${furtherNames.join(', ')}`,
    );
    return process.exit(2);
  });
}

/** The peers are not part of Tocsin's own installation. */
function installPeers() {
  if (existsSync(`${folder}node_modules/pg-boss`)) return;
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--prefix', folder], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** The process of the far ends; one question at a time. */
function startWorld(script) {
  const child = fork(`${folder}${script}`, { stdio: 'inherit' });
  return {
    pid: child.pid,
    async ask(ask, values = {}) {
      child.send({ ask, ...values });
      const [answer] = await once(child, 'message');
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

/**
 * By what was posted a second, or by CPU, whichever is better: on a busy machine either is chance,
 * but what became slow fails both.
 */
function judge(ratios) {
  const { ratio, byCpu } = ratios.find(({ name }) => name === 'tocsin to floor');
  const isFast = Math.max(ratio, byCpu) >= ratioMin;
  const verdict = isFast ? 'good' : 'TOO SLOW';
  console.log(
    `tocsin ran at ${ratio.toFixed(2)} of the floor, by CPU at ${byCpu.toFixed(2)}; at least ${ratioMin} is wanted: ${verdict}`,
  );
  if (!isFast) process.exitCode = 1;
}
