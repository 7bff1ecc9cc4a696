// Makes problems that an operator can act on of what zod says about a value. Shows names of keys,
// never values.
import { z } from 'zod';
import type { ConfigProblem } from '../../kit/errors.ts';
import { didYouMean } from '../../kit/suggest.ts';
import { neutralText } from '../../kit/text.ts';
import type { Path, Place } from './place.ts';

export type Issue = z.core.$ZodIssue;

/** What was written, and the schema that it is held against. */
export interface Judged {
  readonly schema: z.ZodType;
  readonly content: unknown;
  readonly place: Place;
  /** Keys that may stand at the top of the content beside those of the schema. */
  readonly otherKeys?: readonly string[];
}

const nameLengthMax = 63;

/**
 * A name as it may be shown. An address in place of a name may be a secret, so only its scheme and
 * its host are shown.
 */
export function shownName(name: string): string {
  const [, scheme = '', rest = name] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(name) ?? [];
  const [host = ''] = rest.split(/[/?#]/);
  const bare = host.replace(/^.*@/s, '…@');
  const isWhole = bare === rest;
  const shown = bare.length > nameLengthMax ? `${bare.slice(0, 8)}…` : bare;
  return `${scheme}${shown}${isWhole ? '' : '/…'}`;
}

/** Writes out characters that a terminal would obey: anybody may have chosen a name in it. */
export function presentable({ where, problem, remedy }: ConfigProblem): ConfigProblem {
  const options = { multiline: true } as const;
  return {
    where: neutralText(where, { multiline: false }),
    problem: neutralText(problem, options),
    remedy: neutralText(remedy, options),
  };
}

/** What the schema finds wrong, except at gaps: they were reported when they were made. */
export function issuesOf({ schema, content }: Pick<Judged, 'schema' | 'content'>): Issue[] {
  const { error } = schema.safeParse(content);
  return (error?.issues ?? []).flatMap((issue) => {
    if (isAboutGap(issue, content)) return [];
    return issue.code === 'invalid_key' ? [issue, ...issuesUnder(issue, schema, content)] : [issue];
  });
}

function isAboutGap(issue: Issue, content: unknown): boolean {
  const { path } = issue;
  const around = valueAt(content, path.slice(0, -1));
  const isInside = typeof around === 'object' && around !== null;
  const value = valueAt(content, path);
  if (value === undefined && isInside && Object.hasOwn(around, path.at(-1)!)) return true;
  // One of several forms would fit without the gap.
  return (
    issue.code === 'invalid_union' &&
    issue.errors.some((form) => form.length > 0 && form.every((one) => isAboutGap(one, value)))
  );
}

/** zod does not look at the value under a wrong name of a record, so it is judged here. */
function issuesUnder({ path }: Issue, schema: z.ZodType, content: unknown): Issue[] {
  const inner = schemaAt(schema, path);
  if (inner === undefined) return [];
  const issues = issuesOf({ schema: inner, content: valueAt(content, path) });
  return issues.map((one) => ({ ...one, path: [...path, ...one.path] }));
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : undefined,
    content,
  );
}

export function problemsOf(issues: readonly Issue[], judged: Judged): ConfigProblem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, judged));
}

function problemsOfIssue(issue: Issue, judged: Judged): ConfigProblem[] {
  const { schema, content, place } = judged;
  if (issue.code === 'unrecognized_keys') return problemsOfKeys(issue.path, issue.keys, judged);
  const where = place(issue.path);
  const value = valueAt(content, issue.path);
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    const use = `Use one of: ${known.join(', ')}.`;
    if (value === undefined) return [{ where, problem: 'is missing', remedy: use }];
    const remedy = `${use}${didYouMean(String(value), known)}`;
    return [{ where, problem: 'is not one of the words that belong here', remedy }];
  }
  return [{ where, problem: problemText(issue), remedy: remedyOf(issue, value, schema) }];
}

