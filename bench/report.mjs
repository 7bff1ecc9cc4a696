// Medians over the rounds, ratios within a round, and how they are shown. Ratios are what counts:
// the machine may be busy with other things.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import postgres from 'postgres';
import { warmEvents } from './round.mjs';

const figures = [
  'postBytes',
  'readyMs',
  'perSecondFromStart',
  'firstUs',
  'perSecond',
  'cpuUs',
  'postgresUs',
  'walBytes',
  'worldUs',
  'allUs',
  'othersCores',
  'peakMb',
  'idlePercent',
];
const sums = ['twice', 'lost', 'unrecorded'];

/** @param runs one object a round: contestant's name -> its figures */
export function summarise(contestants, runs) {
  return contestants.map(({ name, what }) => {
    const own = runs.map((round) => round[name]);
    const values = Object.fromEntries(
      figures.map((figure) => [figure, median(own.map((one) => one[figure]))]),
    );
    const counts = Object.fromEntries(
      sums.map((key) => [key, own.reduce((sum, one) => sum + (one[key] ?? 0), 0)]),
    );
    const ofFloor = ratio(runs, name, 'floor');
    const ofLean = ratio(runs, name, 'floor_lean');
    return { name, what, ...values, ...counts, ofFloor, ofLean };
  });
}

/**
 * Tocsin against the others; the best peer is that of each round. Beside them, what no store could
 * pass: the floor, and no store at all.
 */
export function ratiosOf(runs) {
  const peers = Object.keys(runs[0]).filter(
    (name) => /^(graphile|pgboss)/.test(name) && !name.endsWith('_lean'),
  );
  const withBest = runs.map((round) => ({
    ...round,
    best: peers.map((name) => round[name]).sort((a, b) => b.perSecond - a.perSecond)[0],
  }));
  const compare = (name, one, other, goal) => ({
    name,
    goal,
    ratio: ratio(withBest, one, other),
    byCpu: ratio(withBest, other, one, 'allUs'),
    own: ratio(withBest, one, other, 'cpuUs'),
    postgres: ratio(withBest, one, other, 'postgresUs'),
  });
  return [
    compare('tocsin to floor', 'tocsin', 'floor', 0.75),
    compare('tocsin to floor_lean', 'tocsin', 'floor_lean', runs[0].tocsin?.ramp ? 0.6 : 0.7),
    compare('tocsin to the best lean peer', 'tocsin', 'graphile_page_lean', 1),
    compare('tocsin with its page open to the floor', 'watched', 'floor', 0.75),
    compare('tocsin with its page open to itself', 'watched', 'tocsin'),
    compare('tocsin to the best peer', 'tocsin', 'best', 1.4),
    compare('tocsin to pg-boss with the event in its job', 'tocsin', 'pgboss_event', 2.5),
    compare('floor to the best peer', 'floor', 'best'),
    compare('floor_no_db to the best peer', 'floor_no_db', 'best'),
    compare('floor to pg-boss with the event in its job', 'floor', 'pgboss_event'),
    compare('floor_no_db to pg-boss with the event in its job', 'floor_no_db', 'pgboss_event'),
  ].filter((one) => one.ratio !== undefined);
}

/** The median of the rounds' own ratios. */
function ratio(runs, name, other, figure = 'perSecond') {
  return median(
    runs.map((round) => round[name] && round[other] && round[name][figure] / round[other][figure]),
  );
}

