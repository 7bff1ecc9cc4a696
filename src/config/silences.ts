// Silences as operators write them, in a file or on the command line, and everything that is wrong with them.
import { z } from 'zod';
import type { ConfigProblem } from '../core/errors.ts';
import { ExpressionError } from '../core/rules/expression.ts';
import { compileMatcher, MatcherError, type MatcherFault, type WrittenMatcher } from '../core/silence.ts';
import type { SilenceRequest } from '../core/silencing.ts';
import type { Findings } from './environment.ts';
import { expressionProblem } from './expression-problem.ts';
import { fileValue } from './file.ts';
import { createOptionReader } from './options.ts';
import { type Place, problemsOf, unknownName } from './problems.ts';
import { match, single } from './route-schema.ts';
import * as values from './values.ts';
import { type LookUp, readYaml } from './yaml.ts';

const silence = z
  .strictObject({
    owner: z.string().describe('who silences it'),
    reason: z.string().describe('why'),
    from: single,
    until: single,
    for: single,
    match,
    when: z.string().optional().describe('an expression about the event'),
    sinks: z.array(z.string()).min(1).optional().describe('a list of ids of sinks'),
  })
  .describe('a map with owner, reason, for, match, when, sinks');
const silences = z.array(silence).min(1).max(100).describe('a list of silences');
type Content = z.output<typeof silence>;

/** What a silence may refer to; nothing is known to be wrong if there is none. */
export interface KnownIds {
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  /** No silence may be longer. */
  readonly maxMs: number;
}

/** Of these, those that are right; the problems of the others go to `findings`. @param place of the list */
export function silencesOf(written: unknown, place: Place, known: KnownIds, findings: Findings): SilenceRequest[] {
  const parsed = silences.safeParse(written);
  if (!parsed.success) {
    findings.problems.push(...problemsOf(parsed.error.issues, silences, written, place));
    return [];
  }
  return parsed.data.flatMap((content, index) => {
    const placeHere: Place = (path, key) => place([index, ...path], key);
    const before = findings.problems.length;
    const request = requestOf(content, placeHere, known, findings);
    return findings.problems.length > before ? [] : [request];
  });
}

/** @param name as problems call it */
export function readSilences(
  text: string,
  name: string,
  lookUp: LookUp,
  known: KnownIds,
  findings: Findings,
): SilenceRequest[] {
  const yaml = readYaml(text, name, lookUp, findings);
  return yaml === undefined ? [] : silencesOf(yaml.content, yaml.place, known, findings);
}

function requestOf(content: Content, place: Place, known: KnownIds, findings: Findings): SilenceRequest {
  const { owner, reason, when, sinks } = content;
  const read = createOptionReader(findings);
  const value = (key: 'from' | 'until' | 'for') => fileValue(content[key], place, [key]);
  const tell = (path: readonly PropertyKey[], problem: string, remedy: string) =>
    findings.problems.push({ where: place(path), problem, remedy });
  if (content.until === undefined && content.for === undefined)
    tell([], 'has no end', 'Write for, such as "2h", or until');
  if (content.until !== undefined && content.for !== undefined)
    tell(['until'], 'is written, and so is for', 'Keep one of the two');
  const matcher = { ...content.match, ...(when !== undefined && { when }), ...(sinks && { sinks }) };
  findings.problems.push(...matcherProblems(matcher, place));
  tellUnknown(['match', 'sources'], content.match?.sources, known.sources, place, findings);
  tellUnknown(['sinks'], sinks, known.sinks, place, findings);
  return {
    ...{ matcher, owner, reason },
    startsAtMs: read(value('from'), values.instant) ?? null,
    endsAtMs: read(value('until'), values.instant) ?? null,
    forMs: read(value('for'), values.duration(1000, known.maxMs)) ?? null,
  };
}

function matcherProblems(matcher: WrittenMatcher, place: Place): ConfigProblem[] {
  try {
    compileMatcher(matcher);
    return [];
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error;
    return error.faults.map((fault) => problemOf(fault, matcher, place));
  }
}

function problemOf({ path, error }: MatcherFault, { when }: WrittenMatcher, place: Place): ConfigProblem {
  const isOfMatch = path[0] !== 'when' && path[0] !== 'sinks';
  const where = place(isOfMatch ? ['match', ...path] : path);
  if (error instanceof ExpressionError) return expressionProblem(where, String(when), error);
  return { where, problem: error.message, remedy: 'Correct it' };
}

function tellUnknown(
  path: readonly string[],
  ids: readonly string[] | undefined,
  known: readonly string[],
  place: Place,
  findings: Findings,
): void {
  const noun = path[0] === 'sinks' ? 'sink' : 'source';
  for (const [index, id] of (ids ?? []).entries()) {
    if (known.length === 0 || known.includes(id)) continue;
    findings.problems.push(unknownName(place([...path, index]), id, noun, known));
  }
}
