import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Findings, readEnvironment } from '../../../src/config/read/environment.ts';

let directory: string;
let findings: Findings;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-environment-'));
  findings = { problems: [], warnings: [] };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (file: string, text: string) => writeFileSync(join(directory, file), text);
const read = (env: Record<string, string | undefined> = {}) =>
  readEnvironment(env, directory, findings);

describe('.env and .env1', () => {
  it('are read when they are there, and may carry comments behind values', () => {
    write(
      '.env1',
      '\uFEFF# the script had this\r\nTOKENS_KEY=from-env1 # the key\r\nexport POLLING_INTERVAL=60\t# seconds\r\n',
    );
    const environment = read();
    expect(environment.get('TOKENS_KEY')).toBe('from-env1');
    expect(environment.get('POLLING_INTERVAL')).toBe('60');
    expect(findings).toEqual({ problems: [], warnings: [] });
  });

  it('give way to the process, and .env1 to .env; an empty value is no value', () => {
    write('.env', 'PORT=2\nHOST=second\nLOCALE=\n');
    write('.env1', 'PORT=3\nHOST=third\nLOCALE=th\nTZ=UTC\n');
    const environment = read({ PORT: '1', HOST: ' ' });
    expect(['PORT', 'HOST', 'LOCALE', 'TZ'].map(environment.get)).toEqual([
      '1',
      'second',
      'th',
      'UTC',
    ]);
    expect(['PORT', 'HOST', 'LOCALE', 'TZ'].map(environment.place)).toEqual([
      'PORT',
      'HOST (.env)',
      'LOCALE (.env1)',
      'TZ (.env1)',
    ]);
  });

  it('keep a # inside of quotes, and warn when one cut a value short', () => {
    write(
      '.env',
      'TOKENS_KEY="abc#def" # quoted\nDATABASE_URL=postgres://u:pa#ss@h/d\nLOCALE=th # fine\n#PORT=a#b\n',
    );
    const environment = read();
    expect(environment.get('TOKENS_KEY')).toBe('abc#def');
    expect(findings.warnings).toEqual([
      'DATABASE_URL (.env): everything from "#" on was taken for a comment. Quote the value if it belongs to it.',
    ]);
  });

  it('that cannot be read are a problem, not an absence', () => {
    mkdirSync(join(directory, '.env'));
    read();
    expect(findings.problems).toEqual([
      {
        where: '.env',
        problem: 'cannot be read (EISDIR)',
        remedy: 'Make it a file that this user may read, or remove it',
      },
    ]);
  });

  it('with a quote that is never closed, a line that says nothing, and a comment that only files know, are reported', () => {
    write('.env', 'TOKENS_KEY : x\nexport PORT=1\n# fine\n\nHOST="h\n');
    const environment = read({ LOCALE: "'th", POLLING_INTERVAL: '30 # seconds' });
    for (const name of ['LOCALE', 'POLLING_INTERVAL'] as const) environment.get(name);
    expect(findings.problems.map(({ where, problem }) => [where, problem])).toEqual([
      ['LOCALE', 'begins with a quote that is never closed'],
    ]);
    expect(findings.warnings).toEqual([
      'POLLING_INTERVAL: the value holds " #". A comment behind a value is understood in .env only; take it away.',
    ]);
    write('.env', 'TOKENS_KEY : x\nexport PORT=1\n# fine\n\nHOST=h\n');
    read();
    expect(findings.warnings).toContain(
      '.env:1 is neither NAME=value nor a comment, and was passed over.',
    );
  });

  it('with a quote that is never closed are distinguished from a bad value', () => {
    write('.env', 'TOKENS_KEY="abc\nPORT=80\n');
    write('.env1', 'DATABASE_URL="postgres://u:p@h/d\nX="\n');
    expect(read().get('DATABASE_URL')).toBeUndefined();
    expect(findings.problems).toEqual([
      {
        where: 'DATABASE_URL (.env1)',
        problem: 'runs over several lines',
        remedy: 'Put the value on one line, and see whether a quote is never closed',
      },
    ]);
  });
});

