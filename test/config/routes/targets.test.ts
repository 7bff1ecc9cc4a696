// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// Where a route sends, and what it says of the sinks there.
import { expect, it } from 'vitest';
import { idsOf } from '../../../src/config/routes/targets.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { createLoader, hook, three } from '../loader.ts';

const { loadYaml, yamlProblems } = createLoader({ sources, sinks });
const env = { ...three, HOOK: hook };
const written = (to: string) =>
  `sinks: { soc: { type: mattermost, url: "\${HOOK}" }, out: { type: stdout } }\nroutes: [{ name: r, to: [${to}] }]\n`;
const routeTo = (to: string) => loadYaml(written(to), env).routes[0];

it('a route that names ids alone says nothing of the sinks', () => {
  const route = routeTo('soc, out');
  expect(route?.to).toEqual(['soc', 'out']);
  expect(route).not.toHaveProperty('settings');
  expect(route).not.toHaveProperty('templates');
});

it('what a route says of a sink is kept for that sink alone', () => {
  const route = routeTo('{ sink: soc, channel: night, mention: "@here" }, { sink: out }');
  expect(route?.to).toEqual(['soc', 'out']);
  expect([...(route?.settings ?? [])]).toEqual([['soc', { channel: 'night', mention: '@here' }]]);
});

it.each([
  [
    'soc, soc',
    'tocsin.yaml:2:31 routes[0].to[1] "soc" is in this list already. Keep one of the two',
  ],
  [
    'soc, { sink: soc, channel: a }',
    'tocsin.yaml:2:31 routes[0].to[1] "soc" is in this list already. Keep one of the two',
  ],
  [
    '{ sink: out, channel: a, mention: b }',
    'tocsin.yaml:2:26 routes[0].to[0] sets channel, mention, but a route can set nothing for a sink of type stdout. Write its id alone',
  ],
  [
    '{ sink: soc, chanel: a }',
    'tocsin.yaml:2:39 routes[0].to[0] "chanel" is not a key that belongs here. Known keys: ',
  ],
  ['{ sink: soc, channel: [a] }', 'tocsin.yaml:2:39 routes[0].to[0].channel is not a text. '],
])('refuses %s', (to, problem) => {
  expect(yamlProblems(written(to), env)).toEqual([expect.stringContaining(problem)]);
});

it('a sink that is not there is reported once, whatever is said of it', () => {
  expect(yamlProblems(written('{ sink: sco, chanel: a }'), env)).toEqual([
    expect.stringContaining('"sco" is not a sink of this configuration'),
  ]);
});

it('ids stand in their order, with undefined for what could not be read', () => {
  const content = { to: ['soc', { sink: 'out' }, undefined, { sink: undefined }] };
  expect(idsOf({ content, place: () => '' })).toEqual(['soc', 'out', undefined, undefined]);
  expect(idsOf({ content: undefined, place: () => '' })).toEqual([]);
});
