// Reads what `node --cpu-prof` wrote: own time by file and by function. Shares of all that was not
// idle, times the CPU that /proc counted, for on a busy machine the profile's clock also counts the
// time in which the process was not running.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const rowsMax = 24;

/**
 * @param cpuUs CPU of the process for one event @returns lines for the terminal, of the newest
 * profile in `directory`
 */
export function readProfile(directory, cpuUs) {
  const file = readdirSync(directory)
    .filter((name) => name.endsWith('.cpuprofile'))
    .sort()
    .at(-1);
  if (file === undefined) return [`no profile in ${directory}`];
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const byFile = new Map();
  const byFunction = new Map();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const { functionName, url, lineNumber } = byId.get(id);
    if (functionName === '(idle)' || functionName === '(root)') continue;
    const time = timeDeltas[index];
    const place = placeOf(url, functionName);
    total += time;
    add(byFile, place, time);
    add(
      byFunction,
      `${functionName || '(anonymous)'}  ${place}${url ? `:${lineNumber + 1}` : ''}`,
      time,
    );
  }
  const table = (times) =>
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, rowsMax)
      .map(([name, time]) => `${((time / total) * cpuUs).toFixed(1).padStart(7)}  ${name}`);
  return [
    `own time in µs of CPU an event, of ${cpuUs.toFixed(0)} in all, by file`,
    ...table(byFile),
    'by function',
    ...table(byFunction),
  ];
}

function add(times, key, time) {
  times.set(key, (times.get(key) ?? 0) + time);
}

/** Without the machine's own folders. */
function placeOf(url, functionName) {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  const path = url.replace(/^file:\/\//, '');
  return /(?:dist|node_modules|bench)\/.*$/.exec(path)?.[0] ?? path;
}
