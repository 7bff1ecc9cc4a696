// Compares two sets of routes over the same events: what each sink would get from either, and which
// grave events no sink would get any more. Pure. Counts events for each sink; grouping, throttling,
// storms and silences are left aside.
import type { EventDraft, Severity } from '../../kit/event.ts';
import { type Route, route } from './index.ts';

/** The part of a configuration that decides who gets an event. */
export interface Policy {
  readonly routes: readonly Route[];
  /** Ids of all sinks. */
  readonly sinks: readonly string[];
}

/** New ids by old ones, for what the second configuration has under another id. */
export interface Renames {
  readonly sources: ReadonlyMap<string, string>;
  readonly sinks: ReadonlyMap<string, string>;
}

/** An adapter, and what identifies it; undefined if nothing does. */
export interface Identified {
  readonly id: string;
  readonly identity: string | undefined;
}

/**
 * Adapters that `before` has under one id and `after` under another. Only where exactly one on each
 * side has the identity.
 */
export function renamesOf(
  before: readonly Identified[],
  after: readonly Identified[],
): ReadonlyMap<string, string> {
  const only = (these: readonly Identified[], others: readonly Identified[]) =>
    these.filter(
      ({ id, identity }) => identity !== undefined && !others.some((other) => other.id === id),
    );
  const alike = (list: readonly Identified[], identity: string | undefined) =>
    list.filter((one) => one.identity === identity);
  const gone = only(before, after);
  const fresh = only(after, before);
  return new Map(
    gone.flatMap(({ id, identity }) => {
      const [heir, ...others] = alike(fresh, identity);
      return heir === undefined || others.length > 0 || alike(gone, identity).length > 1
        ? []
        : [[id, heir.id]];
    }),
  );
}

/** An event with the time of its arrival. */
export interface ComparedEvent
  extends Pick<EventDraft, 'stream' | 'type' | 'severity' | 'status' | 'action' | 'body'> {
  readonly source: string;
  readonly receivedAtMs: number;
  /** Ids of the sinks that were given it at the time. */
  readonly sinks: readonly string[];
}

export interface SinkComparison {
  readonly sink: string;
  /** Events; null if the configuration has no such sink. */
  readonly before: number | null;
  readonly after: number | null;
  /** Events that only the second set gives it, and that only the first one does. */
  readonly added: number;
  readonly removed: number;
  /** What was given at the time. */
  readonly recorded: number;
}

export interface Comparison {
  readonly events: number;
  /** Ids ascend. */
  readonly sinks: readonly SinkComparison[];
  /** Events that some sink would get before and none after; by severity number. */
  readonly lost: readonly number[];
  /** And the other way round. */
  readonly gained: readonly number[];
}

/**
 * Why a sink would no longer get an event: the reason of a route, or null if no route names the
 * sink for such an event.
 */
export interface Loss {
  readonly sink: string;
  readonly reason: string | null;
}

/** HIGH, CRITICAL or unknown: an unknown word must not silence an alert. */
export function isGrave(severity: Severity): boolean {
  return severity >= 4 || severity === 0;
}

/** How many of the lost are grave. */
export function graveLost({ lost }: Comparison): number {
  return lost.reduce(
    (sum, count, severity) => (isGrave(severity as Severity) ? sum + count : sum),
    0,
  );
}

export interface Comparer {
  /**
   * Counts the event.
   * @returns the losses if no sink would get it any more; undefined otherwise
   */
  add(event: ComparedEvent): readonly Loss[] | undefined;
  /** How many events so far no sink would get before and some would after. */
  gainedCount(): number;
  result(): Comparison;
}

const noRenames: Renames = { sources: new Map(), sinks: new Map() };

/** @param renamed events of a source are judged by the second set under the id that it has there */
export function comparePolicies(before: Policy, after: Policy, renamed = noRenames): Comparer {
  const counts = new Map<string, Counts>();
  const countsOf = (sink: string): Counts => {
    const known = counts.get(sink) ?? { before: 0, after: 0, added: 0, removed: 0, recorded: 0 };
    counts.set(sink, known);
    return known;
  };
  for (const sink of [...before.sinks, ...after.sinks]) countsOf(sink);
  const lost = [0, 0, 0, 0, 0, 0];
  const gained = [0, 0, 0, 0, 0, 0];
  let events = 0;
  return {
    add(event) {
      events += 1;
      const was = decide(before, event);
      const is = decide(after, {
        ...event,
        source: renamed.sources.get(event.source) ?? event.source,
      });
      for (const sink of event.sinks) countsOf(sink).recorded += 1;
      for (const sink of new Set([...was.sinks, ...is.sinks]))
        count(countsOf(sink), was.sinks.has(sink), is.sinks.has(sink));
      if (was.sinks.size === 0 && is.sinks.size > 0) gained[event.severity]! += 1;
      if (was.sinks.size === 0 || is.sinks.size > 0) return undefined;
      lost[event.severity]! += 1;
      return [...was.sinks].map((sink) => ({
        sink,
        reason: is.reasons.get(renamed.sinks.get(sink) ?? sink) ?? null,
      }));
    },
    gainedCount: () => gained.reduce((sum, count) => sum + count, 0),
    result: () => ({
      events,
      sinks: [...counts].sort(byName).map(([sink, known]) => ({
        sink,
        ...known,
        before: before.sinks.includes(sink) ? known.before : null,
        after: after.sinks.includes(sink) ? known.after : null,
      })),
      lost,
      gained,
    }),
  };
}

interface Counts {
  before: number;
  after: number;
  added: number;
  removed: number;
  recorded: number;
}

function count(counts: Counts, was: boolean, is: boolean): void {
  if (was) counts.before += 1;
  if (is) counts.after += 1;
  if (is && !was) counts.added += 1;
  if (was && !is) counts.removed += 1;
}

/** At the time of its arrival: routes may have their times. */
function decide({ routes }: Policy, event: ComparedEvent) {
  const { source, receivedAtMs: atMs } = event;
  const { decisions } = route(routes, { source, event, atMs });
  return {
    sinks: new Set(decisions.filter(({ state }) => state === 'pending').map(({ sink }) => sink)),
    reasons: new Map(decisions.map(({ sink, reason }) => [sink, reason])),
  };
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
