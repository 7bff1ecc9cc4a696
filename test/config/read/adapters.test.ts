// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// The settings of sources and sinks, held against the schema of their type.
import { expect, it } from 'vitest';
import { z } from 'zod';
import {
  type AdapterInput,
  checkAdapters,
  type Definition,
  findDefinition,
  secretsOf,
} from '../../../src/config/read/adapters.ts';
import type { Findings } from '../../../src/config/read/environment.ts';
import { createLoader, hook, token } from '../loader.ts';
import { registries } from '../registries.ts';

const { loadYaml, yamlProblems } = createLoader();

it.each<[string, string, string[]]>([
  [
    'a type that nobody knows',
    'sinks:\n  soc:\n    type: matermost\n',
    [
      'tocsin.yaml:3:5 sinks.soc.type "matermost" is not a type. Known types: mattermost, stdout. Did you mean "mattermost"?',
    ],
  ],
  [
    'a type from the depths of the language',
    'sinks:\n  soc: { type: constructor }\n',
    [
      'tocsin.yaml:2:10 sinks.soc.type "constructor" is not a type. Known types: mattermost, stdout.',
    ],
  ],
  [
    'a setting that does not belong',
    'sinks:\n  soc:\n    type: mattermost\n    url: https://chat.example/hooks/abcd\n    chanel: x\n',
    [
      'tocsin.yaml:5:5 sinks.soc "chanel" is not a key that belongs here. Known keys: url, channel, url_file, type, template, timeout, locale, time_zone. Did you mean "channel"?',
    ],
  ],
  [
    'a missing setting',
    'sinks:\n  soc:\n    type: mattermost\n',
    ['tocsin.yaml:2:3 sinks.soc.url is missing. Expected: https://…/hooks/…'],
  ],
  [
    'a setting of the wrong kind',
    'sinks:\n  soc:\n    type: mattermost\n    url: [a]\n',
    ['tocsin.yaml:4:5 sinks.soc.url is not a text. Expected: https://…/hooks/…'],
  ],
  [
    'a file for what is no secret',
    'sinks:\n  soc:\n    type: mattermost\n    url: https://chat.example/hooks/abcd\n    channel_file: x\n',
    [
      'tocsin.yaml:5:5 sinks.soc "channel_file" is not a key that belongs here. Known keys: url, channel, url_file, type, template, timeout, locale, time_zone.',
    ],
  ],
])('refuses %s', (_, text, expected) => {
  expect(yamlProblems(text)).toEqual(expected);
});

it.each([
  ['sinks: { soc: { type: stdout, timeuot: 5s } }', 'timeout'],
  ['sinks: { soc: { type: mattermost, urlfile: x } }', 'url_file'],
  ['sources: { di: { type: deepinstinct_events, tokn_file: x } }', 'token_file'],
])('%s: the key that was meant is found, also if no schema of the type has it', (yaml, meant) => {
  expect(yamlProblems(yaml)).toContainEqual(expect.stringContaining(`Did you mean "${meant}"?`));
});

it.each(['constructor', 'toString'])('%s is an id like any other', (id) => {
  const url = 'https://a.example.com';
  const { sources, sinks, routes } = loadYaml(
    `sources: { ${id}: { type: deepinstinct_events, url: "${url}", token: "\${KEY}" } }\nsinks: { ${id}: { type: stdout } }\n`,
    { KEY: token },
  );
  expect([sources[0]?.id, sinks[0]?.id, routes[0]?.to]).toEqual([id, id, [id]]);
});

const place: AdapterInput['place'] = (path, key) => ['soc', ...path, key ?? []].flat().join('.');

const plain = { registry: registries.sinks, commonKeys: ['type'] };

function check(settings: Record<string, unknown>, type: string | undefined = 'mattermost') {
  const findings: Findings = { problems: [], warnings: [] };
  const inputs = [{ id: 'soc', type, settings, place }];
  const adapters = checkAdapters({ ...plain, inputs }, findings);
  return { adapters, ...findings };
}

it('settings that are right are parsed, and those with a gap are left out', () => {
  expect(check({ url: hook, channel: 'a' })).toEqual({
    adapters: [{ id: 'soc', type: 'mattermost', settings: { url: hook, channel: 'a' } }],
    problems: [],
    warnings: [],
  });
  expect(check({ url: undefined })).toEqual({
    adapters: [{ id: 'soc', type: 'mattermost', settings: undefined }],
    problems: [],
    warnings: [],
  });
});

it('an adapter with a problem, or without a type that could be read, is not there', () => {
  expect(check({ url: 'nothing' }).adapters).toEqual([]);
  expect(check({ url: 'nothing' }).problems.map(({ where }) => where)).toEqual(['soc.url']);
  const findings: Findings = { problems: [], warnings: [] };
  const untyped = { id: 'soc', type: undefined, settings: { url: 5 }, place };
  expect(checkAdapters({ ...plain, inputs: [untyped] }, findings)).toEqual([]);
  expect(findings.problems).toEqual([]);
});

it('what a type warns of is said with the place and the value', () => {
  const findings: Findings = { problems: [], warnings: [] };
  const loud: Definition = {
    ...registries.sinks.stdout!,
    config: z.strictObject({ level: z.int() }),
    warnings: () => [{ key: 'level', text: 'is loud' }],
  } as Definition;
  const input = { id: 'soc', type: 'loud', settings: { level: 11 }, place };
  checkAdapters({ ...plain, inputs: [input], registry: { loud } }, findings);
  expect(findings.warnings).toEqual(['soc.level: 11 is loud']);
});

it('secrets are the texts of those settings that the type calls secret', () => {
  const of = (type: string | undefined, settings: Record<string, unknown>) =>
    secretsOf([{ id: 'soc', type, settings, place }], registries.sinks);
  expect(of('mattermost', { url: hook, channel: 'a' })).toEqual([hook]);
  for (const url of ['', 5, undefined]) expect(of('mattermost', { url })).toEqual([]);
  expect(of('stdout', { url: hook })).toEqual([]);
  expect(of('unknown', { url: hook })).toEqual([]);
  expect(of(undefined, { url: hook })).toEqual([]);
});

it('a type is looked for among what the registry itself holds', () => {
  expect(findDefinition(registries.sinks, 'stdout')?.type).toBe('stdout');
  for (const type of ['constructor', '__proto__', 'nothing', undefined])
    expect(findDefinition(registries.sinks, type)).toBeUndefined();
});
