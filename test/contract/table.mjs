// Prints a table of all adapters: their lines of code, how many cases of the contract each passes and
// which it skips, with the reasons, and against what it is tested: `node test/contract/table.mjs`.
// It runs the tests of all adapters, which takes a few minutes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), 'tocsin-table-'));
const output = join(folder, 'results.json');
const { status } = spawnSync(
  process.execPath,
  [
    ...[join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'code'],
    ...['test/sinks', 'test/sources', '--reporter', 'json', '--outputFile', output],
  ],
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
);
const { testResults } = JSON.parse(readFileSync(output, 'utf8'));
rmSync(folder, { recursive: true });

const contract = /^the (sink|source) (\w+)(?: as .+)? keeps the contract$/;
const adapters = new Map();
for (const { assertionResults } of testResults)
  for (const { ancestorTitles, title, status: state } of assertionResults) {
    const [, kind, type] = contract.exec(ancestorTitles[0] ?? '') ?? [];
    if (kind === undefined) continue;
    const key = `${kind} ${type}`;
    const one = adapters.get(key) ?? { kind, type, passed: 0, failed: 0, reasons: new Map() };
    adapters.set(key, one);
    if (state === 'passed') one.passed += 1;
    else if (state === 'failed') one.failed += 1;
    else count(one.reasons, /\(([^()]*(?:\([^()]*\)[^()]*)*)\)$/.exec(title)?.[1] ?? 'no reason');
  }

const byName = [...adapters.values()].sort((a, b) =>
  `${a.kind} ${a.type}`.localeCompare(`${b.kind} ${b.type}`),
);
console.log('| adapter | lines | cases passed | failed | skipped, and why | far end in tests |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const { kind, type, passed, failed, reasons } of byName) {
  const skipped = [...reasons].map(([reason, times]) => `${times}: ${reason}`).join('; ');
  const cells = [`${kind} ${type}`, linesOf(kind, type), passed, failed, skipped || 'none'];
  console.log(`| ${[...cells, farEndOf(type)].join(' | ')} |`);
}
process.exitCode = status ?? 1;

function count(map, key) {
  map.set(key, (map.get(key) ?? 0) + 1);
}

/** Of its file or folder; of a type that lies in another's folder, of that folder. */
function linesOf(kind, type) {
  const base = join(root, 'src', `${kind}s`);
  const words = type.split('_');
  const names = words.map((_, at) => words.slice(0, words.length - at).join('_'));
  const path = names
    .flatMap((name) => [join(base, `${name}.ts`), join(base, name)])
    .find((one) => existsSync(one));
  return path === undefined ? '?' : linesBelow(path);
}

function linesBelow(path) {
  if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8').split('\n').length - 1;
  return readdirSync(path).reduce((sum, name) => sum + linesBelow(join(path, name)), 0);
}

function farEndOf(type) {
  const isReal = existsSync(join(root, `test/real/${type}.test.ts`));
  return isReal ? 'simulator, and a real one where its program is' : 'simulator';
}
