// Silences: compiles what they match, and suppresses decisions that they cover. Pure.

import type { Severity } from '../../kit/event.ts';
import { severityNames } from '../../kit/event.ts';
import type { Decision } from '../../kit/records/decision.ts';
import { parseSeverity } from '../../kit/severity.ts';
import { compileExpression, type Expression } from '../rules/expression.ts';
import { compileGlob } from '../rules/glob.ts';
import { type EventAt, type Match, missOfMatch, type SourcedEvent } from '../rules/match.ts';
import { parseNetwork } from '../rules/network.ts';
import { type ExpressionFacts, expressionFacts } from '../rules/rule-event.ts';

/** As it is written and stored: the keys of a route's `match`, its `when`, and `sinks`. */
export type WrittenMatcher = Readonly<Record<string, unknown>>;

export interface Matcher extends Match {
  readonly when?: Expression | undefined;
  /** Ids of sinks; absent for all. */
  readonly sinks?: readonly string[] | undefined;
}

/** From `startsAtMs` on, and before `endsAtMs`; milliseconds since the epoch. */
export interface Silence extends Matcher {
  readonly id: number;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** One thing that is wrong with a matcher. */
export interface MatcherFault {
  /** From the matcher on: `types`, 0. */
  readonly path: readonly PropertyKey[];
  /** What was thrown about the value; an {@link ExpressionError} about `when`. */
  readonly error: Error;
}

export class MatcherError extends Error {
  override readonly name = 'MatcherError';
  readonly faults: readonly MatcherFault[];

  constructor(faults: readonly MatcherFault[]) {
    super(faults.map(({ path, error }) => `${path.join('.')} ${error.message}`).join('; '));
    this.faults = faults;
  }
}

type Compile = (value: unknown, path: readonly PropertyKey[], faults: MatcherFault[]) => unknown;

const compilers: Readonly<Record<string, Compile>> = {
  min_severity: one(severityOf),
  sources: each(String),
  streams: each(String),
  types: each(compileGlob),
  actions: each(compileGlob),
  statuses: each(compileGlob),
  tenants: each(compileGlob),
  devices: each(compileGlob),
  groups: each(compileGlob),
  networks: each(parseNetwork),
  when: one(compileExpression),
  sinks: each(String),
};
export const matcherKeys = Object.keys(compilers);

/**
 * An unknown key, perhaps of a newer release, is a fault: without it the silence would cover more.
 * @throws {MatcherError}
 */
export function compileMatcher(written: WrittenMatcher): Matcher {
  const faults: MatcherFault[] = [];
  const parts = Object.entries(written).map(([key, value]) => {
    const compile = Object.hasOwn(compilers, key) ? compilers[key]! : unknownKey;
    return [key === 'min_severity' ? 'minSeverity' : key, compile(value, [key], faults)] as const;
  });
  if (faults.length > 0) throw new MatcherError(faults);
  return { minSeverity: 0, ...Object.fromEntries(parts) };
}

/** As {@link compileMatcher}, but returns the error. */
export function tryMatcher(written: WrittenMatcher): Matcher | MatcherError {
  try {
    return compileMatcher(written);
  } catch (error) {
    if (error instanceof MatcherError) return error;
    throw error;
  }
}

function unknownKey(_value: unknown, path: readonly PropertyKey[], faults: MatcherFault[]): void {
  const error = new Error(`is not a key that belongs here; known are: ${matcherKeys.join(', ')}`);
  faults.push({ path, error });
}

/** @param parse throws an error whose message is the end of a sentence */
function one(parse: (text: string) => unknown): Compile {
  return (value, path, faults) => {
    try {
      if (typeof value !== 'string') throw new Error('is not a text');
      return parse(value);
    } catch (error) {
      faults.push({ path, error: error as Error });
      return undefined;
    }
  };
}

function each(parse: (text: string) => unknown): Compile {
  const parseOne = one(parse);
  return (value, path, faults) => {
    if (Array.isArray(value) && value.length > 0)
      return value.map((entry, index) => parseOne(entry, [...path, index], faults));
    faults.push({ path, error: new Error(Array.isArray(value) ? 'is empty' : 'is not a list') });
    return undefined;
  };
}

function severityOf(text: string): Severity {
  const severity = parseSeverity(text);
  if (severity) return severity;
  throw new Error(`is not a severity; there are: ${severityNames.slice(1).join(', ')}`);
}

/**
 * In doubt it does not cover: an unknown severity reaches no threshold here, and an expression that
 * cannot be evaluated covers nothing.
 */
export function covers(
  matcher: Matcher,
  { source, event }: SourcedEvent,
  facts = () => expressionFacts(source, event),
): boolean {
  if (event.severity === 0 && matcher.minSeverity > 0) return false;
  if (missOfMatch(matcher, source, event) !== undefined) return false;
  return matcher.when === undefined || matcher.when.evaluate(facts()) === true;
}

/**
 * Suppresses the pending decisions that an active silence covers, each by the first such silence.
 */
export function silence(
  silences: readonly Silence[],
  decisions: readonly Decision[],
  { atMs, ...sourced }: EventAt,
): readonly Decision[] {
  let known: ExpressionFacts | undefined;
  const facts = () => {
    known ??= expressionFacts(sourced.source, sourced.event);
    return known;
  };
  const covering = silences.filter(
    (one) => one.startsAtMs <= atMs && atMs < one.endsAtMs && covers(one, sourced, facts),
  );
  if (covering.length === 0) return decisions;
  return decisions.map((decision) => {
    const { sink, state, priority } = decision;
    const by =
      state === 'pending' ? covering.find(({ sinks }) => sinks?.includes(sink) ?? true) : undefined;
    return by
      ? { sink, state: 'suppressed', reason: 'silenced', priority, silenceId: by.id }
      : decision;
  });
}
