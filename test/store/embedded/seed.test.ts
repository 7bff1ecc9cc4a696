// Which prepared archive fits this release.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '../../../src/kit/project.ts';
import {
  isSeedUsable,
  seedPath,
  seedVersion,
  versionFileOf,
} from '../../../src/store/embedded/seed.ts';

let archive: string;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  archive = join(directory, 'seed.tar.gz');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('one is used only beside a file that says it was made with what this release uses', () => {
  expect(isSeedUsable(archive), 'nothing is there').toBe(false);
  writeFileSync(archive, 'an archive');
  expect(isSeedUsable(archive), 'nobody says what it was made with').toBe(false);
  writeFileSync(versionFileOf(archive), 'pglite 0.4.0, migrations 00');
  expect(isSeedUsable(archive), 'another release').toBe(false);
  writeFileSync(versionFileOf(archive), seedVersion());
  expect(isSeedUsable(archive)).toBe(true);
  rmSync(archive);
  expect(isSeedUsable(archive), 'the version alone').toBe(false);
});

test('what it was made with names the release of PGlite and all migrations', () => {
  expect(seedVersion()).toMatch(/^pglite \d+\.\d+\.\d+\S*, migrations [0-9a-f]{64}$/);
  expect(readdirSync(join(projectRoot, 'drizzle'))).toContainEqual(expect.stringMatching(/\.sql$/));
});

test('the build leaves it in dist/, for a process that runs from the sources too', () => {
  expect(seedPath).toBe(join(projectRoot, 'dist', 'embedded-seed.tar.gz'));
  expect(existsSync(seedPath), 'run `npm run build` first').toBe(true);
});
