// Turns what zod says about a value into problems that tell an operator what to do. Shows names of keys, never values.
import { z } from 'zod';
import type { ConfigProblem } from '../../kit/errors.ts';
import { didYouMean } from '../../kit/suggest.ts';
import { neutralText } from '../../kit/text.ts';

export type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Where the value at `path` stands, in the operator's words. `key` is a key in it that should not be there. */
export type Place = (path: Path, key?: string) => string;

/** A single value as text, and where it stands. */
export interface FileValue {
  readonly text: string;
  readonly where: string;
}

/** In place of a value that could not be had, which was told; a second problem about the same value would only confuse. */
export const unresolved = '\0unresolved';

/** About a name that stands for nothing of its kind. */
export function unknownName(where: string, name: string, noun: string, known: readonly string[]): ConfigProblem {
  const list = known.length === 0 ? `There is no ${noun} yet` : `Known are: ${known.map(shownName).join(', ')}`;
  const problem = `"${shownName(name)}" is no ${noun} of this configuration`;
  return { where, problem, remedy: `${list}.${didYouMean(name, known)}` };
}

const nameLengthMax = 63;

/** A name as it may be shown. An address in its place may be a secret: of that, only the scheme and the host. */
export function shownName(name: string): string {
  const [, scheme = '', rest = name] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(name) ?? [];
  const [host = ''] = rest.split(/[/?#]/);
  const bare = host.replace(/^.*@/s, '…@');
  const isWhole = bare === rest;
  const shown = bare.length > nameLengthMax ? `${bare.slice(0, 8)}…` : bare;
  return `${scheme}${shown}${isWhole ? '' : '/…'}`;
}

/** With what a terminal obeys and no reader sees made visible: names in it may be anybody's. */
export function presentable({ where, problem, remedy }: ConfigProblem): ConfigProblem {
  const options = { multiline: true } as const;
  return {
    where: neutralText(where, { multiline: false }),
    problem: neutralText(problem, options),
    remedy: neutralText(remedy, options),
  };
}

/** `content` is what the schema was asked about. */
export function problemsOf(
  issues: readonly Issue[],
  schema: z.ZodType,
  content: unknown,
  place: Place,
): ConfigProblem[] {
  return issues
    .filter((issue) => valueAt(content, issue.path) !== unresolved)
    .flatMap((issue) => problemsOfIssue(issue, schema, content, place));
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    content,
  );
}

function problemsOfIssue(issue: Issue, schema: z.ZodType, content: unknown, place: Place): ConfigProblem[] {
  const around = schemaAt(schema, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const object = around instanceof z.ZodOptional ? around.unwrap() : around;
    const known = object instanceof z.ZodObject ? Object.keys(object.shape) : [];
    return issue.keys.map((key) => ({
      where: place(issue.path, key),
      problem: `"${shownName(key)}" is not a key that belongs here`,
      remedy: `Known are: ${known.join(', ')}.${didYouMean(key, known)}`,
    }));
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    const remedy = `Known are: ${known.join(', ')}.${didYouMean(String(valueAt(content, issue.path)), known)}`;
    return [{ where: place(issue.path), problem: 'is none of the words that belong here', remedy }];
  }
  const description = around?.description;
  return [
    {
      where: place(issue.path),
      problem: sentenceOf(issue),
      remedy: description === undefined ? 'Correct it' : `Expected: ${description.replace(/\.$/, '')}`,
    },
  ];
}

const nouns: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  record: 'a map',
  string: 'a text',
  boolean: 'true or false',
};

function sentenceOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && / received undefined$/.test(issue.message)) return 'is missing';
  if (issue.code === 'invalid_type') return `is not ${nouns[issue.expected] ?? `a ${issue.expected}`}`;
  if (issue.code === 'too_small' && issue.minimum === 1 && issue.origin !== 'number') return 'is empty';
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message.replace(/^Invalid input: /, '');
}

/** The schema of the value at `path`, as far as it is made of objects, records, lists and optional values. */
function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let current: unknown = schema;
  for (const key of path) {
    while (current instanceof z.ZodOptional || current instanceof z.ZodDefault) current = current.unwrap();
    if (current instanceof z.ZodObject) current = current.shape[String(key)];
    else if (current instanceof z.ZodRecord) current = current.valueType;
    else if (current instanceof z.ZodArray) current = current.element;
    else return undefined;
  }
  return unwrapUndescribed(current);
}

/** `.describe()` may stand before or after `.optional()`; zod keeps it on the schema that it was called on. */
function unwrapUndescribed(schema: unknown): z.ZodType | undefined {
  let current = schema;
  while ((current instanceof z.ZodOptional || current instanceof z.ZodDefault) && current.description === undefined) {
    current = current.unwrap();
  }
  return current instanceof z.ZodType ? current : undefined;
}
