// Silences as operators write them, in a file or on the command line, and everything that is wrong with them.
import { z } from 'zod';
import { ExpressionError } from '../../core/rules/expression.ts';
import { type SilenceRequest, textProblems } from '../../core/silences/add.ts';
import { compileMatcher, MatcherError, type MatcherFault, type WrittenMatcher } from '../../core/silences/index.ts';
import type { RecurringSilence } from '../../core/silences/recurring.ts';
import { coversEverything } from '../../core/silences/scope.ts';
import type { ConfigProblem } from '../../kit/errors.ts';
import type { Findings } from '../read/environment.ts';
import { expressionProblem } from '../read/expression-problem.ts';
import { fileValue, type RecurringInput } from '../read/file.ts';
import { intervalsOf } from '../read/intervals.ts';
import { createOptionReader } from '../read/options.ts';
import { type Place, problemsOf, shownName, unknownName } from '../read/problems.ts';
import { match, single } from '../read/schema/route.ts';
import * as values from '../read/values.ts';
import { type LookUp, readYaml } from '../read/yaml.ts';

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
    forMs: read(value('for'), values.durationFrom(1000, known.maxMs)) ?? null,
  };
}

const recurringNameMax = 60;
const recurringReasonMax = 400;

/** What silences that recur may refer to. */
export interface RecurringKnown extends KnownIds {
  /** Of times that name none: an IANA name. */
  readonly timeZone: string;
}

/** Of these, those that are right; the problems of the others go to `findings`. */
export function recurringOf(
  written: readonly RecurringInput[],
  known: RecurringKnown,
  findings: Findings,
): RecurringSilence[] {
  const names = written.map(({ content }) => content.name.trim());
  return written.flatMap((input, index) => {
    const before = findings.problems.length;
    if (names.indexOf(names[index]!) < index) {
      const problem = `"${shownName(names[index]!)}" is the name of an earlier one`;
      const remedy = 'Give each recurring silence a name of its own';
      findings.problems.push({ where: input.place(['name']), problem, remedy });
    }
    const silence = recurringSilenceOf(input, known, findings);
    return findings.problems.length > before ? [] : [silence];
  });
}

function recurringSilenceOf(
  { content, place }: RecurringInput,
  known: RecurringKnown,
  findings: Findings,
): RecurringSilence {
  const { match, when, sinks } = content;
  const name = content.name.trim();
  const reason = content.reason.trim();
  const tell = (path: readonly PropertyKey[], problem: string, remedy: string) =>
    findings.problems.push({ where: place(path), problem, remedy });
  for (const problem of textProblems('name', name, recurringNameMax)) tell([], problem, 'Correct it');
  for (const problem of textProblems('reason', reason, recurringReasonMax)) tell([], problem, 'Correct it');
  const matcher = { ...match, ...(when !== undefined && { when }), ...(sinks && { sinks }) };
  const problems = matcherProblems(matcher, place);
  findings.problems.push(...problems);
  tellUnknown(['match', 'sources'], match?.sources, known.sources, place, findings);
  tellUnknown(['sinks'], sinks, known.sinks, place, findings);
  if (problems.length === 0 && coversEverything(compileMatcher(matcher), known.sources))
    tell([], 'matches every event', 'Say in match or when what it is about');
  const { timeZone, maxMs } = known;
  const readOption = createOptionReader(findings);
  const times = intervalsOf(content.times, { path: ['times'], place, timeZone, readOption, findings });
  // With one that cannot be used, the others are not where they were written.
  const isWhole = times.length === content.times.length;
  for (const [index, { fromMinute, toMinute }] of (isWhole ? times : []).entries()) {
    if (((toMinute - fromMinute + 1440) % 1440 || 1440) * 60_000 <= maxMs) continue;
    tell(['times', index], 'is longer than silences.max allows', 'Shorten it');
  }
  return { name, reason, matcher, times };
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
