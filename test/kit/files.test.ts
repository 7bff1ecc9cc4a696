// Files of a configuration: regular ones, of a bounded size, and who else may read or change them.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readGivenFile } from '../../src/cli/given-file.ts';
import { loadConfig } from '../../src/config/index.ts';
import { readSecret } from '../../src/config/read/environment.ts';
import { exposureOf, lookAgain, readText, secretBytesMax } from '../../src/kit/files.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-files-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (name: string) => join(directory, name);

function secretAt(path: string) {
  const findings = { problems: [], warnings: [] as string[] } as Parameters<typeof readSecret>[2];
  return { value: readSecret(path, 'TOKENS_KEY_FILE', findings), findings };
}

describe('a secret’s file', () => {
  test.each([
    ['a device without an end', () => '/dev/zero', 'not a file'],
    [
      'a pipe that nobody writes to',
      () => {
        execFileSync('mkfifo', [at('pipe')]);
        return at('pipe');
      },
      'not a file',
    ],
    ['a folder', () => directory, 'EISDIR'],
    [
      'what is too large for a secret',
      () => {
        writeFileSync(at('large'), 'x'.repeat(secretBytesMax + 1));
        return at('large');
      },
      'larger than 64 kB',
    ],
  ])('is refused at once if it is %s', (_, make, code) => {
    const { value, findings } = secretAt(make());
    expect(value).toBeUndefined();
    expect(findings.problems).toEqual([
      expect.objectContaining({
        where: 'TOKENS_KEY_FILE',
        problem: `names a file that cannot be read (${code})`,
        remedy: 'Name a regular file that this user may read, with the secret alone in it',
      }),
    ]);
  });

  test('may be as large as a secret gets, behind a link, and of the kernel', () => {
    writeFileSync(at('key'), `${'x'.repeat(secretBytesMax - 1)}\n`);
    symlinkSync('key', at('link'));
    expect(secretAt(at('link')).value).toBe('x'.repeat(secretBytesMax - 1));
    expect(readText('/proc/self/status', undefined)).toContain('VmRSS');
  });

  test('that became a pipe since does not hold up the look for changes', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    expect(await lookAgain(new Map([[at('pipe'), 'before']]))).toEqual(
      new Map([[at('pipe'), 'no file']]),
    );
  });
});

describe('a byte order mark, as editors on Windows write it', () => {
  const given = (name: string, text: string) => writeFileSync(at(name), `\uFEFF${text}`);

  test('is no part of a secret, of an event, of a silence or of the configuration', async () => {
    given('key', 'key-of-an-api-connector\r\n');
    given(
      'tocsin.yaml',
      'sources: { di: { type: deepinstinct_events, url: https://c.example, token_file: key } }\nsinks: { out: { type: stdout } }',
    );
    given('.env', 'LOCALE=th\n');
    const env = { TOCSIN_CONFIG: 'tocsin.yaml' };
    const config = loadConfig({ env, directory, registries: { sources, sinks } });
    expect(config.sources[0]?.settings).toMatchObject({ token: 'key-of-an-api-connector' });
    expect([
      config.locale,
      config.warnings.filter((text) => !/may be (read|changed)/.test(text)),
    ]).toEqual(['th', []]);
    given('event.json', '{"type": "RANSOMWARE"}');
    expect(readGivenFile('event.json', directory)).toBe('{"type": "RANSOMWARE"}');
    expect(readText(at('event.json'), undefined)).toBe('{"type": "RANSOMWARE"}');
  });
});

describe('exposureOf', () => {
  test.each<[mode: number, folder: number, isSecret: boolean, said: RegExp | undefined]>([
    [0o600, 0o755, true, undefined],
    [0o640, 0o755, true, undefined],
    [0o644, 0o755, true, /may be read by every user of this machine \(mode 644\)\. Run chmod 600/],
    [0o666, 0o755, true, /may be changed by every user of this machine \(mode 666\)/],
    [0o644, 0o700, true, undefined],
    [0o666, 0o700, true, undefined],
    [0o644, 0o755, false, undefined],
    [0o666, 0o755, false, /may be changed/],
    [0o600, 0o777, true, /lies in a folder that every user of this machine may change/],
    [0o600, 0o1777, true, undefined],
  ])('mode %o in a folder of %o, secret: %s', (mode, folder, isSecret, said) => {
    mkdirSync(at('folder'));
    const path = join(at('folder'), '.env');
    writeFileSync(path, '');
    chmodSync(path, mode);
    chmodSync(at('folder'), folder);
    if (said === undefined) expect(exposureOf(path, isSecret)).toBeUndefined();
    else expect(exposureOf(path, isSecret)).toMatch(said);
  });

  test('is silent about what Kubernetes mounts', () => {
    mkdirSync(at('..2026_02_03_04_05_06.1'));
    writeFileSync(at('..2026_02_03_04_05_06.1/key'), 'x');
    symlinkSync('..2026_02_03_04_05_06.1/key', at('key'));
    chmodSync(at('..2026_02_03_04_05_06.1'), 0o755);
    chmodSync(at('..2026_02_03_04_05_06.1/key'), 0o644);
    expect(exposureOf(at('key'), true)).toBeUndefined();
  });

  test('of .env and of a secret’s file is a warning of the configuration', async () => {
    const { loadConfig } = await import('../../src/config/index.ts');
    const { sinks } = await import('../../src/sinks/index.ts');
    const { sources } = await import('../../src/sources/index.ts');
    writeFileSync(
      at('.env'),
      'DEEPINSTINCT_URL=https://console.example.com\nTOKENS_KEY_FILE=key\n',
    );
    writeFileSync(at('key'), 'secret');
    chmodSync(directory, 0o755);
    for (const name of ['.env', 'key']) chmodSync(at(name), 0o666);
    const env = { MATTERMOST_WEBHOOK_URL: 'https://chat.example.com/hooks/abc' };
    expect(loadConfig({ env, directory, registries: { sources, sinks } }).warnings).toEqual([
      expect.stringMatching(/^\.env may be changed by every user .*\(mode 666\)/),
      expect.stringMatching(
        /^TOKENS_KEY_FILE \(\.env\) names a file that may be changed by every user/,
      ),
    ]);
  });
});
