// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// tocsin.yaml as YAML: variables in it, anchors, names that JavaScript would trip over, files too
// large, and what no parser understands.
import { describe, expect, it } from 'vitest';
import { hasReference, literally } from '../../../src/config/read/yaml.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { createLoader, hook } from '../loader.ts';

const { loadYaml, yamlProblems } = createLoader();
/** With the adapters as they are. */
const real = createLoader({ sources, sinks });
const env = { KEY: 'key-of-an-api-connector', HOOK: hook };
const problems = (yaml: string) => real.yamlFaults(yaml, env);
const console = (key: string) =>
  `{ type: deepinstinct_events, url: "https://a.example.com", token: ${key} }`;
const source = `sources: { a: ${console('"${KEY}"')} }\n`;
const sink = 'sinks: { soc: { type: mattermost, url: "${HOOK}" } }\n';

it('shows a literal ${ when it is written $${', () => {
  const text =
    'sinks: { soc: { type: mattermost, url: "https://chat.example/hooks/abcd", channel: "a$${b}" } }\n';
  expect(loadYaml(text).sinks[0]?.settings).toMatchObject({ channel: 'a${b}' });
});

it.each<[string, string, string[]]>([
  [
    'the same id twice',
    'sinks:\n  soc: { type: stdout }\n  soc: { type: stdout }\n',
    ['tocsin.yaml:3:3 "soc" is in this map already. Keep one of the two, or give one another name'],
  ],
  [
    'a variable within braces',
    'sinks: { soc: { type: mattermost, url: ${HOOK} } }\n',
    [
      'tocsin.yaml:1:41 is not valid YAML: this cannot stand here. Correct this line, or the one before it. Inside of { } and [ ], "${VAR}" needs quotes',
    ],
  ],
  [
    'a variable that is not set',
    'sinks:\n  soc:\n    type: mattermost\n    url: ${HOOK}\n',
    [
      'tocsin.yaml:4:10 ${HOOK} has no value. Set HOOK in the environment or in .env, or write "$${" for the text itself',
    ],
  ],
  [
    'an alias of nothing',
    'sinks: *nothing\n',
    [
      'tocsin.yaml:1:8 refers to an anchor that is not there. Put quotes around the value if it begins with "*"',
    ],
  ],
])('refuses %s', (_, text, expected) => {
  expect(yamlProblems(text)).toEqual(expected);
});

it('says once what is wrong with its form, and nothing about what it may hold', () => {
  expect(yamlProblems('sinks:\n  soc: [\n', {})).toHaveLength(1);
});

it('does not blow up on anchors within anchors', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (let i = 0; i < 8; i++) {
    const [from, to] = [String.fromCharCode(97 + i), String.fromCharCode(98 + i)];
    bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(',')}]`);
  }
  expect(yamlProblems(bomb.join('\n'))).toHaveLength(1);
});

describe('a name of the language', () => {
  it.each([
    [
      'a source',
      `sources: { __proto__: ${console('inline-secret')} }\n${sink}`,
      'tocsin.yaml:1:12',
    ],
    [
      'a sink',
      `${source}sinks: { __proto__: { type: stdout }, b: { type: stdout } }\n`,
      'tocsin.yaml:2:10',
    ],
    ['a template', `${source}${sink}templates: { __proto__: { title: x } }\n`, 'tocsin.yaml:3:14'],
    [
      'a setting',
      `${source}sinks: { a: { type: stdout, __proto__: { template: x } } }\n`,
      'tocsin.yaml:2:29',
    ],
    [
      'what a route says of a sink',
      `${source}${sink}routes: [{ name: a, to: [{ sink: soc, __proto__: { channel: x } }] }]\n`,
      'tocsin.yaml:3:39',
    ],
  ])('__proto__ as %s is refused where it stands', (_, yaml, where) => {
    expect(problems(yaml)).toContain(`${where} "__proto__" cannot be a name or a key`);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    '${%s} is a variable without a value',
    (name) => {
      expect(problems(`sources: { a: ${console(`"\${${name}}"`)} }\n${sink}`)).toEqual([
        expect.stringContaining(`\${${name}} has no value`),
      ]);
    },
  );
});

it('a circle of aliases is a problem with its place, like any other key', () => {
  const told = problems(
    `${source}${sink}routes: [{ name: x, to: [&t { sink: soc, again: *t }] }]\n`,
  );
  expect(told).toEqual([expect.stringMatching(/again/)]);
});

describe('a file that is too large', () => {
  const many = (count: number, line: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => line(n)).join('');
  it.each([
    [
      '60,000 templates',
      `templates:\n${many(60_000, (n) => `  t${n}: { title: x }\n`)}`,
      'tocsin.yaml:1:1 has a list or map of more than 10000 entries',
    ],
    [
      'lists in lists',
      `a:\n${many(1000, () => `- [${'1,'.repeat(150)}1]\n`)}`,
      'tocsin.yaml:1:1 has more than 100000 values',
    ],
    [
      'a long text',
      `a: ${'x'.repeat(4_000_001)}`,
      'tocsin.yaml:1:1 is longer than 4 million characters',
    ],
    ['brackets', '['.repeat(100_000), expect.stringMatching(/ brackets are nested too deeply$/)],
  ])('is refused before anything is made of it: %s', (_, yaml, problem) => {
    expect(problems(yaml)).toEqual([problem]);
  });
});

it.each([
  ['plain', false],
  ['${A}', true],
  ['a ${A} b', true],
  ['$${A}', false],
  ['$${A} ${B}', true],
  ['$A {A}', false],
])('%s refers to a variable: %s', (text, does) => {
  expect(hasReference(text)).toBe(does);
});

it('a text that is written literally refers to no variable', () => {
  for (const text of ['${A}', '$${A}', '${', 'a'])
    expect(hasReference(literally(text))).toBe(false);
  expect(literally('a ${B}')).toBe('a $${B}');
});
