// .ci/run, with stand-ins for npm and node that fail as the real ones do: what its last lines say.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { root } from './source-files.ts';

/**
 * Output and exit code of the steps, by how their command line begins; of any other, nothing and 0.
 */
type Steps = Readonly<Record<string, readonly [lines: readonly string[], code: number]>>;

/**
 * Runs the script in a folder of its own.
 * @param seconds how long the run has lasted when it begins
 * @returns its exit code, and its lines from `== Result` on
 */
function runOf(steps: Steps, seconds = 0): { code: number | null; result: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-ci-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, '.ci'), join(folder, '.ci'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  // They do not come from the package manager of this machine.
  for (const name of ['npm', 'npx', 'node', 'promtool', 'pgbouncer']) {
    const cases = Object.entries(steps).map(([begin, [lines, code]], index) => {
      writeFileSync(join(folder, `${index}.txt`), lines.map((line) => `${line}\n`).join(''));
      return `"${begin}"*) cat "${folder}/${index}.txt"; exit ${code} ;;`;
    });
    const script = ['#!/bin/sh', `case "${name} $*" in`, ...cases, 'esac', ''].join('\n');
    writeFileSync(join(folder, 'bin', name), script, { mode: 0o755 });
  }
  const path = `${folder}/bin:${process.env.PATH}`;
  const env = { ...process.env, PATH: path, SECONDS: String(seconds) };
  const { status, stdout } = spawnSync(join(folder, '.ci/run'), {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const lines = stdout.trimEnd().split('\n');
  return { code: status, result: lines.slice(lines.lastIndexOf('== Result')) };
}

const red = (text: string) =>
  `\u001B[31m\u001B[1m\u001B[7m FAIL \u001B[27m\u001B[22m\u001B[39m ${text}`;
const passes: Steps = {
  'npm test': [['10 passed, 0 failed, 1 skipped'], 0],
  'npx vitest run --config test/faults': [['4 passed, 0 failed'], 0],
};

describe.runIf(process.platform === 'linux')('the end of a CI run', () => {
  test('is its closing line alone where nothing failed', () => {
    expect(runOf(passes)).toEqual({ code: 0, result: ['== Result', '18 passed, 0 failed'] });
  });

  test('names what failed, in plain words and each once: tests, cases of the fault suite, steps', () => {
    const { code, result } = runOf({
      ...passes,
      'npm run demo': [['no demo'], 3],
      'npx vitest run --config test/faults': [
        [
          red('test/faults/a.test.ts > a kill > loses nothing'),
          'Error: FAILED: is no line of its own',
          red('test/faults/b.test.ts > a cut'),
          red('test/faults/b.test.ts > a cut'),
          'FAILED: a kill > loses nothing',
          'FAILED: a cut',
          'FAILED: one that only the table has',
          'SKIPPED: another (no promtool)',
          '1 passed, 3 failed',
        ],
        1,
      ],
      'npm test': [[red('test/a.test.ts [ test/a.test.ts ]'), '9 passed, 1 failed'], 1],
    });
    expect(result).toEqual([
      '== Result',
      'failed: npm run demo -- --once (exit code 3)',
      'failed: test/a.test.ts [ test/a.test.ts ]',
      'failed: test/faults/a.test.ts > a kill > loses nothing',
      'failed: test/faults/b.test.ts > a cut',
      'failed: one that only the table has',
      '13 passed, 5 failed',
    ]);
    expect(code).toBe(1);
  });

  test('names the step that failed without a test: lint, a time that was over, an output that was cut', () => {
    const { result } = runOf({
      ...passes,
      'npm test': [['lint/style'], 1],
      'npx vitest run --config test/faults': [['4 passed, 0 failed'], 137],
    });
    expect(result).toEqual([
      '== Result',
      'failed: npm test (exit code 1)',
      'failed: npx vitest run --config test/faults/vitest.config.ts (exit code 137)',
      '8 passed, 2 failed',
    ]);
    const cut = runOf({ ...passes, 'npm test': [['as if it ended well'], 0] });
    expect(cut.result.slice(1)).toEqual(['failed: npm test (exit code 1)', '8 passed, 1 failed']);
  });

  test('comes at once where the installation fails, with what was not tried counted nowhere', () => {
    const { code, result } = runOf({ ...passes, 'npm ci': [['no network'], 1] });
    expect(result).toEqual(['== Result', 'failed: npm ci (exit code 1)', '1 passed, 1 failed']);
    expect(code).toBe(1);
  });

  test('names what it left out for lack of time, and fails for none of it', () => {
    const { code, result } = runOf({
      ...passes,
      'npm test': [
        ['Left out, because no time was left: test/a.test.ts (3)', '7 passed, 0 failed'],
        0,
      ],
    });
    expect(result).toEqual([
      '== Result',
      'Left out, because no time was left: test/a.test.ts (3)',
      '15 passed, 0 failed',
    ]);
    expect(code).toBe(0);
  });

  test('names the tests for which it was too late, and fails for none of them', () => {
    const leftOut = (step: string) => `Left out, because no time was left: ${step}`;
    expect(runOf(passes, 890)).toEqual({
      code: 0,
      result: [
        '== Result',
        leftOut('npm test'),
        leftOut('npx vitest run --config test/faults/vitest.config.ts'),
        '4 passed, 0 failed',
      ],
    });
  });

  test('stays short, and says how many more there are', () => {
    const many = Array.from({ length: 25 }, (_, at) => ` FAIL  test/a.test.ts > ${at}`);
    const { result } = runOf({ ...passes, 'npm test': [[...many, '0 passed, 25 failed'], 1] });
    expect(result).toHaveLength(23);
    expect(result.slice(19)).toEqual([
      'failed: test/a.test.ts > 18',
      'failed: test/a.test.ts > 19',
      'failed: 5 more',
      '8 passed, 25 failed',
    ]);
  });
});
