// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// Secrets that stand in tocsin.yaml itself, and the variables that could hold them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../../src/config/index.ts';
import {
  inlineSecretsOf,
  parseWritten,
  scalarAt,
  secretKeysOf,
} from '../../../src/config/read/inline-secrets.ts';
import { createLoader, hook, three, token } from '../loader.ts';
import { registries } from '../registries.ts';

const { home } = createLoader();

function secretsIn(yaml: string, env: Record<string, string> = {}) {
  writeFileSync(join(home(), 'tocsin.yaml'), yaml);
  const reading = readConfig({
    env: { ...three, ...env, TOCSIN_CONFIG: 'tocsin.yaml' },
    directory: home(),
    registries,
  });
  return inlineSecretsOf(reading, parseWritten(yaml)).map(({ where, key, variable, node }) => [
    where.split(' ')[1],
    key,
    variable,
    node.value,
  ]);
}

it('are found in sources, sinks and the heartbeat, each with a name for its variable', () => {
  const beat = 'https://beat.example.com/ping/1f2e3d4c5b6a';
  const yaml = [
    `sources: { di-1: { type: deepinstinct_events, url: "https://c.example", token: ${token} } }`,
    `sinks: { soc: { type: mattermost, url: "${hook}" }, out: { type: stdout } }`,
    `heartbeat: { url: "${beat}" }`,
  ];
  expect(secretsIn(yaml.join('\n'))).toEqual([
    ['sources.di-1.token', 'token', 'DI_1_TOKEN', token],
    ['sinks.soc.url', 'url', 'SOC_URL', hook],
    ['heartbeat.url', 'url', 'HEARTBEAT_ADDRESS', beat],
  ]);
});

it('do not stand where a variable or a file holds the value', () => {
  writeFileSync(join(home(), 'hook'), hook);
  const sinks =
    'sinks: { a: { type: mattermost, url: "${MATTERMOST_WEBHOOK_URL}" }, b: { type: mattermost, url_file: hook } }';
  expect(secretsIn(sinks)).toEqual([]);
});

it('are found behind an alias', () => {
  const sinks = `sinks: { a: { type: mattermost, url: &hook "${hook}" }, b: { type: mattermost, url: *hook } }`;
  expect(secretsIn(sinks).map(([where]) => where)).toEqual(['sinks.a.url', 'sinks.b.url']);
});

it('get a name that nothing else has: no variable that is set, referred to or known', () => {
  const sinks = (ids: readonly string[]) =>
    `sinks: { ${ids.map((id) => `${id}: { type: mattermost, url: "${hook}" }`).join(', ')} }`;
  const variables = (...ids: string[]) => secretsIn(sinks(ids), { SOC_URL: 'x' });
  expect(variables('soc', 'SOC', '1a').map(([, , variable]) => variable)).toEqual([
    'SOC_URL_2',
    'SOC_URL_3',
    '_1A_URL',
  ]);
  expect(secretsIn(sinks(['database']))[0]).toContain('DATABASE_URL_2');
  const referring = `${sinks(['a'])}\nlocale: "\${A_URL}"`;
  expect(secretsIn(referring, { A_URL: 'th' })[0]).toContain('A_URL_2');
});

it('have no keys of a type that nobody knows', () => {
  expect(secretKeysOf(registries.sinks, 'mattermost')).toEqual(['url']);
  for (const type of ['nothing', 'constructor', undefined])
    expect(secretKeysOf(registries.sinks, type)).toEqual([]);
});

it('are texts: a number, a map and what is not there are none', () => {
  const document = parseWritten('a: { text: x, number: 5, map: {} }');
  expect(scalarAt(document, ['a', 'text'])?.value).toBe('x');
  for (const key of ['number', 'map', 'nothing'])
    expect(scalarAt(document, ['a', key])).toBeUndefined();
});
