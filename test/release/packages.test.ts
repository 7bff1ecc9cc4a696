// The packages inside a release: which files tell of which, and whose licences are told.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly texts: readonly string[];
}
const { noticesOf, packagesOf } = (await import(
  new URL('../../release/packages.mjs', import.meta.url).href
)) as {
  noticesOf(packages: readonly Package[]): string;
  packagesOf(root: string, files: readonly string[]): Package[];
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tocsin-packages-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function addPackage(
  path: string,
  manifest: object,
  files: Readonly<Record<string, string>> = {},
): void {
  mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, path, 'package.json'), JSON.stringify(manifest));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, path, name), text);
}

test('a package counts once, however many of its files went in, and also inside of another', () => {
  addPackage('node_modules/b', { name: 'b', version: '1.0.0', license: 'MIT' }, { LICENSE: 'B' });
  addPackage('node_modules/@s/a', { name: '@s/a', version: '2.0.0', license: 'ISC' });
  addPackage('node_modules/b/node_modules/c', { name: 'c', version: '3.0.0', license: 'MIT' });
  const files = [
    'src/main.ts',
    'node_modules/b/lib/x.js',
    'node_modules/b/lib/y.js',
    'node_modules/@s/a/index.js',
    'node_modules/b/node_modules/c/index.js',
  ];
  expect(packagesOf(root, files)).toEqual([
    { name: '@s/a', version: '2.0.0', licence: 'ISC', texts: [] },
    { name: 'b', version: '1.0.0', licence: 'MIT', texts: ['B'] },
    { name: 'c', version: '3.0.0', licence: 'MIT', texts: [] },
  ]);
});

test('a package without a licence is refused', () => {
  addPackage('node_modules/b', { name: 'b', version: '1.0.0' });
  expect(() => packagesOf(root, ['node_modules/b/x.js'])).toThrow('b 1.0.0 states no licence');
});

test('each package is named above the text of its licence, and a shared text stands once', () => {
  const texts = ['The MIT License'];
  const notices = noticesOf([
    { name: 'a', version: '1.0.0', licence: 'MIT', texts },
    { name: 'b', version: '2.0.0', licence: 'ISC', texts: [] },
    { name: 'c', version: '3.0.0', licence: 'MIT', texts },
  ]);
  expect(notices).toContain('a 1.0.0 (MIT)\nc 3.0.0 (MIT)\n\nThe MIT License\n');
  expect(notices.match(/The MIT License/g)).toHaveLength(1);
  expect(notices).toContain('b 2.0.0 (ISC)\n\nLicence: ISC. The package brings no text of it.\n');
});
