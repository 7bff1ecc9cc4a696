// The package and its lock file: every dependency is explained, every version exact, and nothing of
// the machine that wrote them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { packagePlaces } from './areas.ts';
import { manifest, projectFiles, readProjectFile } from './project-files.ts';
import { root } from './source-files.ts';

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

const lock = JSON.parse(readProjectFile('package-lock.json')) as Lock;

describe('the runtime dependencies', () => {
  const versions = { ...manifest.dependencies, ...manifest.optionalDependencies };
  const names = Object.keys(versions);

  test('each has a line among the decisions', () => {
    const decisions = projectFiles().filter((path) => path.startsWith('docs/decisions/'));
    const lines = decisions.flatMap((path) => readProjectFile(path).split('\n'));
    for (const name of names) {
      expect(
        lines.filter((line) => line.includes(`\`${name}\``)).length,
        `${name} is not explained`,
      ).toBeGreaterThan(0);
    }
  });

  test('each has its place in src, and no place is kept for one that is gone', () => {
    expect(Object.keys(packagePlaces).sort()).toEqual(names.sort());
  });

  test('each is written with its exact version', () => {
    for (const name of names) expect(versions[name], name).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('the lock file', () => {
  test('is whole and names no registry', () => {
    expect(guard(lock)).toEqual({ status: 0, stderr: '' });
  });

  test('with a platform’s package missing, or a registry named, is refused', () => {
    const [path, entry] = Object.entries(lock.packages).find(
      ([, candidate]) => candidate.optionalDependencies !== undefined,
    )!;
    const [gone] = Object.keys(entry.optionalDependencies!);
    const without = Object.fromEntries(
      Object.entries(lock.packages).filter(([key]) => !key.endsWith(`node_modules/${gone}`)),
    );
    expect(guard({ packages: without })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(gone!),
    });
    const named = {
      ...lock.packages,
      [path]: { ...entry, resolved: 'https://registry.example/a.tgz' },
    };
    expect(guard({ packages: named })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(path),
    });
  });

  const sound = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` };
  test.each<[string, Record<string, unknown>, string]>([
    ['no hash', { ...sound, integrity: undefined }, 'no hash by SHA-512'],
    [
      'a weak hash',
      { ...sound, integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' },
      'no hash by SHA-512',
    ],
    ['a commit', { ...sound, version: 'git+ssh://git@example.com/bell.git#1' }, 'no registry has'],
    ['a link', { link: true, resolved: '../bell' }, 'a folder of the machine'],
    ['another package', { ...sound, name: 'horn' }, 'bell is horn under another name'],
    ['a script', { ...sound, hasInstallScript: true }, 'runs a script'],
    ['a script of a tool', { ...sound, hasInstallScript: true, dev: true }, 'runs a script'],
  ])('with an entry that has %s is refused', (_, entry, words) => {
    const place = (one: object) => ({ packages: { 'node_modules/bell': one as LockEntry } });
    expect(guard(place(sound))).toEqual({ status: 0, stderr: '' });
    expect(guard(place(entry))).toEqual({ status: 1, stderr: expect.stringContaining(words) });
  });

  test('holds what package.json asks for', () => {
    const asked = lock.packages[''] as unknown as typeof manifest;
    expect(asked.dependencies).toEqual(manifest.dependencies);
    expect(asked.optionalDependencies).toEqual(manifest.optionalDependencies);
    expect(asked.devDependencies).toEqual(manifest.devDependencies);
  });
});

/** Runs CI's check over `content`. */
function guard(content: Lock): { status: number | null; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'package-lock.json');
  writeFileSync(file, JSON.stringify(content));
  const script = join(root, '.ci', 'check-lock-file.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, file], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stderr };
}

describe('the files of the project', () => {
  // Binary files and this one, which says what it looks for, are left out.
  const texts = projectFiles()
    .filter((path) => path !== 'test/tree/package.test.ts')
    .map((path) => ({ path, text: readProjectFile(path) }))
    .filter(({ text }) => !text.includes('\0'));

  test('name no folder of the machine that they were written on', () => {
    // A checkout in a folder that the documents name as an example says nothing about who wrote
    // them.
    const ordinary = [
      '/',
      '/app',
      '/builds',
      '/home',
      '/opt',
      '/opt/tocsin',
      '/root',
      '/srv',
      '/tmp',
      '/usr',
      '/var',
      '/workspace',
    ];
    const own = [root.replace(/\/$/, ''), dirname(root), homedir()].filter(
      (path) => !ordinary.includes(path),
    );
    const found = texts.filter(({ text }) => own.some((path) => text.includes(`${path}/`)));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('name no registry, neither the public one nor that of this machine', () => {
    const configured = spawnSync('npm', ['config', 'get', 'registry'], {
      cwd: root,
      encoding: 'utf8',
      timeout: 20_000,
    });
    const host = URL.canParse(configured.stdout.trim())
      ? [new URL(configured.stdout.trim()).host]
      : [];
    const hosts = [...['npmjs.org', 'yarnpkg.com'].map((domain) => `registry.${domain}`), ...host];
    const found = texts.filter(({ text }) => hosts.some((name) => text.includes(name)));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('hold no environment file with secrets', () => {
    expect(projectFiles().filter((path) => /(^|\/)\.env(?!\.example$)/.test(path))).toEqual([]);
  });
});