export function median(values) {
  if (values.some((value) => value === undefined)) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const columns = [
  ['contestant', ({ name }) => name],
  ['events/s', ({ perSecond }) => whole(perSecond)],
  ['of floor', ({ ofFloor }) => fixed(ofFloor)],
  ['of floor_lean', ({ ofLean }) => fixed(ofLean)],
  ['first post after ms', ({ readyMs }) => whole(readyMs)],
  ['events/s from the start', ({ perSecondFromStart }) => whole(perSecondFromStart)],
  ['first 1,000: CPU µs/event', ({ firstUs }) => whole(firstUs)],
  ['CPU µs/event', ({ cpuUs }) => whole(cpuUs)],
  ['Postgres CPU s/10,000', ({ postgresUs }) => fixed(postgresUs && postgresUs / 100)],
  ['all CPU µs/event', ({ allUs }) => whole(allUs)],
  ['WAL B/event', ({ walBytes }) => whole(walBytes)],
  ['post B', ({ postBytes }) => whole(postBytes)],
  ['peak MB', ({ peakMb }) => whole(peakMb)],
  ['idle CPU %', ({ idlePercent }) => fixed(idlePercent)],
  ['sent twice', ({ twice }) => String(twice)],
  ['lost', ({ lost }) => String(lost)],
  ['not recorded', ({ unrecorded }) => String(unrecorded)],
];

function whole(value) {
  return value === undefined ? '–' : String(Math.round(value));
}

function fixed(value) {
  return value === undefined ? '–' : value.toFixed(2);
}

/** Those that say something of anyone. */
function columnsOf(summary) {
  return columns.filter(([, cell]) => summary.some((one) => cell(one) !== '–'));
}

export function tableOf({ summary, ratios }) {
  const shown = columnsOf(summary);
  const rows = [
    shown.map(([title]) => title),
    ...summary.map((one) => shown.map(([, cell]) => cell(one))),
  ];
  return [
    ...aligned(rows),
    '',
    ...ratios.map(sentence),
    `far ends: ${whole(median(summary.map((one) => one.worldUs)))} µs CPU an event`,
  ].join('\n');
}

/** Rows of texts as lines for a terminal: the first column to the left, the others to the right. */
export function aligned(rows) {
  const widths = rows[0].map((_, index) => Math.max(...rows.map((row) => row[index].length)));
  return rows.map((row) =>
    row
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[index])))
      .join('  '),
  );
}

function sentence({ name, goal, ratio: value, byCpu, own, postgres }) {
  const goalText = goal === undefined ? '' : ` (goal ${goal})`;
  const ofPostgres = Number.isFinite(postgres) ? `, Postgres ${fixed(postgres)} times` : '';
  return `${name}: ${value.toFixed(2)}${goalText}; by all CPU an event ${byCpu.toFixed(2)}; own CPU ${fixed(own)} times${ofPostgres}`;
}

export async function describeMachine(serverUrl) {
  const sql = postgres(serverUrl, { max: 1, fetch_types: false });
  const [{ version }] = await sql`select current_setting('server_version') as version`;
  await sql.end();
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    postgres: version,
    commit:
      spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout?.trim() ?? '',
    date: new Date().toISOString().slice(0, 10),
  };
}

export function markdownOf({ command, machine, events, rounds, summary, ratios }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const shown = columnsOf(summary);
  const table = [
    line(shown.map(([title]) => title)),
    line(shown.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...summary.map((one) =>
      line(
        shown.map(([, cell], index) => (index === 0 ? `\`${one.name}\`: ${one.what}` : cell(one))),
      ),
    ),
  ];
  const { cpu, cores, memoryGb, node, postgres: version, commit, date } = machine;
  return `# Results

\`npm run bench${command === '' ? '' : ` -- ${command}`}\` on ${date}, commit ${commit}: ${events} events, ${rounds} interleaved rounds, medians.

${cpu}, ${cores} cores, ${memoryGb} GB; Node ${node}, Postgres ${version} with default settings on the same cores, and so are the simulated tenant and the receiver
of the posts (${whole(median(summary.map((one) => one.worldUs)))} µs CPU an event). Other work on
the machine took ${fixed(median(summary.map((one) => one.othersCores)))} cores meanwhile. ${warmEvents} events before the measurement. Measured from the first post to the last; CPU and WAL until all outcomes were written.

${table.join('\n')}

${ratios.map((one) => `- ${sentence(one)}`).join('\n')}

Every contestant but the lean ones has the same reader (Tocsin's strict parser) and the same sender (its card and its HTTP client), so that only what lies between differs. The lean ones have a reader, a card and an exchange that do the least, and posts of the same length.
Times differ from run to run where the machine does other work as well; the ratios are taken within each round.
`;
}

const results = new URL('RESULTS.md', import.meta.url);
const sectionStart = /^(?=## )/m;

/** The contest's results stand first; the sections behind them stay. */
export function writeResults(text) {
  const [, ...sections] = readFileSync(results, 'utf8').split(sectionStart);
  writeFileSync(results, [text, ...sections].map((one) => `${one.trimEnd()}\n`).join('\n'));
}

/** Puts one section in the place of the one that has the same first word, or at the end. */
export function writeSection(heading, text) {
  const [head, ...sections] = readFileSync(results, 'utf8').split(sectionStart);
  const section = `## ${heading}\n\n${text.trimEnd()}\n`;
  const word = (one) => one.split(/\s/, 2)[1];
  const at = sections.findIndex((one) => word(one) === word(section));
  if (at === -1) sections.push(section);
  else sections[at] = section;
  writeFileSync(results, [head, ...sections].map((one) => `${one.trimEnd()}\n`).join('\n'));
}
