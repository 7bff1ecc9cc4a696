// Prints a table of all adapters, a row as soon as its tests have run: `node test/contract/table.mjs`,
// which takes a few minutes, or with the names of some test files for those alone. Of each: its lines
// of code, how many cases of the contract it passes and which it skips, with the reasons, against what
// it is tested, and of a sink what README.md says that it can.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const contract = /^the (sink|source) (\w+)(?: as .+)? keeps the contract$/;
/** By type of sink: whether it edits, has threads, has buttons; what a message is that is sent twice. */
const abilities = new Map(
  readFileSync(join(root, 'README.md'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, type, rest] = /^\| \[(\w+)\]\(docs\/sinks\/\w+\.md\) \| (.*) \|$/.exec(line) ?? [];
      if (type === undefined) return [];
      const [, edits, threads, buttons, , twice] = rest.split(' | ');
      return [[type, [edits, threads, buttons, twice]]];
    }),
);

const columns = [
  ...['adapter', 'lines', 'cases passed', 'failed', 'skipped, and why', 'far end in tests'],
  ...['edits', 'threads', 'buttons', 'a message that is sent twice is'],
];
print(columns);
print(columns.map(() => '---'));

const files = process.argv.slice(2);
const vitest = await startVitest(
  'test',
  files.length > 0 ? files : ['test/sinks', 'test/sources'],
  {
    root,
    watch: false,
    project: ['code'],
    reporters: [{ onTestModuleEnd: printRowsOf, onTestRunEnd: sayWhatFailed }],
  },
);
await vitest.close();

function printRowsOf(module) {
  for (const { kind, type, passed, failed, reasons } of adaptersIn(module).values()) {
    const skipped = [...reasons].map(([reason, times]) => `${times}: ${reason}`).join('; ');
    const lines = linesOf(kind, type);
    const can = (kind === 'sink' && abilities.get(type)) || ['', '', '', ''];
    print([
      `${kind} ${type}`,
      lines,
      passed,
      failed,
      skipped || 'none',
      farEndOf(kind, type),
      ...can,
    ]);
  }
}

/** A product's test file may run the contract for several of its adapters, and for one in several ways. */
function adaptersIn(module) {
  const adapters = new Map();
  for (const test of module.children.allTests()) {
    const [, kind, type] = contract.exec(test.parent.name ?? '') ?? [];
    if (kind === undefined) continue;
    const one = adapters.get(type) ?? { kind, type, passed: 0, failed: 0, reasons: new Map() };
    adapters.set(type, one);
    const { state } = test.result();
    if (state === 'passed') one.passed += 1;
    else if (state === 'failed') one.failed += 1;
    else
      count(one.reasons, /\(([^()]*(?:\([^()]*\)[^()]*)*)\)$/.exec(test.name)?.[1] ?? 'no reason');
  }
  return adapters;
}

function sayWhatFailed(modules, errors) {
  const failed = modules.flatMap((module) => [...module.children.allTests('failed')]);
  for (const { module, fullName } of failed)
    console.error(`failed: ${module.relativeModuleId}: ${fullName}`);
  for (const module of modules)
    for (const error of module.errors())
      console.error(`${module.relativeModuleId}:`, error.message);
  for (const error of errors) console.error('outside of a test:', error.stack ?? error.message);
}

function print(cells) {
  console.log(`| ${cells.join(' | ')} |`);
}

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

function farEndOf(kind, type) {
  const isReal = kind === 'sink' && existsSync(join(root, `test/real/${type}.test.ts`));
  return isReal ? 'simulator, and a real one where its program is' : 'simulator';
}
