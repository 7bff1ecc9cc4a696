// Reads silences as operators write them: in tocsin.yaml, in a file of their own or as options.
// core/silences decides what is wrong with a silence; here it gets its place.
import { ExpressionError } from '../../core/rules/expression.ts';
import type { SilenceRequest } from '../../core/silences/add.ts';
import {
  endFaults,
  lengthFaults,
  recurringTextFaults,
  type SilenceFault,
  scopeFaults,
} from '../../core/silences/faults.ts';
import {
  type Matcher,
  MatcherError,
  type MatcherFault,
  tryMatcher,
  type WrittenMatcher,
} from '../../core/silences/index.ts';
import type { RecurringSilence } from '../../core/silences/recurring.ts';
import type { ConfigProblem } from '../../kit/errors.ts';
import type { Findings } from '../read/environment.ts';
import { expressionProblem } from '../read/expression-problem.ts';
import type { RecurringInput } from '../read/file.ts';
import { intervalsOf } from '../read/intervals.ts';
import { checkNames, type Names } from '../read/names.ts';
import { createOptionReader } from '../read/options.ts';
import { fileValue, type Place, placeUnder } from '../read/place.ts';
import { shownName } from '../read/problems.ts';
import { type RecurringContent, type SilenceContent, silences } from '../read/schema/silence.ts';
import { hasGap, readSound, type Sound, withoutGaps } from '../read/sound.ts';
import * as values from '../read/values.ts';
import { readYaml, type YamlText } from '../read/yaml.ts';

/** What a silence may refer to. Of an empty list, no name is known to be wrong. */
export interface KnownIds {
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  /** No silence may be longer. */
  readonly maxMs: number;
}

/** A list of silences, as plain values. */
export interface WrittenSilences {
  readonly content: unknown;
  readonly place: Place;
}

/** Where a silence stands, and what it is judged by. */
interface SilenceContext {
  readonly place: Place;
  readonly names: { readonly sources: Names; readonly sinks: Names };
  /** No silence may be longer. */
  readonly maxMs: number;
  readonly findings: Findings;
}

/** The silences that are right; the problems of the others go to `findings`. */
export function silencesOf(
  { content, place }: WrittenSilences,
  { sources, sinks, maxMs }: KnownIds,
  findings: Findings,
): SilenceRequest[] {
  const names = {
    sources: { noun: 'source', known: sources, areAll: true },
    sinks: { noun: 'sink', known: sinks, areAll: true },
  } as const;
  const list = readSound({ schema: silences, content, place }, findings) ?? [];
  return list.flatMap((silence, index) => {
    if (silence === undefined) return [];
    const before = findings.problems.length;
    const placeHere = placeUnder(place, [index]);
    const request = requestOf(silence, { place: placeHere, names, maxMs, findings });
    return findings.problems.length > before || hasGap(silence) ? [] : [request];
  });
}

/** As {@link silencesOf}, from a text in YAML. */
export function readSilences(
  written: YamlText,
  known: KnownIds,
  findings: Findings,
): SilenceRequest[] {
  const yaml = readYaml(written, findings);
  return yaml === undefined ? [] : silencesOf(yaml, known, findings);
}

function requestOf(content: Sound<SilenceContent>, around: SilenceContext): SilenceRequest {
  const { place, maxMs, findings } = around;
  const { owner = '', reason = '' } = content;
  const read = createOptionReader(findings);
  const value = (key: 'from' | 'until' | 'for') => fileValue(content[key], place, [key]);
  const isWritten = (key: 'until' | 'for') => Object.hasOwn(content, key);
  report(endFaults({ until: isWritten('until'), for: isWritten('for') }), around);
  const { written: matcher } = readMatcher(content, around);
  return {
    matcher,
    owner,
    reason,
    startsAtMs: read(value('from'), values.instant) ?? null,
    endsAtMs: read(value('until'), values.instant) ?? null,
    forMs: read(value('for'), values.durationFrom(1000, maxMs)) ?? null,
  };
}

export interface RecurringContext extends Omit<SilenceContext, 'place'> {
  readonly written: readonly RecurringInput[];
  /** Of times that name none: an IANA name. */
  readonly timeZone: string;
}

/** The silences that are right; the problems of the others go to the findings. */
export function recurringOf(context: RecurringContext): RecurringSilence[] {
  const { written, findings } = context;
  const names = written.map(({ content }) => content?.name?.trim());
  return written.flatMap(({ content, place }, index) => {
    if (content === undefined) return [];
    const before = findings.problems.length;
    const name = names[index];
    if (name !== undefined && names.indexOf(name) < index) {
      const problem = `"${shownName(name)}" is the name of an earlier one`;
      const remedy = 'Give each recurring silence a name of its own';
      findings.problems.push({ where: place(['name']), problem, remedy });
    }
    const silence = recurringSilenceOf(content, { ...context, place });
    return findings.problems.length > before || hasGap(content) ? [] : [silence];
  });
}

function recurringSilenceOf(
  content: Sound<RecurringContent>,
  around: SilenceContext & { readonly timeZone: string },
): RecurringSilence {
  const { place, names, maxMs, timeZone, findings } = around;
  const name = content.name?.trim();
  const reason = content.reason?.trim();
  report(recurringTextFaults({ name, reason }), around);
  const { written: matcher, compiled } = readMatcher(content, around);
  // With a gap, nobody knows how much it was meant to match.
  if (compiled && !hasGap(content)) report(scopeFaults(compiled, names.sources.known), around);
  const written = content.times ?? [];
  const readOption = createOptionReader(findings);
  const times = intervalsOf(written, { path: ['times'], place, timeZone, readOption, findings });
  // If one cannot be used, the others have lost their places in the list.
  if (times.length === written.length) report(lengthFaults(times, maxMs), around);
  return { name: name ?? '', reason: reason ?? '', matcher, times };
}

/** What a silence is about. `compiled` is undefined if something is wrong with it. */
function readMatcher(
  { match, when, sinks }: Sound<Pick<SilenceContent, 'match' | 'when' | 'sinks'>>,
  { place, names, findings }: SilenceContext,
): { readonly written: WrittenMatcher; readonly compiled: Matcher | undefined } {
  const written = { ...withoutGaps(match ?? {}), ...withoutGaps({ when, sinks }) };
  const compiled = tryMatcher(written);
  if (compiled instanceof MatcherError)
    findings.problems.push(...compiled.faults.map((fault) => problemOf(fault, written, place)));
  const sourcesPath = ['match', 'sources'];
  checkNames({ written: match?.sources, place, path: sourcesPath }, known(names.sources), findings);
  checkNames({ written: sinks, place, path: ['sinks'] }, known(names.sinks), findings);
  return { written, compiled: compiled instanceof MatcherError ? undefined : compiled };
}

/** A command that needs no sources knows none, and may still read a silence that names some. */
function known(names: Names): Names {
  return { ...names, areAll: names.areAll && names.known.length > 0 };
}

function problemOf(
  { path, error }: MatcherFault,
  { when }: WrittenMatcher,
  place: Place,
): ConfigProblem {
  const isOfMatch = path[0] !== 'when' && path[0] !== 'sinks';
  const where = place(isOfMatch ? ['match', ...path] : path);
  if (error instanceof ExpressionError) return expressionProblem(where, String(when), error);
  return { where, problem: error.message, remedy: 'Correct it' };
}

function report(faults: readonly SilenceFault[], { place, findings }: SilenceContext): void {
  for (const { path, problem, remedy } of faults)
    findings.problems.push({ where: place(path), problem, remedy });
}
