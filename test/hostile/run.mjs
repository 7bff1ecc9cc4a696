// Sends many hostile strings through every part of every sink, and through templates, and says how
// many went where: `node test/hostile/run.mjs --strings 1000000 --seed 16`. Each sink of the registry
// gets an equal share, by its own test; each string is judged by readers of the sink's syntax. Posts
// of Mattermost go through the server's own parser as well, if Go is there and can get its module.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    strings: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '16' },
    workers: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
});
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const share = Math.ceil(Number(values.strings) / suites());
const folder = mkdtempSync(join(tmpdir(), 'tocsin-hostile-'));
const began = Date.now();
const { status } = spawnSync(
  process.execPath,
  [
    ...[join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...(values.only ? [values.only] : [])],
    ...['--config', join(root, 'test/hostile/vitest.config.ts'), '--maxWorkers', values.workers],
    ...['--testNamePattern', 'hostile text is only shown', '--reporter', 'dot'],
  ],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      HOSTILE_STRINGS: String(share),
      HOSTILE_SEED: values.seed,
      HOSTILE_REPORT: folder,
    },
  },
);
report();
const isServerContent = askServer();
rmSync(folder, { recursive: true, force: true });
process.exitCode = (status ?? 1) || (isServerContent ? 0 : 1);

/** How often the tests of sinks run the suite: some run it for each of their formats. */
function suites() {
  const folder = join(root, 'test/sinks');
  const texts = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) => values.only === undefined || join('test/sinks', name) === values.only)
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return texts.join('\n').match(/^describeSink\(/gm)?.length ?? 1;
}

/** False if the server makes more of a post than text. */
function askServer() {
  const posts = join(folder, 'posts.jsonl');
  if (!existsSync(posts)) return true;
  const cwd = join(root, 'test/hostile/mattermost-server');
  const judge = join(folder, 'judge');
  const built = spawnSync('go', ['build', '-o', judge, '.'], { cwd, encoding: 'utf8' });
  if (built.status !== 0) {
    console.log(`the server's parser was not asked: ${built.error ?? built.stderr}`);
    return true;
  }
  const stdio = [openSync(posts), 'inherit', 'inherit'];
  return spawnSync(judge, { stdio }).status === 0;
}

function report() {
  const files = readdirSync(folder).filter((name) => name.endsWith('.tally.json'));
  const sinks = files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  let total = 0;
  for (const { type, parts, faults } of sinks) {
    const counts = Object.values(parts);
    const sum = counts.reduce((all, one) => all + one, 0);
    total += sum;
    const least = Object.entries(parts).reduce((low, one) => (one[1] < low[1] ? one : low));
    console.log(
      `${type}: ${sum} strings in ${counts.length} parts, ${faults.length} obeyed; ` +
        `least in ${least[0]}: ${least[1]}`,
    );
    for (const fault of faults) console.log(`  ${fault}`);
  }
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(`${total} strings with seed ${values.seed} in ${seconds} s`);
}
