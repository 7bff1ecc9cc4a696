// The systemd unit: what it takes away from the service, and what it must leave to it.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { knownVariables } from '../../src/config/read/known.ts';
import { defaultPolicy } from '../../src/core/deliver/policy.ts';
import { readProjectFile } from './project-files.ts';
import { root } from './source-files.ts';

const { taken } = (await import(new URL('../../release/stage.mjs', import.meta.url).href)) as {
  readonly taken: readonly string[];
};
const unit = readProjectFile('systemd/tocsin.service');
const lines = unit.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
/** Every value of a directive, in order. */
const valuesOf = (name: string) =>
  lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));

describe('the systemd unit', () => {
  test('runs as a user of its own that owns one folder and may write nowhere else', () => {
    expect(valuesOf('DynamicUser')).toEqual(['yes']);
    expect(valuesOf('StateDirectory')).toEqual(['tocsin']);
    expect(valuesOf('StateDirectoryMode')).toEqual(['0700']);
    expect(valuesOf('Environment')).toContain('DATA_DIR=%S/tocsin');
    expect(valuesOf('ProtectSystem')).toEqual(['strict']);
    expect(valuesOf('ProtectHome')).toEqual(['yes']);
    expect(valuesOf('PrivateTmp')).toEqual(['yes']);
  });

  test('runs what the tarball holds, where its first lines unpack it', () => {
    const [program, ...words] = valuesOf('ExecStart')[0]!.split(' ');
    expect([program, ...words]).toEqual(['/usr/bin/node', '/opt/tocsin/dist/main.js', 'serve']);
    expect(valuesOf('WorkingDirectory')).toEqual(['/opt/tocsin']);
    expect(valuesOf('Documentation')).toEqual(['file:///opt/tocsin/README.md']);
    expect(unit).toContain('-C /opt && ln -sfn tocsin-<version> /opt/tocsin');
    expect(taken).toEqual(expect.arrayContaining(['bin', 'systemd', 'README.md']));
  });

  test('keeps what was compiled in a folder of its own', () => {
    expect(valuesOf('CacheDirectory')).toEqual(['tocsin']);
    expect(valuesOf('Environment')).toContain('NODE_COMPILE_CACHE=%C/tocsin');
  });

  test('has no capability, gains no right, and calls what services call', () => {
    expect(valuesOf('NoNewPrivileges')).toEqual(['yes']);
    expect(valuesOf('CapabilityBoundingSet')).toEqual(['']);
    expect(valuesOf('AmbientCapabilities')).toEqual(['']);
    expect(valuesOf('SystemCallFilter')).toEqual(['@system-service @pkey', '~@privileged']);
    expect(valuesOf('SystemCallErrorNumber')).toEqual(['EPERM']);
    expect(valuesOf('RestrictNamespaces')).toEqual(['yes']);
  });

  test('sees no other process, leaves no core with secrets in it, and cannot take all memory', () => {
    expect(valuesOf('ProtectProc')).toEqual(['invisible']);
    expect(valuesOf('ProcSubset')).toEqual(['pid']);
    expect(valuesOf('LimitCORE')).toEqual(['0']);
    expect(valuesOf('MemoryMax')).toEqual(['1G']);
  });

  test('leaves to V8 and WebAssembly the memory that they write and execute', () => {
    expect(valuesOf('MemoryDenyWriteExecute')).toEqual(['no']);
  });

  test('may open the sockets that it needs: the network’s, and the one that locks DATA_DIR', () => {
    const families = valuesOf('RestrictAddressFamilies').flatMap((value) => value.split(' '));
    expect(families).toEqual(expect.arrayContaining(['AF_INET', 'AF_INET6', 'AF_UNIX']));
  });

  test('starts again whatever happened, but for a wrong configuration', () => {
    expect(valuesOf('Restart')).toEqual(['always']);
    expect(valuesOf('RestartPreventExitStatus')).toEqual(['78']);
    expect(valuesOf('StartLimitIntervalSec')).toEqual(['0']);
  });

  test('has its configuration read again by a signal to the process itself', () => {
    expect(valuesOf('ExecReload')).toEqual(['/bin/kill -HUP $MAINPID']);
  });

  test('lets what is in flight be finished and written', () => {
    expect(Number(valuesOf('TimeoutStopSec')[0])).toBeGreaterThan(30);
    expect(Number(valuesOf('TimeoutStopSec')[0]) * 1000).toBeGreaterThanOrEqual(
      3 * defaultPolicy.drainMs,
    );
  });

  test('names only variables that Tocsin reads, in its examples too', () => {
    const settings = [...unit.matchAll(/^#?Environment=(.*)$/gm)].flatMap(([, text]) =>
      text!.split(' '),
    );
    const names = settings.map((setting) => setting.split('=')[0]!.replace(/_FILE$/, ''));
    expect(names.length).toBeGreaterThanOrEqual(4);
    expect(
      names.filter(
        (name) =>
          !['NODE_ENV', 'NODE_COMPILE_CACHE'].includes(name) &&
          !(knownVariables as readonly string[]).includes(name),
      ),
    ).toEqual([]);
  });

  test('is well formed in the eyes of systemd', ({ skip }) => {
    // Node may stand elsewhere on this machine, which is no fault of the unit: only what systemd
    // cannot read counts.
    const run = spawnSync('systemd-analyze', ['verify', `${root}systemd/tocsin.service`], {
      encoding: 'utf8',
      timeout: 25_000,
    });
    skip(run.error !== undefined, 'systemd-analyze is not installed');
    const complaints = run.stderr
      .split('\n')
      .filter((line) => /Unknown|Invalid|Failed to parse|Missing/.test(line));
    expect(complaints.filter((line) => line.includes('tocsin.service'))).toEqual([]);
  });
});
