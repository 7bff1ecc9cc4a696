// Breaks one promise of the code at a time (breaks.mjs), on a copy of the checkout, and runs the
// fault cases that must notice it. A suite that lets one pass proves nothing, nor does a case that
// nothing turns red: then the exit code is 1. `node test/faults/mutations.mjs [part of a name]`.
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutations } from './breaks.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const atOnce = 2;
/** The copies have no history, and one case builds the release before from it. */
const history = spawnSync('git', ['rev-parse', '--absolute-git-dir'], {
  cwd: root,
  encoding: 'utf8',
}).stdout.trim();

/** @returns the folder of a copy, built from here on by the copy's own build.mjs */
function copyCheckout() {
  const copy = mkdtempSync(join(tmpdir(), 'tocsin-mutation-'));
  // One case runs the service as another user.
  chmodSync(copy, 0o755);
  const left = new Set(['node_modules', '.git', 'bench']);
  cpSync(root, copy, { recursive: true, filter: (source) => !left.has(source.slice(root.length)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/**
 * @throws if a text is not there exactly once: then the code has changed, and the mutation must
 * follow it
 */
function applyEdits(copy, edits) {
  for (const [file, before, after] of edits) {
    const path = join(copy, file);
    const parts = readFileSync(path, 'utf8').split(before);
    if (parts.length !== 2)
      throw new Error(`${file} has the text ${parts.length - 1} times: ${before}`);
    writeFileSync(path, parts.join(after));
  }
}

function run(command, args, cwd, environment) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        output += text;
      });
    child.on('close', (code) => resolve({ code, output }));
  });
}

const vitest = join('node_modules', 'vitest', 'vitest.mjs');
const configuration = ['--config', join('test', 'faults', 'vitest.config.ts')];

/** @returns the verdict, and the titles of the cases that turned red */
async function judge({ edits, cases, isLong }) {
  const copy = copyCheckout();
  try {
    applyEdits(copy, edits);
    const built = spawnSync(process.execPath, ['build.mjs'], { cwd: copy, encoding: 'utf8' });
    if (built.status !== 0)
      return { verdict: 'DOES NOT BUILD', red: [], output: built.stdout + built.stderr };
    const { output } = await run(
      process.execPath,
      [vitest, 'run', ...configuration, '-t', cases],
      copy,
      {
        GIT_DIR: history,
        ...(isLong && { FAULTS: 'long' }),
      },
    );
    // A case that failed, not a suite that could not run.
    const red = [...output.matchAll(/^FAILED: (.*)$/gm)].map(([, title]) => ({
      title,
      why: whyRed(output, title),
    }));
    const isProof = red.length > 0 && /Repeat with: SEED=|Test timed out/.test(output);
    return { verdict: isProof ? 'caught' : 'NOT CAUGHT', red, output };
  } catch (error) {
    return { verdict: 'NOT APPLIED', red: [], output: error.message };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * The first line of the case's error: it must be that of the broken promise, and not of a busy
 * machine.
 */
function whyRed(output, title) {
  const lines = output.split('\n');
  const at = lines.findIndex((line) => line.startsWith(' FAIL ') && line.endsWith(` > ${title}`));
  return at < 0 ? 'no reason given' : (lines[at + 1] ?? '');
}

/** Titles of all cases. */
function listCases() {
  const listed = spawnSync(process.execPath, [vitest, 'list', ...configuration], {
    cwd: root,
    encoding: 'utf8',
  });
  if (listed.status !== 0)
    throw new Error(`the cases cannot be listed: ${listed.stdout}${listed.stderr}`);
  return listed.stdout.split('\n').flatMap((line) => line.split(' > ')[1] ?? []);
}

const wanted = mutations.filter(({ name }) => name.includes(process.argv[2] ?? ''));
const waiting = [...wanted];
const proven = new Set();
let missed = 0;
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const startedAt = performance.now();
      const { verdict, red, output } = await judge(next);
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      console.log(`${verdict.padEnd(14)} ${next.name} (${seconds} s)`);
      for (const { title, why } of red) {
        console.log(`${''.padEnd(14)} red: ${title}: ${why}`);
        proven.add(title);
      }
      if (verdict === 'caught') continue;
      missed += 1;
      console.log(output.split('\n').slice(-25).join('\n'));
    }
  }),
);
console.log(`${wanted.length - missed} of ${wanted.length} mutations caught`);
const unproven =
  wanted.length === mutations.length ? listCases().filter((title) => !proven.has(title)) : [];
for (const title of unproven) console.log(`NEVER RED      ${title}`);
process.exit(wanted.length > 0 && missed === 0 && unproven.length === 0 ? 0 : 1);
