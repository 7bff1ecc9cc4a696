// The form of routes in tocsin.yaml.
import { expect, it } from 'vitest';
import { match, route } from '../../../../src/config/read/schema/route.ts';
import { createLoader } from '../../loader.ts';

const { yamlProblems } = createLoader();

it.each<[string, string, string[]]>([
  [
    'a route without sinks',
    'routes:\n  - name: r\n    to: []\n',
    ['tocsin.yaml:3:5 routes[0].to is empty. Expected: a list of ids of sinks, such as [soc]'],
  ],
  [
    'routes that are no list',
    'routes: { name: r, to: [soc] }\n',
    ['tocsin.yaml:1:1 routes is not a list. Expected: a list of routes'],
  ],
])('refuses %s', (_, text, expected) => {
  expect(yamlProblems(text)).toEqual(expected);
});

it.each([
  ['{ devices: [a] }', 'tocsin.yaml:2:30 routes[0].match.not is not a list'],
  ['[]', 'tocsin.yaml:2:30 routes[0].match.not is empty'],
  ['[{}]', 'tocsin.yaml:2:36 routes[0].match.not[0] says nothing'],
  ['[{ not: [] }]', 'tocsin.yaml:2:38 routes[0].match.not[0] "not" is not a key that belongs here'],
  [
    '[{ device: [a] }]',
    'tocsin.yaml:2:38 routes[0].match.not[0] "device" is not a key that belongs here',
  ],
])('refuses the exceptions %s', (not, problem) => {
  const sinks = 'sinks: { soc: { type: stdout } }';
  const text = `${sinks}\nroutes: [{ name: r, match: { not: ${not} }, to: [soc] }]\n`;
  expect(yamlProblems(text)).toEqual([expect.stringContaining(problem)]);
});

it.each([
  ['the least that a route has', {}, true],
  ['a name of 200 characters', { name: 'x'.repeat(200) }, true],
  ['a name of 201 characters', { name: 'x'.repeat(201) }, false],
  ['no name', { name: '' }, false],
  ['what a sink lets a route say', { to: [{ sink: 'soc', channel: 'a' }] }, true],
  ['a sink without its id', { to: [{ channel: 'a' }] }, false],
  ['a number as a pattern', { match: { types: [5] } }, false],
  ['an empty list of patterns', { match: { types: [] } }, false],
  ['an exception of an exception', { match: { not: [{ not: [{ types: ['A'] }] }] } }, false],
  ['a number as a time', { active: [{ from: 8 }] }, false],
  ['quiet hours without times', { quiet: { passes: 'HIGH' } }, false],
  ['a field of no event', { group: { by: ['devise'] } }, false],
  ['a word in place of true', { repeats: 'no' }, false],
  ['changes as messages', { changes: 'post' }, true],
  ['changes as something else', { changes: 'edit' }, false],
])('%s: %j fits: %s', (_, more, does) => {
  expect(route.safeParse({ name: 'r', to: ['soc'], ...more }).success).toBe(does);
});

it('only a route has exceptions, and a silence has none', () => {
  expect(match.safeParse({ types: ['A'] }).success).toBe(true);
  expect(match.safeParse({ not: [{ types: ['A'] }] }).success).toBe(false);
});
