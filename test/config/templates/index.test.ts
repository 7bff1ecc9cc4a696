// Templates in tocsin.yaml: who uses them, and what is told about one that cannot be used, with its
// place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig, type Registries } from '../../../src/config/index.ts';
import { ConfigError } from '../../../src/kit/errors.ts';
import { mattermost } from '../../../src/sinks/mattermost/index.ts';
import { stdout } from '../../../src/sinks/stdout.ts';
import { sources } from '../../../src/sources/index.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-templates-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const registries: Registries = {
  sources,
  sinks: { mattermost, stdout },
};

/** @param templates YAML in braces @param to what the second route sends to */
function load(templates: string, { soc = '', to = 'soc' } = {}) {
  const yaml = `
sources: { di: { type: deepinstinct_events, url: https://console.example, token: key-of-an-api-connector } }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz"${soc} }
  out: { type: stdout }
routes:
  - { name: all, to: [soc, out] }
  - { name: grave, match: { min_severity: HIGH }, to: [${to}] }
templates: ${templates}
`;
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  return loadConfig({ env: { TOCSIN_CONFIG: 'tocsin.yaml' }, directory, registries });
}

function problems(...written: Parameters<typeof load>): string[] {
  try {
    load(...written);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ where, problem, remedy }) => `${where} ${problem}. ${remedy}`);
  }
  return [];
}

const used = { soc: ', template: short' };

test('a sink and a route may name a template, and a route has other things to say beside it', () => {
  const to = '{ sink: soc, template: long, channel: grave }, { sink: out, template: short }';
  const { sinks, routes, warnings } = load(
    '{ short: { title: a }, long: { text: b, fields: [{ title: c, value: d }] } }',
    { ...used, to },
  );
  expect(sinks.map(({ template }) => template?.name)).toEqual(['short', undefined]);
  expect(routes[0]?.templates).toBeUndefined();
  expect([...routes[1]!.templates!].map(([sink, { name }]) => [sink, name])).toEqual([
    ['soc', 'long'],
    ['out', 'short'],
  ]);
  expect(routes[1]?.settings?.get('soc')).toEqual({ channel: 'grave' });
  expect(sinks[0]?.settings).not.toHaveProperty('template');
  expect(warnings).toEqual([]);
});

describe('reported with its place is', () => {
  test.each([
    [
      '{ short: { title: "{{ event.typ }}" } }',
      'tocsin.yaml:9:23 templates.short.title has no "event.typ" to show. Look at line 1, column 4:\n      {{ event.typ }}\n         ^ here. Known names: event.source',
    ],
    [
      '{ short: { fields: [{ title: a, value: "b" }, { title: a, value: "{{ 1 | nothing }}" }] } }',
      'tocsin.yaml:9:70 templates.short.fields[1].value has the filter "nothing", which is not known here.',
    ],
    [
      '{ short: { text: "{{ labels.nothing }}" } }',
      'tocsin.yaml:9:23 templates.short.text has no "labels.nothing" to show. Look at line 1, column 4:\n      {{ labels.nothing }}\n         ^ here. Known names: eventId',
    ],
    [
      '{ short: { text: "{{ event.user | raw }}" } }',
      'templates.short.text has the filter "raw", which is not known here.',
    ],
    [
      '{ short: { text: "{% if event.user %}{% assign x = 1 %}{% endif %}{{ x }}" } }',
      'is right in form, but fails when it is tried: is not right: undefined variable: x.',
    ],
    [
      '{ shrt: { title: a } }',
      'tocsin.yaml:4:90 sinks.soc.template "short" is not a template of this configuration. Known templates: shrt. Did you mean "shrt"?',
    ],
    ['{}', 'There is no template yet.'],
  ])('%s', (written, problem) => {
    const found = problems(written, used);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(problem);
  });

  test('each fault once, however many name the template', () => {
    const to = '{ sink: soc, template: short }';
    expect(problems('{ short: { title: "{{ a }}" } }', { ...used, to })).toHaveLength(1);
    expect(
      problems('{ short: { title: "{{ a }}", text: "{{ b }}" } }', { ...used, to }),
    ).toHaveLength(2);
  });
});

test.each(['mattermost', 'stdout'])('a sink of type %s has the labels of every sink', (type) => {
  const written = '{ short: { title: "{{ labels.device }}" } }';
  const to = `{ sink: ${type === 'stdout' ? 'out' : 'soc'}, template: short }`;
  expect(problems(written, { to })).toEqual([]);
});

test.each(['a ` b', '$ \\ <', '@{{ event.user | text }}', 'https://a.example/{{ event.type }}'])(
  'a template may say %j, since its own text is words and a value is a value',
  (text) => {
    expect(problems(`{ short: { text: ${JSON.stringify(text)} } }`, used)).toEqual([]);
  },
);

test('a template that nobody uses is warned of', () => {
  const { warnings } = load('{ short: { text: "{{ event.type }}" }, idle: { title: a } }', used);
  expect(warnings).toEqual(['Template "idle" has no effect: no sink and no route names it.']);
});

test('to a source, template is a key like any other', () => {
  const yaml =
    'sources: { di: { type: deepinstinct_events, url: https://a.example, token: key-of-an-api-connector, template: a } }';
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  expect(() =>
    loadConfig({ env: { TOCSIN_CONFIG: 'tocsin.yaml' }, directory, registries, needs: [] }),
  ).toThrow(ConfigError);
});
