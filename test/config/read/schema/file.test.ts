// The form of tocsin.yaml as a whole.
import { expect, it } from 'vitest';
import { fileSchema } from '../../../../src/config/read/schema/file.ts';
import { createLoader } from '../../loader.ts';

const { yamlProblems } = createLoader();

it.each<[string, string, string[]]>([
  [
    'a key that does not belong',
    'sink: {}\n',
    [
      'tocsin.yaml:1:1 "sink" is not a key that belongs here. Known keys: sources, sinks, templates, routes, operations, heartbeat, storm, links, escalation, duty, business_hours, report, polling_interval, locale, time_zone, incidents, silences. Did you mean "sinks"?',
    ],
  ],
  [
    'no type',
    'sinks:\n  soc: {}\n',
    ['tocsin.yaml:2:3 sinks.soc.type is missing. Expected: the type of the source or sink'],
  ],
  [
    'an id with signs',
    'sinks:\n  "a b": { type: stdout }\n',
    [
      'tocsin.yaml:2:3 sinks.a b is not an id: at most 63 letters, digits, "-" and "_", beginning with a letter or digit. Choose another one',
    ],
  ],
  [
    'options out of range',
    'polling_interval: 0\nlocale: de\ntime_zone: [UTC]\n',
    [
      'tocsin.yaml:3:1 time_zone is not one value. Expected: one value, no list or map',
      'tocsin.yaml:1:1 polling_interval "0" is out of range. Set it to seconds from 1 to 86400, or to a time such as "90s" or "5m"',
      'tocsin.yaml:2:1 locale "de" is not a language that Tocsin speaks. Use one of: en, th.',
    ],
  ],
  [
    'a list where a map belongs',
    '- a\n',
    ['tocsin.yaml:1:1 is not a map. Expected: a map with sources, sinks, routes'],
  ],
])('refuses %s', (_, text, expected) => {
  expect(yamlProblems(text)).toEqual(expected);
});

it.each([
  [
    'https://a.example',
    'tocsin.yaml:1:1 heartbeat is not a map. Expected: a map with url or url_file',
  ],
  [
    '{ urlFile: b }',
    'tocsin.yaml:1:14 heartbeat "urlFile" is not a key that belongs here. Known keys: url, url_file. Did you mean "url_file"?',
  ],
])('refuses the heartbeat %s', (written, problem) => {
  expect(yamlProblems(`heartbeat: ${written}\n`)[0]).toBe(problem);
});

const adapter = { type: 'stdout' };
it.each([
  ['an empty file', {}, true],
  ['an id of 63 letters', { sinks: { ['a'.repeat(63)]: adapter } }, true],
  ['an id of 64 letters', { sinks: { ['a'.repeat(64)]: adapter } }, false],
  ['an id that begins with a dash', { sources: { '-a': adapter } }, false],
  ['an id of signs', { sinks: { 'a/b': adapter } }, false],
  ['settings that only the type knows', { sources: { a: { ...adapter, more: [1] } } }, true],
  ['a list as the language of a sink', { sinks: { a: { ...adapter, locale: ['en'] } } }, false],
  ['no routes', { routes: [] }, false],
  ['a storm as a number', { storm: 20 }, true],
  ['a storm as a map', { storm: { over: 20, passes: 'HIGH' } }, true],
  ['a storm with a key too many', { storm: { over: 20, most: 1 } }, false],
  ['one sink for operations', { operations: 'soc' }, true],
  ['no sink for operations', { operations: [] }, false],
])('%s: %j fits: %s', (_, content, does) => {
  expect(fileSchema.safeParse(content).success).toBe(does);
});
