// Code whose licence asks for more than to be named does not get into a release.
import { expect, test } from 'vitest';
import { readProjectFile } from '../tree/project-files.ts';
import { script } from './scripts.ts';

const { licenceProblems } = await script<{ licenceProblems(lock: object): string[] }>(
  'licences.mjs',
);

test('every package that runs may be passed on', () => {
  expect(licenceProblems(JSON.parse(readProjectFile('package-lock.json')) as object)).toEqual([]);
});

const lockWith = (entry: object) => ({
  packages: { '': {}, 'node_modules/bell': { version: '1.0.0', ...entry } },
});

test.each(['MIT', 'Apache-2.0 AND MIT', '(MIT OR GPL-3.0-only)', '0BSD'])('%s may', (license) => {
  expect(licenceProblems(lockWith({ license }))).toEqual([]);
});

test.each([
  'GPL-3.0-only',
  'AGPL-3.0-or-later',
  'MIT AND GPL-2.0-only',
  'LGPL-3.0-only',
  'SSPL-1.0',
  'BUSL-1.1',
  'SEE LICENSE IN LICENSE.md',
  'Apache-2.0 WITH LLVM-exception',
  '',
])('“%s” may not', (license) => {
  expect(licenceProblems(lockWith({ license }))).toEqual([
    `bell 1.0.0 is under ${license}: release/licences.mjs has the list`,
  ]);
});

test('a package without a licence may not, and one that does not run may', () => {
  expect(licenceProblems(lockWith({}))[0]).toContain('bell 1.0.0 states no licence');
  expect(licenceProblems(lockWith({ dev: true, license: 'GPL-3.0-only' }))).toEqual([]);
  expect(licenceProblems(lockWith({ devOptional: true, license: 'GPL-3.0-only' }))).toHaveLength(1);
});
