// The options of tocsin.yaml as the reference lists them: every one once, from the schemas that read
// the file. What an option means and what counts without it is written in the page. Pure.
import type { z } from 'zod';
import { fileSchema } from '../../src/config/read/schema/file.ts';
import { interval, match, single } from '../../src/config/read/schema/route.ts';

export interface Option {
  /** `routes[].group.wait`; `<id>` and `<name>` are keys of the reader's choice. */
  readonly path: string;
  /** What the schema takes, in its own words. */
  readonly takes: string;
  readonly isRequired: boolean;
}
/** What no schema says of an option. */
export interface Note {
  /** A value in back-ticks is one that may be written, and changes nothing. */
  readonly preset: string;
  readonly meaning: string;
}

interface Parts {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
}
const partsOf = (schema: z.ZodType) => schema.def as unknown as Parts & { type: string };
const keysOf = (schema: z.ZodType) => Object.keys(partsOf(schema).shape ?? {});

const matchShape = match.unwrap();
/** Maps that several options take; each has a part of its own. */
const shared = [
  { title: 'match', schema: matchShape, more: ['not'] },
  { title: 'time', schema: interval, more: [] },
];
const sharedOf = (schema: z.ZodType) =>
  shared.find(
    ({ schema: one, more }) =>
      keysOf(schema)
        .filter((key) => !(more as string[]).includes(key))
        .join() === keysOf(one).join(),
  );

function leaf(path: string, schema: z.ZodType, takes = schema.description): Option {
  const isPlain = takes === undefined || takes === single.description;
  return {
    path,
    takes: isPlain ? 'one value' : takes,
    isRequired: !schema.safeParse(undefined).success,
  };
}

function optionsUnder(path: string, outer: z.ZodType, said: z.ZodType): Option[] {
  const { type, shape, innerType, element, valueType, options } = partsOf(outer);
  if (type === 'optional') return optionsUnder(path, innerType!, said);
  if (type === 'array') {
    if (sharedOf(element!)) return referTo(path, element!, said, true);
    const isOfMaps = keysOf(element!).length + (partsOf(element!).options?.length ?? 0) > 0;
    return isOfMaps ? optionsUnder(`${path}[]`, element!, element!) : [leaf(path, said)];
  }
  if (type === 'record') {
    if (keysOf(valueType!).length === 0) return [leaf(path, said)];
    const key = path === 'templates' ? '<name>' : '<id>';
    return optionsUnder(`${path}.${key}`, valueType!, valueType!);
  }
  if (type === 'union') {
    const map = options?.find((option) => partsOf(option).type === 'object');
    return [leaf(path, said), ...(map ? optionsUnder(path, map, map) : [])];
  }
  if (type !== 'object') return [leaf(path, said)];
  if (sharedOf(outer)) return referTo(path, outer, said, false);
  return Object.entries(shape!).flatMap(([key, schema]) =>
    optionsUnder(path === '' ? key : `${path}.${key}`, schema, schema),
  );
}

/** A shared map is not spelt out again, but for what it has here alone. */
function referTo(path: string, map: z.ZodType, said: z.ZodType, isList: boolean): Option[] {
  const { title, schema } = sharedOf(map)!;
  const takes = `${isList ? 'a list of maps: each is' : 'a map:'} a [${title}](#${title})`;
  const own = keysOf(map).filter((key) => !keysOf(schema).includes(key));
  return [
    leaf(path, said, takes),
    ...own.flatMap((key) => {
      const more = partsOf(map).shape![key]!;
      return optionsUnder(`${path}.${key}`, more, more);
    }),
  ];
}

/** By the heading of their part, in the order of the schema. */
export function sections(): ReadonlyMap<string, readonly Option[]> {
  const parts = new Map<string, Option[]>([['The whole', []]]);
  for (const option of optionsUnder('', fileSchema, fileSchema)) {
    const [first = ''] = option.path.split(/[.[]/);
    const heading = first === option.path ? 'The whole' : first;
    parts.set(heading, [...(parts.get(heading) ?? []), option]);
  }
  const whole = parts.get('The whole')!;
  const moved = whole.filter(({ path }) => parts.has(path));
  for (const option of moved) parts.get(option.path)!.unshift(option);
  parts.set(
    'The whole',
    whole.filter((option) => !moved.includes(option)),
  );
  for (const { title, schema } of shared)
    parts.set(
      title,
      Object.entries(partsOf(schema).shape!).map(([key, value]) => leaf(key, value)),
    );
  return parts;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** What the page says by itself, by heading and path: `match min_severity`. */
export function notesOf(page: string): ReadonlyMap<string, Note> {
  const notes = new Map<string, Note>();
  let heading = '';
  for (const line of page.split('\n')) {
    heading = /^### (.+)$/.exec(line)?.[1] ?? heading;
    const cells = /^\| `([^`]+)` \| (.*) \|$/.exec(line);
    const [, preset = '', meaning = ''] = cells?.[2]?.split(/(?<!\\) \| /) ?? [];
    if (cells) notes.set(`${heading} ${cells[1]}`, { preset, meaning });
  }
  return notes;
}

/** What a new option has until somebody writes it. */
export const unwritten = 'TO BE WRITTEN';

/** The tables, with what the page said of each option before. */
export function tablesOf(page: string): string {
  const notes = notesOf(page);
  return [...sections()]
    .map(([heading, options]) => {
      const rows = options.map(({ path, takes, isRequired }) => {
        const note = notes.get(`${heading} ${path}`);
        const preset = isRequired ? 'required' : (note?.preset ?? unwritten);
        return `| \`${path}\` | ${cell(takes)} | ${preset} | ${note?.meaning ?? unwritten} |`;
      });
      return [
        `### ${heading}\n`,
        '| option | takes | default | meaning |',
        '| --- | --- | --- | --- |',
        ...rows,
      ].join('\n');
    })
    .join('\n\n');
}
