// What breaks those who use the release before is found, and needs a version and a note that say so.
import { describe, expect, test } from 'vitest';
import { manifest, readProjectFile } from '../tree/project-files.ts';
import type { Public } from './public.ts';
import { script } from './scripts.ts';

type Schema = Readonly<Record<string, unknown>>;
interface Release {
  readonly breaks: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly notes: string;
}
const { schemaBreaks } = await script<{ schemaBreaks(before: Schema, after: Schema): string[] }>(
  'breaks/schema.mjs',
);
const { listBreaks } = await script<{ listBreaks(before: Public, after: Public): string[] }>(
  'breaks/lists.mjs',
);
const { breakProblems } = await script<{ breakProblems(release: Release): string[] }>(
  'breaks/gate.mjs',
);
const { releaseProblems } = await script<{ releaseProblems(root: string): string[] }>(
  'problems.mjs',
);

const object = (properties: Schema, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});
const bell = object({
  type: { const: 'bell' },
  tone: { type: 'string', enum: ['high', 'low'] },
  times: { type: ['integer', 'string'], minimum: 1, maximum: 9 },
});
const horn = object({ type: { const: 'horn' }, url: { type: 'string' } }, { required: ['url'] });
const schemaWith = (...choices: Schema[]) =>
  object({
    sinks: { type: 'object', additionalProperties: { anyOf: choices } },
    to: { type: 'array', items: { type: 'string', pattern: '^a$' } },
  });
const before = schemaWith(bell, horn);
const change = (from: string, to: string, of: Schema = before): Schema => {
  const text = JSON.stringify(of);
  expect(text).toContain(from);
  return JSON.parse(text.replace(from, to)) as Schema;
};

describe('of tocsin.yaml', () => {
  test.each<[string, Schema]>([
    ['nothing', before],
    ['a new type', schemaWith(bell, horn, object({ type: { const: 'siren' } }))],
    ['a new key', change('"tone":', '"loud":{"type":"boolean"},"tone":')],
    ['a new word', change('"low"', '"low","mid"')],
    ['a wider limit', change('"maximum":9', '"maximum":99')],
    ['one type more', change('"type":["integer","string"]', '"type":["number","string"]')],
    ['another alternative', change('^a$', '^b$|^a$')],
    ['a key that is no longer required', change('"required":["url"]', '"required":[]')],
  ])('%s breaks nothing', (_, after) => expect(schemaBreaks(before, after)).toEqual([]));

  test.each<[string, Schema, string]>([
    ['a type', schemaWith(horn), 'sinks.* of type bell is gone'],
    ['a key', change('"tone"', '"note"'), 'sinks.* of type bell.tone is gone'],
    ['a key at the top', change('"to":', '"goes_to":'), 'to is gone'],
    ['a word', change('"high",', ''), 'sinks.* of type bell.tone takes no high'],
    [
      'a type of value',
      change('["integer","string"]', '"integer"'),
      'sinks.* of type bell.times takes no string',
    ],
    [
      'a limit',
      change('"maximum":9', '"maximum":5'),
      'sinks.* of type bell.times has another maximum: 5',
    ],
    ['a pattern', change('^a$', '^b$'), 'to[] has another pattern'],
    [
      'what was required of nobody',
      change('"required":["url"]', '"required":["url","type"]'),
      'sinks.* of type horn.type is required',
    ],
  ])('%s that goes is found', (_, after, line) =>
    expect(schemaBreaks(before, after)).toContain(line),
  );
});

describe('of the lists', () => {
  const lists: Public = {
    variables: ['BELL'],
    commands: { 'bell ring': ['--json'], 'bell show': [] },
    exitCodes: { done: 0, failed: 1 },
    metrics: { tocsin_rings_total: { type: 'counter', labels: ['bell'] } },
  };

  test('what comes breaks nothing', () => {
    const after: Public = {
      variables: ['BELL', 'HORN'],
      commands: { ...lists.commands, 'bell ring': ['--json', '--loud'], horn: [] },
      exitCodes: { ...lists.exitCodes, config: 78 },
      metrics: {
        tocsin_rings_total: { type: 'counter', labels: ['bell', 'tone'] },
        tocsin_horns: { type: 'gauge', labels: [] },
      },
    };
    expect(listBreaks(lists, after)).toEqual([]);
  });

  test('what goes is found', () => {
    const after: Public = {
      variables: [],
      commands: { 'bell ring': [] },
      exitCodes: { done: 0, failed: 3 },
      metrics: { tocsin_rings_total: { type: 'gauge', labels: [] } },
    };
    expect(listBreaks(lists, after)).toEqual([
      'the variable BELL is gone',
      'tocsin bell ring --json is gone',
      'tocsin bell show is gone',
      'the exit code 1 for failed is another',
      'the metric tocsin_rings_total is a gauge, not a counter',
      'the metric tocsin_rings_total: the label bell is gone',
    ]);
    expect(listBreaks(lists, { ...lists, metrics: {} })).toEqual([
      'the metric tocsin_rings_total is gone',
    ]);
  });
});

describe('a version', () => {
  const breaks = ['the variable BELL is gone'];
  const said =
    '# Upgrading\n\n## From 0.1 to 0.2\n\n- **the variable `BELL`\n  is gone**: say HORN.\n';

  test.each<[string, Release]>([
    ['a fix', { breaks: [], from: '0.2.0', to: '0.2.1', notes: '' }],
    ['a series below 1.0', { breaks, from: '0.1.3', to: '0.2.0', notes: said }],
    ['a new feature', { breaks: [], from: '1.2.0', to: '1.3.0', notes: '' }],
    [
      'a series',
      { breaks, from: '1.9.0', to: '2.0.0', notes: said.replace('0.1 to 0.2', '1 to 2') },
    ],
  ])('of %s may be released', (_, release) => expect(breakProblems(release)).toEqual([]));

  test.each<[string, Release, string]>([
    ['of a fix that breaks', { breaks, from: '0.2.0', to: '0.2.1', notes: said }, 'needs 0.3.0'],
    [
      'of a feature that breaks',
      { breaks, from: '1.2.0', to: '1.3.0', notes: said },
      'needs 2.0.0',
    ],
    [
      'of a series without notes',
      { breaks: [], from: '0.1.0', to: '0.2.0', notes: '# Upgrading' },
      'has no section',
    ],
    [
      'that does not say what breaks',
      { breaks, from: '0.1.0', to: '0.2.0', notes: said.replace('BELL', 'HORN') },
      'write "the variable BELL is gone"',
    ],
    [
      'that was released',
      { breaks: [], from: '0.2.0', to: '0.2.0', notes: said },
      'does not come after',
    ],
    [
      'that is older',
      { breaks: [], from: '0.2.0', to: '0.1.9', notes: said },
      'does not come after',
    ],
  ])('%s may not', (_, release, words) =>
    expect(breakProblems(release).join('\n')).toContain(words),
  );
});

test('what the sources are may be released under their version', () => {
  const kept = JSON.parse(readProjectFile('release/baseline/openapi.json')) as {
    info: { version: string };
  };
  const problems = releaseProblems(new URL('../../', import.meta.url).pathname);
  // Right after a release the version is still its own.
  const isReleased = kept.info.version === manifest.version;
  expect(problems.filter((line) => !isReleased || !line.includes('does not come after'))).toEqual(
    [],
  );
});
