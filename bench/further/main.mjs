// The measurements beside the contest: each of the built service alone, against a goal of its own.
// One after the other, never two at a time.
import postgres from 'postgres';
import { cpuOfMachine } from '../proc.mjs';
import { aligned, writeSection } from '../report.mjs';
import * as disk from './disk.mjs';
import * as edits from './edits.mjs';
import * as embedded from './embedded.mjs';
import * as growth from './growth.mjs';
import * as idle from './idle.mjs';
import * as incidents from './incidents.mjs';
import * as latency from './latency.mjs';
import * as recovery from './recovery.mjs';
import * as retention from './retention.mjs';
import * as routing from './routing.mjs';
import * as search from './search.mjs';
import * as sinks from './sinks.mjs';

const measurements = [
  latency,
  edits,
  growth,
  retention,
  sinks,
  idle,
  incidents,
  embedded,
  disk,
  routing,
  recovery,
  search,
];
export const furtherNames = measurements.map(({ what }) => what);

/** @param names of those that are wanted @returns what each found, in its order */
export async function measureFurther(names, { startWorld, serverUrl, rounds, say, nodeOptions }) {
  const found = [];
  for (const { what, run } of measurements.filter((one) => names.includes(one.what))) {
    const world = startWorld('further/far-ends.mjs');
    const sql = postgres(serverUrl, { max: 1, fetch_types: false, onnotice() {} });
    const before = { at: performance.now(), machine: cpuOfMachine() };
    try {
      const report = await run({ sql, serverUrl, world, rounds, say, nodeOptions });
      const busyCores = (cpuOfMachine() - before.machine) / (performance.now() - before.at) / 1000;
      found.push({ what, rounds, busyCores, ...report });
      say(`\n${textOf(found.at(-1))}\n`);
    } finally {
      world.stop();
      await sql.end();
    }
  }
  return found;
}

function textOf({ what, title, columns, rows, goals }) {
  return [`${what}: ${title}`, ...aligned([columns, ...rows]), ...goals.map(sentence)].join('\n');
}

function sentence({ what, goal, value, isMet }) {
  return `${what}: ${value} (goal: ${goal}${isMet ? '' : '; MISSED'})`;
}

/** Each has a section of its own among the results, so that one can be measured anew alone. */
export function writeFurther(found, { command, machine }) {
  for (const { what, title, how, columns, rows, goals, busyCores } of found) {
    const line = (cells) => `| ${cells.join(' | ')} |`;
    const text = `\`npm run bench -- ${command}\` on ${machine.date}, commit ${machine.commit}, ${machine.cpu}, ${machine.cores} cores, of which ${busyCores.toFixed(2)} were busy in all, on average.

${how}

${line(columns)}
${line(columns.map((_, index) => (index === 0 ? '---' : '---:')))}
${rows.map(line).join('\n')}

${goals.map((goal) => `- ${sentence(goal)}`).join('\n')}
`;
    writeSection(`${what}: ${title}`, text);
  }
}