describe('values', () => {
  it('lose blanks around them, and quotes that a container tool handed on, with a warning', () => {
    const environment = read({ TZ: ' UTC\n', LOCALE: '"th"', HOST: "'::1'", PORT: '""' });
    expect(['TZ', 'LOCALE', 'HOST', 'PORT'].map(environment.get)).toEqual([
      'UTC',
      'th',
      '::1',
      undefined,
    ]);
    expect(findings.warnings).toHaveLength(3);
    expect(findings.warnings[0]).toBe('LOCALE: the quotes around the value were taken off.');
  });
});

describe('a secret in a file', () => {
  it('is read from NAME_FILE, relative to the directory, without the line break at its end', () => {
    write('token', 'abc def\r\n');
    const environment = read({ TOKENS_KEY_FILE: 'token' });
    expect(environment.get('TOKENS_KEY')).toBe('abc def');
    expect(environment.secrets()).toEqual(['abc def']);
    expect(findings.problems).toEqual([]);
  });

  it.each([
    [
      'is not there',
      'nothing',
      'names a file that cannot be read (ENOENT)',
      'Name a regular file that this user may read, with the secret alone in it',
    ],
    ['is empty', 'empty', 'names an empty file', 'Put the secret alone into that file'],
    [
      'has several lines',
      'lines',
      'names a file of more than one line',
      'Put the secret alone into that file',
    ],
  ])('that %s is one problem', (_, file, problem, remedy) => {
    write('empty', '\n');
    write('lines', 'a\nb\n');
    const environment = read({ TOKENS_KEY_FILE: file });
    expect(environment.get('TOKENS_KEY')).toBeUndefined();
    expect(environment.isBroken('TOKENS_KEY')).toBe(true);
    expect(environment.get('TOKENS_KEY')).toBeUndefined();
    expect(findings.problems).toEqual([{ where: 'TOKENS_KEY_FILE', problem, remedy }]);
  });

  it.skipIf(process.getuid?.() === 0)('that others own is a problem', () => {
    write('token', 'abc');
    chmodSync(join(directory, 'token'), 0);
    read({ TOKENS_KEY_FILE: 'token' }).get('TOKENS_KEY');
    expect(findings.problems[0]?.problem).toBe('names a file that cannot be read (EACCES)');
  });

  it('beside a value is a problem that names both', () => {
    write('.env', 'TOKENS_KEY=abc\n');
    write('token', 'def');
    expect(read({ TOKENS_KEY_FILE: 'token' }).get('TOKENS_KEY')).toBeUndefined();
    expect(findings.problems).toEqual([
      {
        where: 'TOKENS_KEY (.env)',
        problem: 'is set, and so is TOKENS_KEY_FILE',
        remedy: 'Keep one of the two',
      },
    ]);
  });
});

describe('a name that nobody reads', () => {
  it.each([
    ['DEEPINSTINCT_TOKEN', 'TOKENS_KEY'],
    ['TOKEN_KEY', 'TOKENS_KEY'],
    ['TOKENS_KEYS', 'TOKENS_KEY'],
    ['DEEP_INSTINCT_URL', 'DEEPINSTINCT_URL'],
    ['DEEPINSTICT_URL', 'DEEPINSTINCT_URL'],
    ['MATTERMOST_URL', 'MATTERMOST_WEBHOOK_URL'],
    ['MATTERMOST_WEBHOK_URL', 'MATTERMOST_WEBHOOK_URL'],
    ['POLL_INTERVAL', 'POLLING_INTERVAL'],
    ['POLING_INTERVAL', 'POLLING_INTERVAL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['TIMEZONE', 'TZ'],
  ])('%s is taken for a slip of %s', (name, meant) => {
    read({ [name]: 'x' });
    expect(findings.warnings).toEqual([`${name} means nothing to Tocsin. Did you mean ${meant}?`]);
  });

  it('is left alone when the right one is set, or when it is far from any', () => {
    write('.env', 'MATTERMOST_URL=https://chat.example\nCOMPOSE_PROJECT_NAME=x\n');
    read({
      MATTERMOST_WEBHOOK_URL: 'x',
      PATH: '/bin',
      HOSTNAME: 'h',
      LANG: 'C',
      POST: '1',
      ALL_PROXY: 'x',
      FTP_PROXY: 'x',
      TOCSIN_PORT: 'tcp://192.0.2.1:80',
      TOCSIN_SERVICE_HOST: '192.0.2.1',
      DATABASE_URL_FILE: 'x',
    });
    expect(findings.warnings).toEqual([]);
  });
});
