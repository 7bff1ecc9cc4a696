// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// What is shown of what an operator wrote: names, and nothing that may be a secret or that a
// terminal obeys.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { issuesOf, presentable, problemsOf, shownName } from '../../../src/config/read/problems.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { createLoader, hook } from '../loader.ts';

it.each([
  ['soc', 'soc'],
  ['https://chat.example/hooks/secret', 'https://chat.example/…'],
  ['chat.example/hooks/secret', 'chat.example/…'],
  ['https://me:secret@chat.example', 'https://…@chat.example/…'],
  ['x'.repeat(64), 'xxxxxxxx…'],
])('%s is shown as %s', (name, shown) => {
  expect(shownName(name)).toBe(shown);
});

it('makes visible what a terminal would obey', () => {
  const { where, problem, remedy } = presentable({
    where: 'a\u001Bb',
    problem: 'c\u202Ed',
    remedy: 'e\nf',
  });
  for (const sign of ['\u001B', '\u202E']) expect(where + problem).not.toContain(sign);
  expect(remedy).toBe('e\nf');
});

const schema = z.strictObject({
  wait: z.int().max(9).optional().describe('how long'),
  list: z.array(z.string()).max(2).optional().describe('a list of words'),
  code: z.string().min(2).max(3).optional(),
  key: z.string().min(8, 'is too short for a key').optional(),
  ids: z.record(z.string().regex(/^[a-z]+$/, 'is not an id'), z.number()).optional(),
  level: z.enum(['high', 'low']).optional().describe('how loud'),
  size: z.number().min(1).optional().describe('how large.'),
  names: z.array(z.string()).min(1).optional(),
  choice: z.strictObject({ way: z.enum(['up', 'down']) }).optional(),
});
const place = (path: readonly PropertyKey[], key?: string) => [...path, key ?? []].flat().join('.');
const problemsIn = (content: unknown) => {
  const judged = { schema, content, place };
  return problemsOf(issuesOf(judged), judged);
};

it.each([
  [
    { levle: 'high' },
    'levle',
    '"levle" is not a key that belongs here',
    'Known keys: wait, list, code, key, ids, level, size, names, choice. Did you mean "level"?',
  ],
  [
    { level: 'hihg' },
    'level',
    'is not one of the words that belong here',
    'Use one of: high, low. Did you mean "high"?',
  ],
  [{ size: 'x' }, 'size', 'is not a number', 'Expected: how large'],
  [{ choice: {} }, 'choice.way', 'is missing', 'Use one of: up, down.'],
  [{ size: 0 }, 'size', 'is less than 1', 'Expected: how large'],
  [{ wait: 10 }, 'wait', 'is more than 9', 'Expected: how long'],
  [{ code: 'a' }, 'code', 'has fewer than 2 characters', 'Correct it'],
  [{ code: 'abcd' }, 'code', 'has more than 3 characters', 'Correct it'],
  [{ key: 'abc' }, 'key', 'is too short for a key', 'Correct it'],
  [{ list: ['a', 'b', 'c'] }, 'list', 'has more than 2 entries', 'Expected: a list of words'],
  [
    { list: 'a' },
    'list',
    'is not a list',
    'Expected: a list of words. Put brackets around it: [ ]',
  ],
  [{ list: { a: 1 } }, 'list', 'is not a list', 'Expected: a list of words'],
  [{ ids: { 'A 1': 5 } }, 'ids.A 1', 'is not an id', 'Choose another one'],
  [{ names: [] }, 'names', 'is empty', 'Correct it'],
  [{ names: [5] }, 'names.0', 'is not a text', 'Correct it'],
])('%j: %s %s', (content, where, problem, remedy) => {
  expect(problemsIn(content)).toEqual([{ where, problem, remedy }]);
});

it('names the keys that belong to the top only for the top', () => {
  const inner = z.strictObject({ in: z.strictObject({ a: z.string() }) });
  const judged = {
    schema: inner,
    content: { nothing: 1, in: { a: 'b', unknown: 1 } },
    place,
    otherKeys: ['z'],
  };
  expect(
    problemsOf(issuesOf(judged), judged)
      .map(({ remedy }) => remedy)
      .sort(),
  ).toEqual(['Known keys: a.', 'Known keys: in, z.']);
});

it('reports nothing twice: a gap was reported when it was made', () => {
  expect(problemsIn({ level: undefined, names: [undefined], size: 5 })).toEqual([]);
});

/** With the adapters as they are. */
const real = createLoader({ sources, sinks });
const env = { KEY: 'key-of-an-api-connector', HOOK: hook };
const problems = (yaml: string) => real.yamlFaults(yaml, env);
const source =
  'sources: { a: { type: deepinstinct_events, url: "https://a.example.com", token: "${KEY}" } }\n';
const sink = 'sinks: { soc: { type: mattermost, url: "${HOOK}" } }\n';

describe('an address where a name belongs', () => {
  const secret = 'https://chat.example.com/hooks/another-secret';
  it.each([
    ['in a route', `${source}${sink}routes: [{ name: a, to: ["${secret}"] }]\n`],
    ['twice in a route', `${source}${sink}routes: [{ name: a, to: ["${secret}", "${secret}"] }]\n`],
    ['in operations', `${source}${sink}operations: "${secret}"\n`],
    ['as the id of a sink', `${source}sinks: { "${secret}": { type: mattermost } }\n`],
    [
      'as the id of the only sink there is',
      `${source}sinks: { "${secret}": { type: stdout } }\noperations: x\n`,
    ],
    ['as a type', `${source}sinks: { soc: { type: "${secret}" } }\n`],
    ['as a key', `${source}sinks: { soc: { type: stdout, "${secret}": x } }\n`],
    [
      'as a template',
      `${source}sinks: { soc: { type: mattermost, url: "\${HOOK}", template: "${secret}" } }\n`,
    ],
    ['without its scheme', `${source}${sink}operations: "${secret.slice('https://'.length)}"\n`],
    [
      'with a password',
      `${source}${sink}operations: "https://me:another-secret@chat.example.com"\n`,
    ],
  ])('is shown up to its host: %s', (_, yaml) => {
    const told = problems(yaml);
    expect(told.join('\n')).toContain('chat.example.com');
    expect(told.join('\n')).not.toContain('another-secret');
  });
});

it('a text that a terminal obeys is shown, and not obeyed', () => {
  const name = String.raw`"\e[31mred\u202E"`;
  const told = problems(
    `${source}${sink}${name}: 1\nroutes: [{ name: a, ${name}: 1, match: { sources: [${name}] }, to: [${name}] }]\n`,
  );
  expect(told).toHaveLength(4);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  const harmless = /^[^\x00-\x1F\x7F\u202E]*red\\u\{202E\}[^\x00-\x1F\x7F\u202E]*$/;
  for (const line of told) expect(line).toMatch(harmless);
});
