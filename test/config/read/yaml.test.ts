// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how tocsin.yaml refers to
// variables tocsin.yaml as YAML: variables in it, anchors, and what no parser can make sense of.
import { expect, it } from 'vitest';
import { createLoader } from '../loader.ts';

const { loadYaml, yamlProblems } = createLoader();

it('shows a literal ${ when it is written $${', () => {
  const text =
    'sinks: { soc: { type: mattermost, url: "https://chat.example/hooks/abcd", channel: "a$${b}" } }\n';
  expect(loadYaml(text).sinks[0]?.settings).toMatchObject({ channel: 'a${b}' });
});

const correct =
  'Correct this line, or the one before it. Inside of { } and [ ], "${VAR}" needs quotes';
it.each<[string, string, string[]]>([
  [
    'the same id twice',
    'sinks:\n  soc: { type: stdout }\n  soc: { type: stdout }\n',
    [`tocsin.yaml:3:3 is not valid YAML: Map keys must be unique. ${correct}`],
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
