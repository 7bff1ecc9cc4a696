// Makes silences for commands, files and the API. Stores all that are requested, or none if one has
// a fault.

import type { NewSilence } from '../../kit/records/silence.ts';
import { type Refusal, refusal } from '../../kit/refusals.ts';
import type { Database } from '../../store/database.ts';
import { insertSilences, readNowMs } from '../../store/silences.ts';
import { requestTextProblems } from './faults.ts';
import { type Matcher, MatcherError, tryMatcher, type WrittenMatcher } from './index.ts';
import { dayMs, type Preview, preview } from './preview.ts';
import { fileOwner } from './recurring.ts';
import { coversEverything, mayCoverCritical } from './scope.ts';

/** Times are milliseconds since the epoch. One of `endsAtMs` and `forMs` is given. */
export interface SilenceRequest {
  readonly matcher: WrittenMatcher;
  readonly owner: string;
  readonly reason: string;
  /** Null: now. */
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  /** How long, from its beginning on. */
  readonly forMs: number | null;
}

export interface SilencingRules {
  /** No silence may be longer. */
  readonly maxMs: number;
  /** Ids of the sources and sinks that there are; none: they are not known. */
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  readonly isEverythingAllowed: boolean;
}

export interface AddedSilence {
  readonly id: number;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly mayCoverCritical: boolean;
  /** Of the last 24 hours. */
  readonly preview: Preview;
}

/**
 * Either all were added, in their order, or none. `problem` is one of the
 * silence at `index`, without `silence`, what that is called.
 */
export type Silencing =
  | { readonly added: readonly AddedSilence[] }
  | { readonly refused: readonly { readonly index: number; readonly problem: Refusal }[] };

export async function addSilences(
  db: Database,
  requests: readonly SilenceRequest[],
  rules: SilencingRules,
): Promise<Silencing> {
  const nowMs = await readNowMs(db);
  const silences = requests.map((request) => timed(request, nowMs));
  const matchers = silences.map(({ matcher }) => tryMatcher(matcher));
  const refused = silences.flatMap((silence, index) =>
    problemsOf({ silence, matcher: matchers[index]! }, nowMs, rules).map((problem) => ({
      index,
      problem,
    })),
  );
  if (refused.length > 0) return { refused };
  const usable = matchers as Matcher[];
  const previews = await preview(db, usable, dayMs);
  const ids = await insertSilences(db, silences);
  const added = silences.map(({ startsAtMs, endsAtMs }, index) => ({
    id: ids[index]!,
    startsAtMs,
    endsAtMs,
    mayCoverCritical: mayCoverCritical(usable[index]!),
    preview: previews[index]!,
  }));
  return { added };
}

function timed(request: SilenceRequest, nowMs: number): NewSilence {
  const { matcher, owner, reason, startsAtMs: from, endsAtMs: until, forMs } = request;
  const startsAtMs = from ?? nowMs;
  return {
    matcher,
    owner: owner.trim(),
    reason: reason.trim(),
    startsAtMs,
    endsAtMs: until ?? startsAtMs + (forMs ?? 0),
  };
}

interface Judged {
  readonly silence: NewSilence;
  readonly matcher: Matcher | MatcherError;
}

/** Without what the silence is called. */
function problemsOf({ silence, matcher }: Judged, nowMs: number, rules: SilencingRules): Refusal[] {
  const { owner, startsAtMs, endsAtMs } = silence;
  const lengthMs = endsAtMs - startsAtMs;
  const problems = requestTextProblems(silence).map((fault) => refusal('silenceText', { fault }));
  if (owner === fileOwner) problems.push(refusal('silenceOwner', { owner }));
  if (lengthMs <= 0) problems.push(refusal('silenceEmpty'));
  else if (endsAtMs <= nowMs) problems.push(refusal('silenceOver'));
  if (lengthMs > rules.maxMs)
    problems.push(refusal('silenceLong', { hours: String(rules.maxMs / 3_600_000) }));
  if (endsAtMs >= timesEndMs) problems.push(refusal('silenceEndless'));
  problems.push(...matcherProblems(matcher, rules));
  return problems;
}

/** From here on, a time has no form that everybody reads. */
const timesEndMs = Date.UTC(10_000);

/** What is wrong with a silence of this matcher, without what it is called. */
export function matcherProblems(
  matcher: Matcher | MatcherError,
  { sources, sinks, isEverythingAllowed }: Omit<SilencingRules, 'maxMs'>,
): Refusal[] {
  if (matcher instanceof MatcherError)
    return [refusal('silenceMatcher', { fault: matcher.message })];
  const problems = [
    ...unknownProblems('source', matcher.sources, sources),
    ...unknownProblems('sink', matcher.sinks, sinks),
  ];
  if (!isEverythingAllowed && coversEverything(matcher, sources))
    problems.push(refusal('silenceAll'));
  return problems;
}

/** A silence of a name that nobody has would hide nothing, and nobody would notice. */
function unknownProblems(
  kind: string,
  named: readonly string[] | undefined,
  known: readonly string[],
): Refusal[] {
  const unknown = known.length === 0 ? [] : (named ?? []).filter((id) => !known.includes(id));
  return unknown.map((id) =>
    refusal('silenceUnknown', { kind, name: JSON.stringify(id), known: known.join(', ') }),
  );
}
