// The tarball: what is in it, that the same sources give the same bytes, and that it runs from an
// empty folder, without the repository, without a network, as another user.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { buildReleaseBefore } from '../../faults/release-before.ts';
import { manifest, readProjectFile } from '../../tree/project-files.ts';
import { passEvent, testJourney, writeConfig } from './journey.ts';
import { hostPlace, newFolder, runAt, startAt } from './place.ts';

const name = `tocsin-${manifest.version}`;
const file = join(inject('release'), `${name}.tar.gz`);

/** Unpacked, as `tar -xzf` does it. */
function unpack(folder = newFolder()): string {
  execFileSync('tar', ['-xzf', file, '-C', folder]);
  return join(folder, name);
}

function filesOf(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

describe('the tarball', () => {
  test('is the same, byte for byte, when another folder is built at another time', () => {
    const other = readFileSync(join(inject('again'), `${name}.tar.gz`));
    expect(readFileSync(file).equals(other)).toBe(true);
  });

  test('is small', () => {
    expect(statSync(file).size).toBeLessThan(16e6);
    expect(Number(execFileSync('sh', ['-c', 'gzip -dc "$0" | wc -c', file]))).toBeLessThan(40e6);
  });

  test('holds what is listed, and no tool, no map and no test', () => {
    const found = filesOf(unpack());
    const kinds = found.map((path) => path.replace(/^(dist)\/[\w-]+\.js$/, '$1/*.js'));
    const groups = [...new Set(kinds.filter((path) => !/^(docs|examples|drizzle)\//.test(path)))];
    expect(groups).toEqual([
      '.env.example',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'THIRD-PARTY-NOTICES',
      'bin/tocsin',
      'dist/*.js',
      'dist/embedded-seed.tar.gz',
      'dist/embedded-seed.tar.gz.version',
      'dist/initdb.wasm',
      'dist/pglite.data',
      'dist/pglite.wasm',
      'package.json',
      'src/http/page/assets/icon.svg',
      'src/http/page/assets/live.js',
      'src/http/page/assets/page.css',
      'src/http/page/assets/page.js',
      'systemd/tocsin.service',
    ]);
    expect(
      found.filter((path) => /\.(map|ts|node|tsbuildinfo)$|node_modules|\.npmrc/.test(path)),
    ).toEqual([]);
    expect(
      found.filter((path) => path.startsWith('drizzle/') && !/\.sql$|_journal/.test(path)),
    ).toEqual([]);
  });

  test('is what npm would pack of it, so that publishing adds and leaves out nothing', () => {
    const folder = unpack();
    const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--offline'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const [packed] = JSON.parse(said) as { files: { path: string }[] }[];
    expect(packed!.files.map(({ path }) => path).sort()).toEqual(filesOf(folder));
  });

  test('names in its notices every package that the lock file gives to the program', () => {
    const folder = unpack();
    const notices = readFileSync(join(folder, 'THIRD-PARTY-NOTICES'), 'utf8');
    const { bundled } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const { packages } = JSON.parse(readProjectFile('package-lock.json'));
    for (const [one, version] of Object.entries(bundled)) {
      expect(notices).toContain(`${one} ${version} (`);
      const versions = Object.entries(packages as Record<string, { version: string; dev?: true }>)
        .filter(([path, entry]) => path.endsWith(`node_modules/${one}`) && !entry.dev)
        .map(([, entry]) => entry.version);
      expect(versions, one).toContain(version);
    }
    for (const one of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
      expect(Object.keys(bundled)).toContain(one);
  });
});

describe('npm install --global', () => {
  test('needs no network and no compiler, and gives a command that runs', () => {
    const prefix = newFolder();
    const run = (...words: string[]) =>
      spawnSync('unshare', ['--net', ...words], {
        encoding: 'utf8',
        env: { ...process.env, npm_config_cache: newFolder() },
      });
    const installed = run('npm', 'install', '--global', '--offline', '--prefix', prefix, file);
    expect(installed.status, installed.stderr).toBe(0);
    expect(readdirSync(join(prefix, 'lib/node_modules'))).toEqual(['tocsin']);
    const said = run(join(prefix, 'bin/tocsin'), '--version');
    expect(said).toMatchObject({ status: 0, stdout: `${manifest.version}\n` });
  });
});

describe('from the tarball alone', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-unpacked-'));
    chmodSync(folder, 0o755);
    folder = unpack(folder);
    return () => rmSync(dirname(folder), { recursive: true, force: true });
  });

  testJourney(() => hostPlace(folder, writeConfig()));

  test('the libraries of all brokers are there without being installed', async () => {
    const config = writeConfig(`
  a: { type: mqtt, broker: 127.0.0.1:1, topic: a, tls: false }
  b: { type: nats, servers: ['127.0.0.1:1'], subject: a, tls: false }
  c: { type: amqp, broker: 127.0.0.1:1, exchange: a, tls: false }
  d: { type: kafka, brokers: ['127.0.0.1:1'], topic: a, tls: false }
`);
    const { stdout } = await runAt(hostPlace(folder, config), 'check');
    for (const sink of ['a', 'b', 'c', 'd'])
      expect(stdout).toMatch(
        new RegExp(`^FAIL {2}sink ${sink}: 127.0.0.1:1.* Check host and port`, 'm'),
      );
  });

  test('the data of the release before is taken over', async () => {
    const before = buildReleaseBefore();
    const config = writeConfig();
    const place = hostPlace(folder, config);
    chmodSync(dirname(dirname(before.program)), 0o755);
    const launch = [...place.launch.slice(0, -1), process.execPath, before.program];
    const first = startAt({ ...place, prepare: ['cd /'], launch }, 'serve');
    await first.ready();
    await passEvent(first, 'one');
    expect((await first.end('SIGTERM')).code).toBe(0);

    const second = startAt(place, 'serve');
    await second.ready();
    await passEvent(second, 'two');
    expect((await second.end('SIGTERM')).code).toBe(0);
    const found = await runAt(place, 'event', 'search', '--json');
    expect(found.stdout, found.stderr).toMatch(/host-two[\s\S]*host-one/);
  });
});
