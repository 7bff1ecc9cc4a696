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
  level: z.enum(['high', 'low']).optional().describe('how loud'),
  size: z.number().min(1).optional().describe('how large.'),
  names: z.array(z.string()).min(1).optional(),
});
const place = (path: readonly PropertyKey[], key?: string) => [...path, key ?? []].flat().join('.');
const told = (content: unknown) => {
  const judged = { schema, content, place };
  return problemsOf(issuesOf(judged), judged);
};

it.each([
  [
    { levle: 'high' },
    'levle',
    '"levle" is not a key that belongs here',
    'Known are: level, size, names. Did you mean "level"?',
  ],
  [
    { level: 'hihg' },
    'level',
    'is none of the words that belong here',
    'Known are: high, low. Did you mean "high"?',
  ],
  [{ size: 'x' }, 'size', 'is not a number', 'Expected: how large'],
  [{ names: [] }, 'names', 'is empty', 'Correct it'],
  [{ names: [5] }, 'names.0', 'is not a text', 'Correct it'],
])('%j: %s %s', (content, where, problem, remedy) => {
  expect(told(content)).toEqual([{ where, problem, remedy }]);
});

it('reports nothing twice: a gap was reported when it was made', () => {
  expect(told({ level: undefined, names: [undefined], size: 5 })).toEqual([]);
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
