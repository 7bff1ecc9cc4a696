// The body of an event out of facts of which any may be missing. Pure.
import type { EventBody } from './event.ts';

type Gappy<Facts> = Facts extends readonly unknown[]
  ? Facts
  : Facts extends object
    ? { readonly [Name in keyof Facts]?: Gappy<Facts[Name]> | undefined }
    : Facts;

/** Leaves out what is undefined, and each group in which nothing is left. */
export function bodyOf(facts: Gappy<EventBody>): EventBody {
  return kept(facts) ?? {};
}

function kept(facts: object): object | undefined {
  const entries = Object.entries(facts).flatMap(([name, value]) => {
    const left = isGroup(value) ? kept(value) : value;
    return left === undefined ? [] : [[name, left] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
