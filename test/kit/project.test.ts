// Where the project's own files are found: from its sources, from what was built, and not where
// package.json was left behind.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../../src/kit/project.ts';
import { builtFile } from '../support/built.ts';

/** A copy of the built file, alone in a folder below a fresh one. */
function copied(...folders: string[]): { folder: string; file: string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tocsin-project-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, ...folders), { recursive: true });
  const file = join(folder, ...folders, 'project.mjs');
  copyFileSync(builtFile('kit/project.ts'), file);
  return { folder, file };
}

/** What a process that loads the file takes for the root, or how it fails. */
function rootSeenBy(file: string): string {
  const program = `process.stdout.write((await import(${JSON.stringify(pathToFileURL(file).href)})).projectRoot)`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  return stdout === '' ? stderr : stdout;
}

test('it is the folder of package.json, seen from the sources and from what was built', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
  expect(projectRoot).toBe(root);
  expect(existsSync(join(projectRoot, 'drizzle'))).toBe(true);
  expect(rootSeenBy(builtFile('kit/project.ts'))).toBe(root);
});

test('of two folders with a package.json the nearer one counts', () => {
  const { folder, file } = copied('app', 'dist', 'kit');
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'app', 'package.json'), '{}');
  expect(rootSeenBy(file)).toBe(join(folder, 'app'));
});

test('files that were copied without package.json say so at once', () => {
  expect(rootSeenBy(copied('dist', 'kit').file)).toContain('Error: package.json is missing');
});
