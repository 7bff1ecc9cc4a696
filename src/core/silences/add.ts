// Makes silences for commands, files and the API. Stores all that are requested, or none if one has
// a fault.

import type { Severity } from '../../kit/event.ts';
import { noticeSource } from '../../kit/event.ts';
import type { RecentEvent } from '../../kit/records/past.ts';
import type { NewSilence } from '../../kit/records/silence.ts';
import type { Database } from '../../store/database.ts';
import { readRecentEvents } from '../../store/recent.ts';
import { insertSilences, readNowMs } from '../../store/silences.ts';
import { requestTextProblems } from './faults.ts';
import { covers, type Matcher, MatcherError, tryMatcher, type WrittenMatcher } from './index.ts';
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
  /** Ids of the sources that there are. */
  readonly sources: readonly string[];
  readonly isEverythingAllowed: boolean;
}

/** What a silence would have hidden of the last 24 hours. */
export interface Preview {
  readonly looked: number;
  /** There were more events in that time. */
  readonly isCut: boolean;
  /**
   * Of which it would have hidden a delivery that was not suppressed anyway. Index = severity
   * number.
   */
  readonly severities: readonly number[];
}

export interface AddedSilence {
  readonly id: number;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly mayCoverCritical: boolean;
  readonly preview: Preview;
}

/**
 * Either all were added, in their order, or none. `problem` is the rest of a sentence about the
 * silence at `index`.
 */
export type Silencing =
  | { readonly added: readonly AddedSilence[] }
  | { readonly refused: readonly { readonly index: number; readonly problem: string }[] };

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
  const previews = await preview(db, usable);
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

/** The rest of sentences about the silence. */
function problemsOf({ silence, matcher }: Judged, nowMs: number, rules: SilencingRules): string[] {
  const { owner, startsAtMs, endsAtMs } = silence;
  const lengthMs = endsAtMs - startsAtMs;
  const problems = requestTextProblems(silence);
  if (owner === fileOwner)
    problems.push(`has the owner ${fileOwner}, which is kept for the silences of that file`);
  if (lengthMs <= 0) problems.push('ends before it begins');
  else if (endsAtMs <= nowMs) problems.push('is over before it was made');
  if (lengthMs > rules.maxMs)
    problems.push(`is longer than ${rules.maxMs / 3_600_000} hours, the most that is allowed`);
  if (matcher instanceof MatcherError) problems.push(`cannot be used: ${matcher.message}`);
  else if (!rules.isEverythingAllowed && coversEverything(matcher, rules.sources))
    problems.push('matches every event. Say what it is about, or that all events are meant');
  return problems;
}

const pageSize = 500;
const lookedMax = 10_000;
const withinMs = 86_400_000;

/** Of each matcher. Reads the newest 10,000 events at most, a page at a time. */
export async function preview(db: Database, matchers: readonly Matcher[]): Promise<Preview[]> {
  const counts = matchers.map(() => [0, 0, 0, 0, 0, 0]);
  let looked = 0;
  let beforeId: number | null = null;
  let isMore = true;
  while (isMore && looked < lookedMax) {
    const page: readonly RecentEvent[] = await readRecentEvents(db, {
      withinMs,
      beforeId,
      limit: pageSize,
    });
    for (const recent of page.filter(({ source }) => source !== noticeSource)) {
      looked += 1;
      for (const [index, matcher] of matchers.entries())
        if (hides(matcher, recent)) counts[index]![recent.event.severity as Severity]! += 1;
    }
    beforeId = page.at(-1)?.id ?? null;
    isMore = page.length === pageSize;
  }
  return counts.map((severities) => ({ looked, isCut: isMore, severities }));
}

function hides(matcher: Matcher, { source, event, sinks }: RecentEvent): boolean {
  const isHeard = sinks.some((sink) => matcher.sinks?.includes(sink) ?? true);
  return isHeard && covers(matcher, { source, event });
}