function problemsOfKeys(
  path: Path,
  keys: readonly string[],
  { schema, place, otherKeys = [] }: Judged,
): ConfigProblem[] {
  const around = schemaAt(schema, path);
  const object = around instanceof z.ZodOptional ? around.unwrap() : around;
  const ofSchema = object instanceof z.ZodObject ? Object.keys(object.shape) : [];
  const known = [...ofSchema, ...(path.length === 0 ? otherKeys : [])];
  return keys.map((key) => ({
    where: place(path, key),
    problem: `"${shownName(key)}" is not a key that belongs here`,
    remedy: `Known keys: ${known.join(', ')}.${didYouMean(key, known)}`,
  }));
}

function remedyOf(issue: Issue, value: unknown, schema: z.ZodType): string {
  if (issue.code === 'invalid_key') return 'Choose another one';
  const description = schemaAt(schema, issue.path)?.description?.replace(/\.$/, '');
  if (description === undefined) return 'Correct it';
  const isBare = ['string', 'number'].includes(typeof value);
  const isListMissing = issue.code === 'invalid_type' && issue.expected === 'array' && isBare;
  return `Expected: ${description}${isListMissing ? '. Put brackets around it: [ ]' : ''}`;
}

const nouns: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  record: 'a map',
  string: 'a text',
  boolean: 'true or false',
};

function problemText(issue: Issue): string {
  if (issue.code === 'invalid_type' && / received undefined$/.test(issue.message))
    return 'is missing';
  if (issue.code === 'invalid_type')
    return `is not ${nouns[issue.expected] ?? `a ${issue.expected}`}`;
  if (issue.code === 'too_small' && issue.minimum === 1 && issue.origin !== 'number')
    return 'is empty';
  // A schema that has words of its own for it says more.
  if (issue.code === 'too_small' && /^Too small:/.test(issue.message))
    return beyond(issue.origin, issue.minimum, ['fewer', 'less']);
  if (issue.code === 'too_big' && /^Too big:/.test(issue.message))
    return beyond(issue.origin, issue.maximum, ['more', 'more']);
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message.replace(/^Invalid input: /, '');
}

/** @param words what to say of things that are counted, and of a number */
function beyond(
  origin: string,
  bound: number | bigint,
  [ofCount, ofNumber]: readonly [string, string],
): string {
  if (origin === 'string') return `has ${ofCount} than ${bound} characters`;
  return origin === 'array'
    ? `has ${ofCount} than ${bound} entries`
    : `is ${ofNumber} than ${bound}`;
}

/**
 * The schema of the value at `path`, as far as it is made of objects, records, lists and optional
 * values.
 */
function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let current: unknown = schema;
  for (const key of path) {
    while (current instanceof z.ZodOptional || current instanceof z.ZodDefault)
      current = current.unwrap();
    if (current instanceof z.ZodObject) current = current.shape[String(key)];
    else if (current instanceof z.ZodRecord) current = current.valueType;
    else if (current instanceof z.ZodArray) current = current.element;
    else return undefined;
  }
  return unwrapUndescribed(current);
}

/** `.describe()` may stand before or after `.optional()`; zod keeps it where it was called. */
function unwrapUndescribed(schema: unknown): z.ZodType | undefined {
  let current = schema;
  while (
    (current instanceof z.ZodOptional || current instanceof z.ZodDefault) &&
    current.description === undefined
  ) {
    current = current.unwrap();
  }
  return current instanceof z.ZodType ? current : undefined;
}

/** Without secrets, and each once: sources that share a variable share its fault. */
export function presented(
  problems: readonly ConfigProblem[],
  mask: (text: string) => string,
): ConfigProblem[] {
  const byText = problems.map((found): [string, ConfigProblem] => [
    `${found.where} ${found.problem}`,
    found,
  ]);
  return [...new Map(byText).values()].map((found) =>
    presentable({ ...found, problem: mask(found.problem) }),
  );
}
