// A file that is named on the command line.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UsageError } from '../../src/cli/command.ts';
import { readGivenFile } from '../../src/cli/given-file.ts';
import { builtFile } from '../support/built.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-given-'));
  mkdirSync(join(directory, 'folder'));
  writeFileSync(join(directory, 'a.json'), '\uFEFF{"ü": 1}\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('is looked for in the folder, and its byte order mark is left out', () => {
  expect(readGivenFile('a.json', directory)).toBe('{"ü": 1}\n');
  expect(readGivenFile('../a.json', join(directory, 'folder'))).toBe('{"ü": 1}\n');
  expect(readGivenFile(join(directory, 'a.json'), '/')).toBe('{"ü": 1}\n');
});

test.each([
  ['nothing.json', 'nothing.json cannot be read (ENOENT).'],
  ['folder', 'folder cannot be read (EISDIR).'],
  ['/dev/zero', '/dev/zero cannot be read (not a file).'],
])('%s is wrong usage', (name, message) => {
  const reading = () => readGivenFile(name, directory);
  expect(reading).toThrow(UsageError);
  expect(reading).toThrow(message);
});

test('"-" is standard input, to its end', () => {
  const module = JSON.stringify(`file://${builtFile('cli/given-file.ts')}`);
  const script = `const { readGivenFile } = await import(${module}); process.stdout.write(readGivenFile('-', '/nowhere'));`;
  const input = `\uFEFF${'ü'.repeat(100_000)}`;
  const argv = ['--input-type=module', '-e', script];
  const { status, stdout } = spawnSync(process.execPath, argv, { input, encoding: 'utf8' });
  expect([status, stdout === input.slice(1)]).toEqual([0, true]);
});
