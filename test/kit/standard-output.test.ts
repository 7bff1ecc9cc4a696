// Standard output as a process gets it: a pipe is one stream for good, a file or a device is opened
// anew after a fault.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { builtFile } from '../support/built.ts';

const module = JSON.stringify(pathToFileURL(builtFile('kit/standard-output.ts')).href);

/** Runs a program with `output` as its standard output. @returns what it wrote, and said */
function run(output: 'pipe' | number, program: string) {
  const source = `
    import { standardOutput } from ${module};
    const output = standardOutput();
    const say = (text) => process.stderr.write(text + '\\n');
    ${program}`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', output, 'pipe'],
    encoding: 'utf8',
  });
  return { stdout: child.stdout, said: child.stderr.trim().split('\n'), status: child.status };
}

function opened(path: string): number {
  const fd = openSync(path, 'w');
  onTestFinished(() => closeSync(fd));
  return fd;
}

test('a pipe is the stream of the process itself', () => {
  const { stdout, said } = run('pipe', "say(output === process.stdout); output.write('line\\n');");
  expect(said).toEqual(['true']);
  expect(stdout).toBe('line\n');
});

test('each stream of a file writes on where the one before ended', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-output-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'lines');
  const { said, status } = run(
    opened(path),
    `
    say(typeof output);
    for (const word of ['one', 'two']) {
      await new Promise((resolve) => output().write(word + '\\n', resolve));
    }`,
  );
  expect([said, status]).toEqual([['function'], 0]);
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
});

test('a device that is full fails each write, and another stream of it can be had', ({ skip }) => {
  skip(!existsSync('/dev/full'), 'this system has no /dev/full');
  const { said, status } = run(
    opened('/dev/full'),
    `
    for (let n = 0; n < 2; n += 1) {
      const stream = output().on('error', () => {});
      await new Promise((resolve) => stream.write('x', (error) => { say(error.code); resolve(); }));
    }`,
  );
  expect([said, status]).toEqual([['ENOSPC', 'ENOSPC'], 0]);
});
