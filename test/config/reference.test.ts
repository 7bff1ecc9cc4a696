// docs/configuration-reference.md has every option of tocsin.yaml once, as the schemas say it, and
// its defaults are those that count. `npx vitest run test/config/reference.test.ts -u` writes the
// tables anew; what an option means is written in the page.
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { fileSchema } from '../../src/config/read/schema/file.ts';
import { defaultPolicy } from '../../src/core/deliver/policy.ts';
import { ConfigError } from '../../src/kit/errors.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { withBlock } from '../tree/sink-pages.ts';
import { createLoader, hook, three } from './loader.ts';
import { notesOf, sections, tablesOf, unwritten } from './reference.ts';

const path = 'docs/configuration-reference.md';
const page = readProjectFile(path);
const { loadYaml } = createLoader({ sources, sinks });

test('the tables are what the schemas give, and nothing in them is unwritten', async () => {
  await expect(withBlock(page, 'options', tablesOf(page))).toMatchFileSnapshot(`../../${path}`);
  expect(tablesOf(page)).not.toContain(unwritten);
});

test('an option that the page does not have yet is seen', () => {
  expect(tablesOf(page.replace(/^\| `sinks\.<id>\.timeout`.*$/m, ''))).toContain(unwritten);
});

/** The names of all options by another way: the JSON Schema that editors use. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(namesIn)];
}

test('no option of the JSON Schema is missing, and no other is there', () => {
  const asJson = z.toJSONSchema(fileSchema, { io: 'input', unrepresentable: 'any' });
  const keyOf = (option: string) =>
    option.replace(/\[\]$/, '').split('.').at(-1)!.replace('[]', '');
  const options = [...sections().values()].flat().map((option) => option.path);
  const groups = options.flatMap((option) =>
    option
      .split('.')
      .slice(0, -1)
      .map((part) => part.replace('[]', '')),
  );
  const names = new Set([...options.map(keyOf), ...groups].filter((name) => !name.startsWith('<')));
  // A schema says `properties` of a map, which is no option.
  const json = new Set(
    namesIn({ properties: {}, schema: asJson }).filter((name) => name !== 'properties'),
  );
  expect([...names].sort()).toEqual([...json].sort());
});

test('each option is there once', () => {
  for (const [heading, options] of sections()) {
    const paths = options.map((option) => option.path);
    expect(paths, heading).toEqual([...new Set(paths)]);
  }
});

/** A file in which every option with a default may be written. */
const whole = () => ({
  sources: {
    di: { type: 'deepinstinct_events', url: 'https://console.example', token: 'x'.repeat(20) },
  },
  sinks: { soc: { type: 'mattermost', url: hook } },
  templates: { own: { title: 'x', fields: [{ title: 'a', value: 'b' }] } },
  routes: [
    {
      name: 'one',
      to: [{ sink: 'soc', template: 'own' }],
      mention: '@soc',
      group: { by: ['device'] },
      quiet: { times: [{ from: '22:00', to: '07:00' }] },
      escalate: [{ after: '15m', to: ['soc'] }],
    },
  ],
  storm: { over: 20 },
  duty: { calendar: { url: 'https://calendar.example/duty.ics' }, fallback: { who: 'Ana' } },
  report: { to: 'soc' },
});

type Tree = Record<string, unknown>;
function put(tree: Tree, option: string, value: unknown): Tree {
  const keys = option
    .replace('<id>', 'soc')
    .replace('<name>', 'own')
    .split(/\.|(?=\[\])/)
    .map((key) => (key === '[]' ? 0 : key));
  const last = keys.pop()!;
  let at = tree as Record<string | number, unknown>;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Record<string | number, unknown>;
  }
  at[last] = value;
  return tree;
}

const presets = [...sections().values()].flat().flatMap(({ path: option }) => {
  const [[, note] = []] = [...notesOf(page)].filter(([key]) => key.endsWith(` ${option}`));
  const value = /(?:^|, else )`([^`]+)`$/.exec(note?.preset ?? '')?.[1];
  return value === undefined ? [] : [{ option, value }];
});

test('there are as many defaults as were looked for', () => {
  expect(presets.length).toBeGreaterThan(18);
});

const others: Readonly<Record<string, unknown>> = {
  ...{ true: false, false: true, none: 'post', CRITICAL: 'HIGH', mon: 'tue', en: 'th' },
  summary: 'attendee',
};
/** Some value that is not the default. */
const otherThan = (value: string) =>
  others[value] ??
  parse(value.replace(/\d+/, (digits) => String(Number(digits) + 1).padStart(2, '0')));

/** What is the same for equal configurations; functions are not. */
function comparable(tree: Tree): string {
  const {
    hash,
    ground,
    warnings,
    secrets,
    sinks: made,
    ...rest
  } = loadYaml(stringify(tree), three);
  const withTimeouts = made.map((sink) => ({ timeoutMs: defaultPolicy.sendTimeoutMs, ...sink }));
  const plain = (_: string, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...value] : value;
  return JSON.stringify({ ...rest, sinks: withTimeouts.map(sorted) }, plain);
}
const sorted = (map: object) => Object.fromEntries(Object.entries(map).sort());

test.each(presets)('$option: $value is what counts without it', ({ option, value }) => {
  const base = (): Tree => {
    const { storm, ...rest } = whole();
    return option.startsWith('storm') && option !== 'storm.passes' ? rest : { ...rest, storm };
  };
  const without = comparable(base());
  expect(comparable(put(base(), option, parse(value)))).toBe(without);
  let changed: string | undefined;
  try {
    changed = comparable(put(base(), option, otherThan(value)));
  } catch (error) {
    // The longest that is allowed.
    expect(error).toBeInstanceOf(ConfigError);
  }
  expect(changed).not.toBe(without);
});
