// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how tocsin.yaml refers to
// variables Names that no language should trip over, secrets in the wrong place, texts that a
// terminal obeys, and files that would take long: each is refused, in words.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { ConfigError } from '../../src/kit/errors.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';

const hook = 'https://chat.example.com/hooks/3hook5id7of9twenty6letters';
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-hostile-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function read(yaml: string) {
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  const env = { KEY: 'key-of-an-api-connector', HOOK: hook, TOCSIN_CONFIG: 'tocsin.yaml' };
  return readConfig({
    env,
    directory,
    registries: { sources, sinks },
    needs: ['sources', 'sinks'],
  });
}

function problems(yaml: string): string[] {
  try {
    read(yaml);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ where, problem }) => `${where} ${problem}`);
  }
}

const console = (key: string) =>
  `{ type: deepinstinct_events, url: "https://a.example.com", token: ${key} }`;
const source = `sources: { a: ${console('"${KEY}"')} }\n`;
const sink = 'sinks: { soc: { type: mattermost, url: "${HOOK}" } }\n';

describe('a name that is none', () => {
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

  it.each(['constructor', 'toString'])('%s is an id like any other', (id) => {
    const { config } = read(
      `sources: { ${id}: ${console('"${KEY}"')} }\nsinks: { ${id}: { type: stdout } }\n`,
    );
    expect([config.sources[0]?.id, config.sinks[0]?.id, config.routes[0]?.to]).toEqual([
      id,
      id,
      [id],
    ]);
  });
});

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

it('a circle of aliases is a problem with its place, like any other key', () => {
  const told = problems(
    `${source}${sink}routes: [{ name: x, to: [&t { sink: soc, again: *t }] }]\n`,
  );
  expect(told).toEqual([expect.stringMatching(/again/)]);
});

describe('a file beyond all measure', () => {
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
    ['brackets', '['.repeat(100_000), expect.stringMatching(/ is nested too deeply$/)],
  ])('is refused before anything is made of it: %s', (_, yaml, problem) => {
    expect(problems(yaml)).toEqual([problem]);
  });
});
