// Reads a value piece by piece: reports what is wrong, leaves it out and keeps the rest, so that
// one wrong entry spoils only itself and all problems are reported at once.
//
// Where something was left out there is a gap: a property, or an entry of a list, with the value
// undefined. It means that something was written there that cannot be used, which was reported.
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
 * The content as it was written, with gaps where the schema finds it wrong. The schema must not
 * transform values. Undefined if nothing is left.
 */
export function readSound<Schema extends z.ZodType>(
  written: Written<Schema>,
  findings: Findings,
): Sound<z.output<Schema>> | undefined {
  const issues = issuesOf(written);
  findings.problems.push(...problemsOf(issues, written));
  return withGaps(written.content, issues.flatMap(gapsOf)) as Sound<z.output<Schema>> | undefined;
}

/** A wrong name makes no gap: what stands under it is judged by itself. */
function gapsOf(issue: Issue): Path[] {
  if (issue.code === 'invalid_key') return [];
  if (issue.code !== 'unrecognized_keys') return [issue.path];
  return issue.keys.map((key) => [...issue.path, key]);
}

/** A copy with a gap at each of those paths. Parts without a gap are shared, not copied. */
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
  // Defined and not assigned, because a key may be "__proto__".
  for (const [key, rest] of below)
    Object.defineProperty(copy, key, {
      ...attributes,
      value: withGaps(Reflect.get(value, key), rest),
    });
  return copy;
}

/** Whether it has a gap, at any depth. An alias of YAML may make it circular. */
export function hasGap(value: unknown): boolean {
  const seen = new WeakSet<object>();
  const look = (one: unknown): boolean => {
    if (typeof one !== 'object' || one === null || seen.has(one)) return false;
    seen.add(one);
    return Object.values(one).some((inner) => inner === undefined || look(inner));
  };
  return look(value);
}

/** The properties without gaps. */
export function withoutGaps<Value extends object>(value: Value): Partial<Value> {
  const whole = Object.entries(value).filter(([, one]) => one !== undefined && !hasGap(one));
  return Object.fromEntries(whole) as Partial<Value>;
}

export function isDefined<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
