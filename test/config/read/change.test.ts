// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import { changesForRestart } from '../../../src/config/read/change.ts';
import { areSame, type FilesRead, lookAgain } from '../../../src/kit/files.ts';
import { registries } from '../registries.ts';

const hook = 'https://chat.example/hooks/3hook5id7of9twenty6letters';
const three = {
  DEEPINSTINCT_URL: 'https://console.example',
  TOKENS_KEY: 'key-of-an-api-connector',
  MATTERMOST_WEBHOOK_URL: hook,
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-change-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type Env = Record<string, string>;
const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
const load = (env: Env, files?: FilesRead) =>
  loadConfig({ env: { ...three, ...env }, directory, registries, ...(files && { files }) });
const hashOf = (env: Env) => load(env).hash;
function hashOfYaml(text: string, env: Env = {}): number {
  write('tocsin.yaml', text);
  return hashOf({ TOCSIN_CONFIG: 'tocsin.yaml', ...env });
}

describe('the hash of a configuration', () => {
  it('is another for another time-out of a sink', () => {
    const written = ['', ', timeout: 5s', ', timeout: 1m'];
    const hashes = written.map((more) => hashOfYaml(`sinks: { soc: { type: stdout${more} } }`));
    expect(new Set(hashes).size).toBe(3);
  });

  it('is another for another template, and for another sink that uses it', () => {
    const sinks = (soc: string) => `sinks: { soc: { type: stdout${soc} }, out: { type: stdout } }`;
    const hashes = [
      [sinks(', template: a'), 'a'],
      [sinks(', template: b'), 'a'],
      [sinks(', template: a'), 'other'],
      [sinks(''), 'a'],
    ].map(([written, title]) =>
      hashOfYaml(`${written}\ntemplates: { a: { title: ${title} }, b: { title: b } }`),
    );
    expect(new Set(hashes).size).toBe(4);
  });

  it('is a whole number that a metric can hold', () => {
    expect(Number.isSafeInteger(hashOf({}))).toBe(true);
    expect(hashOf({})).toBeGreaterThan(0);
  });

  it('differs when another thing is to be done', () => {
    const texts = [
      'sinks: { soc: { type: stdout } }',
      'sinks: { noc: { type: stdout } }',
      'sinks: { soc: { type: stdout } }\nroutes: [{ name: a, to: [soc] }]',
      'sinks: { soc: { type: stdout } }\nroutes: [{ name: a, when: event.severity > 3, to: [soc] }]',
      'sinks: { soc: { type: stdout } }\nroutes: [{ name: a, when: event.severity > 4, to: [soc] }]',
      'sinks: { soc: { type: stdout } }\npolling_interval: 30',
    ];
    const hashes = [
      ...texts.map((text) => hashOfYaml(text)),
      hashOf({}),
      hashOf({ MIN_SEVERITY: 'HIGH' }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('is the same for the same said otherwise, and wherever it runs', () => {
    const one = hashOfYaml(
      'sinks: { soc: { type: mattermost, url: "${MATTERMOST_WEBHOOK_URL}", channel: a } }\nlocale: th',
    );
    const other =
      '# the SOC\nlocale: th\nsinks:\n  soc:\n    channel: a\n    url: ${MATTERMOST_WEBHOOK_URL}\n    type: mattermost';
    const elsewhere = {
      PORT: '1234',
      DATA_DIR: '/srv',
      LOG_LEVEL: 'warn',
      DATABASE_URL: 'postgres://a:b@db.example/c',
    };
    expect(hashOfYaml(other, elsewhere)).toBe(one);
  });

  it('does not change with a secret, so that nobody can try guesses on it; but with the server that the secret names', () => {
    const secrets = {
      TOKENS_KEY: 'another-key-of-a-connector',
      MATTERMOST_WEBHOOK_URL: 'https://chat.example/hooks/another5hook9twenty6letters',
    };
    expect(hashOf(secrets)).toBe(hashOf({}));
    const proxied = (password: string) =>
      hashOf({ HTTPS_PROXY: `http://tocsin:${password}@proxy.example:3128` });
    expect(proxied('one-password')).toBe(proxied('other-word'));
    const inline = (token: string) =>
      hashOfYaml(
        `sources: { a: { type: deepinstinct_events, url: "https://console.example", token: ${token} } }`,
      );
    expect(inline('written-inline')).toBe(inline('written-elsewise'));
    expect(hashOf({ MATTERMOST_WEBHOOK_URL: hook.replace('chat', 'other') })).not.toBe(hashOf({}));
  });
});

describe('a change that needs a restart', () => {
  it('is reported by the names of its variables, and nothing else is one', () => {
    const changed = {
      DATABASE_URL: 'postgres://a:b@db.example/c',
      DATABASE_URL_DIRECT: 'postgres://a:b@db.example/c',
      DATABASE_PREPARE: 'off',
      DATA_DIR: '/srv',
      PORT: '1234',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
    };
    expect(changesForRestart(load({}), load(changed)).sort()).toEqual(Object.keys(changed).sort());
    const others = {
      POLLING_INTERVAL: '1',
      SINK_RATE: 'off',
      RETENTION: 'off',
      TZ: 'Asia/Bangkok',
      LOCALE: 'th',
    };
    expect(changesForRestart(load({}), load(others))).toEqual([]);
  });
});

describe('the files of a configuration', () => {
  it('are all those that it was made from, or would have been', () => {
    write(
      '.env',
      'TOCSIN_CONFIG=tocsin.yaml\nMATTERMOST_WEBHOOK_URL_FILE=hook\nMATTERMOST_WEBHOOK_URL=\n',
    );
    write(
      'tocsin.yaml',
      'sources: { a: { type: deepinstinct_events, url: "https://a.example", token_file: gone } }',
    );
    write('hook', hook);
    const files: FilesRead = new Map();
    const env = { MATTERMOST_WEBHOOK_URL: '' };
    expect(() => load(env, files)).toThrow('names a file that cannot be read (ENOENT)');
    const names = [...files.keys()].map((path) => path.slice(directory.length + 1));
    expect(names.sort()).toEqual(['.env', '.env1', 'gone', 'hook', 'tocsin.yaml']);
  });

  it('have changed when one has other content, is new or is gone, and not when it was only touched', async () => {
    write('.env', 'LOCALE=th');
    const files: FilesRead = new Map();
    load({}, files);
    const haveChanged = async () => !areSame(files, await lookAgain(files));
    expect(await haveChanged()).toBe(false);
    write('.env', 'LOCALE=th');
    expect(await haveChanged()).toBe(false);
    write('.env', 'LOCALE=en');
    expect(await haveChanged()).toBe(true);
    write('.env', 'LOCALE=th');
    write('.env1', '');
    expect(await haveChanged()).toBe(true);
    rmSync(join(directory, '.env1'));
    expect(await haveChanged()).toBe(false);
    rmSync(join(directory, '.env'));
    expect(await haveChanged()).toBe(true);
  });

  it('have changed when a folder on their way is another one, as Kubernetes swaps them', async () => {
    for (const [folder, text] of Object.entries({
      '..1': 'polling_interval: 1',
      '..2': 'polling_interval: 2',
    })) {
      mkdirSync(join(directory, folder));
      write(`${folder}/tocsin.yaml`, text);
    }
    symlinkSync('..1', join(directory, '..data'));
    symlinkSync('..data/tocsin.yaml', join(directory, 'tocsin.yaml'));
    const files: FilesRead = new Map();
    expect(load({ TOCSIN_CONFIG: 'tocsin.yaml' }, files).pollingIntervalSeconds).toBe(1);
    symlinkSync('..2', join(directory, '..data_tmp'));
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
    expect(areSame(files, await lookAgain(files))).toBe(false);
  });

  it('do not count what is no file', async () => {
    const files: FilesRead = new Map();
    expect(() => load({ TOKENS_KEY: '', TOKENS_KEY_FILE: '/dev/null' }, files)).toThrow(
      'names a file that cannot be read (not a file)',
    );
    expect(files.has('/dev/null')).toBe(false);
  });
});
