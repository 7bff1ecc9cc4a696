// docs/sinks.md has a section for each type of sink with a row for each of its keys, and says of
// each what it can do as the sink itself declares it.
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { sinkKeys } from '../../src/config/read/schema/file.ts';
import type { Sink, SinkDefinition } from '../../src/kit/sink.ts';
import { sinks } from '../../src/sinks/index.ts';
import { adapterContext } from '../contract/adapter-cases.ts';
import { readProjectFile } from './project-files.ts';

const page = readProjectFile('docs/sinks.md');
const types = Object.keys(sinks).sort();

const section = (heading: string) => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
/** Each with what stands beside it. */
const rowsOf = (heading: string) =>
  Object.fromEntries(
    [...section(heading).matchAll(/^\| `([^`]+)` \| (.*?) \|/gm)].map(([, key, beside]) => [
      key,
      beside!,
    ]),
  );

function keysOf({ config }: SinkDefinition): Readonly<Record<string, z.ZodType>> {
  return (config as unknown as z.ZodObject).shape as Readonly<Record<string, z.ZodType>>;
}

test.each(types)('%s: every key has a row, and nothing else has one', (type) => {
  const definition = sinks[type]!;
  const rows = rowsOf(type);
  expect(section(type)).not.toBe('');
  expect(Object.keys(rows).sort()).toEqual(Object.keys(keysOf(definition)).sort());
  for (const [key, schema] of Object.entries(keysOf(definition))) {
    const said = rows[key]!;
    const isRequired = !schema.safeParse(undefined).success;
    expect(said.includes('required'), `${key} is required: ${isRequired}`).toBe(isRequired);
    expect(said.includes('secret'), key).toBe((definition.secrets as string[]).includes(key));
    const preset = schema.safeParse(undefined).data;
    if (preset !== undefined) expect(said, key).toBe(`\`${preset}\``);
  }
});

test('the keys of every sink, and every type', () => {
  const rows = section('Keys of every sink');
  expect(Object.keys(rowsOf('Keys of every sink')).sort()).toEqual([...sinkKeys].sort());
  const [, said = ''] = /^\| `type` \| required \| (.*) \|$/m.exec(rows) ?? [];
  expect([...said.matchAll(/`(\w+)`/g)].map(([, type]) => type).sort()).toEqual(types);
});

/** What the page says under the name of a sink. */
function claimsOf(row: string): Readonly<Record<string, string>> {
  const lines = section('What each can do')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const head = lines[0]!.slice(2, -1).map((cell) => cell.replaceAll('`', ''));
  const cells = lines.find(([, name]) => name === row)!.slice(2, -1);
  return Object.fromEntries(head.map((type, at) => [type, cells[at]!]));
}

const yes = (is: boolean) => (is ? 'yes' : 'no');

test.each<[string, (sink: Sink) => string]>([
  ['pings people', ({ can }) => yes(can?.mention === true)],
  ['marks `CRITICAL` as urgent', ({ can }) => yes(can?.priority === true)],
  ['has buttons', ({ can }) => yes(can?.buttons === true)],
  ['edits what it sent', ({ edit }) => yes(edit !== undefined)],
  ['replies to what it sent', ({ reply }) => yes(reply !== undefined)],
  ['characters in one message', ({ limits }) => limits?.total.toLocaleString('en') ?? 'no limit'],
  ['tested by `check` without a message', ({ check }) => yes(check !== undefined)],
])('%s', (row, declared) => {
  const said = claimsOf(row);
  expect(Object.keys(said).sort()).toEqual(types);
  for (const type of types) {
    const { config, create, example } = sinks[type]!;
    expect(said[type], type).toBe(declared(create(config.parse(example), adapterContext())));
  }
});
