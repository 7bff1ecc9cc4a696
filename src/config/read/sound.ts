// Reads a value piece by piece: what is wrong is reported and left out, and the rest is handed on,
// so that one wrong entry spoils only itself and all problems are reported at once.
//
// In place of what was left out stands a gap: a property, or an entry of a list, that is there and
// undefined. It says that something was written that cannot be used, and that this was reported.
// YAML itself has no such value.
import type { z } from 'zod';
import type { Findings } from './environment.ts';
import type { Path } from './place.ts';
import { type Issue, issuesOf, type Judged, problemsOf } from './problems.ts';

/** A value of which any part may be missing. */
export type Sound<Value> = Value extends readonly (infer Entry)[]
  ? readonly (Sound<Entry> | undefined)[]
  : Value extends object
    ? { readonly [Key in keyof Value]?: Sound<Value[Key]> | undefined }
    : Value;

export interface Written<Schema extends z.ZodType> extends Judged {
  readonly schema: Schema;
}

/**
 * What of `content` the schema has nothing against, as it stands: the schema must not transform.
 * Undefined if nothing is left.
 */
export function readSound<Schema extends z.ZodType>(
  written: Written<Schema>,
  findings: Findings,
): Sound<z.output<Schema>> | undefined {
  const issues = issuesOf(written);
  findings.problems.push(...problemsOf(issues, written));
  return withGaps(written.content, issues.flatMap(gapsOf)) as Sound<z.output<Schema>> | undefined;
}

/** Of a wrong name only the name is wrong: what stands under it is judged by itself. */
function gapsOf(issue: Issue): Path[] {
  if (issue.code === 'invalid_key') return [];
  if (issue.code !== 'unrecognized_keys') return [issue.path];
  return issue.keys.map((key) => [...issue.path, key]);
}

/** The same, with a gap at each of those paths. What is not on the way to one is shared. */
function withGaps(value: unknown, gaps: readonly Path[]): unknown {
  if (gaps.length === 0) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if (gaps.some(({ length }) => length === 0)) return undefined;
  const below = new Map<PropertyKey, Path[]>();
  for (const [key, ...rest] of gaps) {
    const known = below.get(key!);
    if (known === undefined) below.set(key!, [rest]);
    else known.push(rest);
  }
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const attributes = { enumerable: true, writable: true, configurable: true };
  // By definition and not by assignment: a key may be "__proto__".
  for (const [key, rest] of below)
    Object.defineProperty(copy, key, {
      ...attributes,
      value: withGaps(Reflect.get(value, key), rest),
    });
  return copy;
}

/** Whether anything in it, however deep, could not be used. An alias of YAML may make a circle. */
export function hasGap(value: unknown): boolean {
  const seen = new WeakSet<object>();
  const look = (one: unknown): boolean => {
    if (typeof one !== 'object' || one === null || seen.has(one)) return false;
    seen.add(one);
    return Object.values(one).some((inner) => inner === undefined || look(inner));
  };
  return look(value);
}

/** The properties that are whole. */
export function withoutGaps<Value extends object>(value: Value): Partial<Value> {
  const whole = Object.entries(value).filter(([, one]) => one !== undefined && !hasGap(one));
  return Object.fromEntries(whole) as Partial<Value>;
}

export function isDefined<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
