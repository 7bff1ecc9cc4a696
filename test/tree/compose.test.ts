// The Compose files: what Compose takes, as little as the container needs, and a configuration that
// Tocsin accepts. No engine runs here.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/index.ts';
import { knownVariables } from '../../src/config/read/known.ts';
import { defaultPolicy } from '../../src/core/deliver/policy.ts';
import { stopMaxMs } from '../../src/core/deliver/recorder.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { manifest, readProjectFile } from './project-files.ts';
import { root } from './source-files.ts';

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt: readonly string[];
  readonly stop_grace_period: string;
  readonly mem_limit: string;
  readonly ports?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const texts = ['compose.yaml', 'compose.postgres.yaml'].map((name) =>
  readProjectFile(`compose/${name}`),
);
const [embedded, postgres] = texts.map((text) => parse(text) as Compose) as [Compose, Compose];
/** As Compose merges the two: maps by their keys, these lists by their entries. */
const both: Compose = {
  services: {
    ...postgres.services,
    tocsin: {
      ...embedded.services.tocsin!,
      ...postgres.services.tocsin!,
      environment: {
        ...embedded.services.tocsin!.environment,
        ...postgres.services.tocsin!.environment,
      },
      secrets: [...embedded.services.tocsin!.secrets, ...postgres.services.tocsin!.secrets],
    },
  },
  secrets: { ...embedded.secrets, ...postgres.secrets },
  volumes: { ...embedded.volumes, ...postgres.volumes },
};

/** Of the compose specification (Apache License 2.0), without its prose, and with a project's name. */
const schema = z.fromJSONSchema(
  JSON.parse(readProjectFile('test/fixtures/compose/compose-spec.json')),
);

function problemsOf(content: unknown): string[] {
  const { error } = schema.safeParse(content);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

/** Reads the configuration as the container does, with its root in a folder of the test. */
function load({ services, secrets }: Compose) {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-compose-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const hook = 'https://chat.example.com/hooks/abcdefghijklmnopqrstuvwxyz';
  const database = 'postgres://tocsin:0123456789abcdef@postgres:5432/tocsin';
  mkdirSync(join(folder, 'run/secrets'), { recursive: true });
  mkdirSync(join(folder, 'config'));
  mkdirSync(join(folder, 'data'));
  for (const name of Object.keys(secrets)) {
    const text = { MATTERMOST_WEBHOOK_URL: hook, DATABASE_URL: database }[name] ?? 'abcdefghijkl';
    writeFileSync(join(folder, 'run/secrets', name), text, { mode: 0o440 });
  }
  const written = readProjectFile('compose/config/tocsin.yaml');
  writeFileSync(join(folder, 'config/tocsin.yaml'), written);
  const moved = Object.entries(services.tocsin!.environment).map(([name, value]) => [
    name,
    value.startsWith('/') ? join(folder, value) : value,
  ]);
  const env = {
    ...parseEnv(readProjectFile('compose/tocsin.env')),
    ...Object.fromEntries(moved),
    DATA_DIR: join(folder, 'data'),
  } as Record<string, string>;
  return loadConfig({ env, directory: folder, registries: { sources, sinks } });
}

describe('the Compose files', () => {
  test('are what Compose takes', () => {
    for (const content of [embedded, postgres, both]) expect(problemsOf(content)).toEqual([]);
  });

  test('with a misspelt key, at any depth, would be found', () => {
    const broken = (from: string, to: string) => problemsOf(parse(texts[1]!.replace(from, to)));
    expect(broken('mem_limit', 'mem_limt')).not.toEqual([]);
    expect(broken('retries', 'retrys')).not.toEqual([]);
    expect(broken('\nvolumes:', '\nvolume:')).not.toEqual([]);
    expect(broken('service_healthy', 'healthy')).not.toEqual([]);
  });

  test('take the image of this version, and its user', () => {
    expect(embedded.services.tocsin!.image).toBe(`tocsin:${manifest.version}`);
    const [, user] = /^USER (\S+)$/m.exec(readProjectFile('Dockerfile')) ?? [];
    expect(embedded.services.tocsin!.user).toBe(user);
  });

  test('leave the container nothing that it does not need, and the time to stop', () => {
    const { tocsin } = embedded.services;
    expect(tocsin).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    for (const port of tocsin!.ports!) expect(port).toMatch(/^127\.0\.0\.1:\d+:8080$/);
    const writable = tocsin!.volumes!.filter((volume) => !volume.endsWith(':ro'));
    expect(writable).toEqual(['data:/data']);
    const closingMs = 5000;
    const seconds = Number(/^(\d+)s$/.exec(tocsin!.stop_grace_period)?.[1]);
    expect(seconds * 1000).toBeGreaterThanOrEqual(
      1.5 * (defaultPolicy.drainMs + stopMaxMs + closingMs),
    );
    expect(postgres.services.postgres!.ports).toBeUndefined();
  });

  test.each([
    ['embedded', embedded],
    ['with Postgres', both],
  ])('%s: every secret is a file, outside of version control, and all are used', (_, compose) => {
    for (const [name, { file }] of Object.entries(compose.secrets))
      expect(file).toBe(`./secrets/${name}`);
    expect(readProjectFile('.gitignore').split('\n')).toContain('compose/secrets/');
    const used = Object.values(compose.services).flatMap(({ secrets }) => secrets);
    expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
    for (const { environment, secrets } of Object.values(compose.services)) {
      const mounted = Object.values(environment).filter((value) =>
        value.startsWith('/run/secrets/'),
      );
      expect(mounted.sort()).toEqual(secrets.map((name) => `/run/secrets/${name}`).sort());
    }
    const names = Object.values(compose.services).flatMap(({ environment }) =>
      Object.keys(environment),
    );
    expect(names.filter((name) => /(?:PASSWORD|KEY|TOKEN|URL)$/.test(name))).toEqual([]);
  });

  test.each([
    ['embedded', embedded],
    ['with Postgres', both],
  ])('%s: the configuration is right and gives no warning', (_, compose) => {
    const config = load(compose);
    expect(config.warnings).toEqual([]);
    expect(config.sinks.map(({ type }) => type)).toEqual(['mattermost']);
    expect(config.databaseUrl === undefined).toBe(compose === embedded);
    const names = Object.keys(compose.services.tocsin!.environment);
    const known: readonly string[] = knownVariables;
    expect(names.filter((name) => !known.includes(name.replace(/_FILE$/, '')))).toEqual([]);
  });

  test('and the page name the same files and secrets', () => {
    const page = readFileSync(`${root}docs/install/compose.md`, 'utf8');
    for (const name of Object.keys(both.secrets)) expect(page).toContain(`secrets/${name}`);
    expect(page).toContain('docker compose -f compose.yaml -f compose.postgres.yaml up -d');
  });
});
