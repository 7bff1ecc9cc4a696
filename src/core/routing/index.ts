// Decides which sinks hear of an event. Pure: the same event, routes and time give the same decision, which is stored with the event.

import type { EventDraft, Severity } from '../../kit/event.ts';
import type { Decision } from '../../kit/records/decision.ts';
import type { Miss } from '../../kit/records/suppression.ts';
import type { Expression } from '../rules/expression.ts';
import { type GroupPolicy, groupKeyOf, type QuietHours } from '../rules/group.ts';
import { type EventFacts, type Match, missOfMatch } from '../rules/match.ts';
import { type ExpressionFacts, expressionFacts } from '../rules/rule-event.ts';
import { type Interval, isWithin } from '../rules/schedule.ts';
import type { Template } from '../template/template.ts';

/** A rule that chooses sinks: all that it says must hold. */
export interface Route extends Match {
  readonly name: string;
  readonly when?: Expression | undefined;
  /** It has a say in these times only; absent for always. */
  readonly active?: readonly Interval[] | undefined;
  /** It has no say in these times. */
  readonly mute?: readonly Interval[] | undefined;
  /** Ids of sinks. */
  readonly to: readonly string[];
  /** By id of sink: what the route says about it, as its type parsed it. */
  readonly settings?: ReadonlyMap<string, unknown> | undefined;
  /** By id of sink: how it wants the event shown there. */
  readonly templates?: ReadonlyMap<string, Template> | undefined;
  /** What it takes waits for others like it. */
  readonly group?: GroupPolicy | undefined;
  /** What it takes then waits until they are over. */
  readonly quiet?: QuietHours | undefined;
  /** An item that the vendor has seen before is not taken. */
  readonly isFirstOnly?: boolean | undefined;
  /** What it takes is not shown to the routes after it. */
  readonly isLast?: boolean | undefined;
}

/** By severity number; smaller goes first. An unknown severity is taken seriously: it goes with HIGH. */
const priorities = [1, 4, 3, 2, 1, 0] as const;

/** The order in which deliveries go out: 0 for CRITICAL to 4 for INFO. */
export function priorityOf(severity: Severity): number {
  return priorities[severity];
}

export interface Routing {
  readonly routes: readonly string[];
  readonly decisions: readonly Decision[];
}

/**
 * A sink that a route names gets one decision: pending as the first such route that takes the event wants it, else suppressed with the
 * reason of the first. Routes of other sources have a say only where no other has one, so that every event has a decision.
 *
 * @param atMs milliseconds since the epoch; for routes that have their times
 */
export function route(routes: readonly Route[], source: string, draft: EventDraft, atMs: number): Routing {
  const priority = priorityOf(draft.severity);
  const matched: string[] = [];
  const bySink = new Map<string, Decision>();
  const suppress = ({ to }: Route, reason: Miss) => {
    for (const sink of to) if (!bySink.has(sink)) bySink.set(sink, { sink, state: 'suppressed', reason, priority });
  };
  const misses = judge(routes, source, draft, atMs);
  for (const [index, candidate] of routes.entries()) {
    const miss = misses[index];
    if (miss === undefined) {
      matched.push(candidate.name);
      for (const sink of candidate.to) {
        if (bySink.get(sink)?.state === 'pending') continue;
        bySink.set(sink, {
          sink,
          state: 'pending',
          reason: null,
          priority,
          ...waysOf(candidate, sink, source, draft, atMs),
        });
      }
    } else if (miss !== 'other_source') suppress(candidate, miss);
  }
  if (bySink.size === 0) for (const candidate of routes) suppress(candidate, 'other_source');
  return { routes: matched, decisions: [...bySink.values()] };
}

/** The one by which a delivery goes; undefined if it goes by none, or if that is gone. */
export function routeNamed(routes: readonly Route[], name: string | undefined): Route | undefined {
  return name === undefined ? undefined : routes.find((one) => one.name === name);
}

/** How the route wants it sent there. */
function waysOf(candidate: Route, sink: string, source: string, draft: EventDraft, atMs: number): Partial<Decision> {
  const { group, quiet } = candidate;
  const hasWays =
    group !== undefined || quiet !== undefined || candidate.settings?.has(sink) || candidate.templates?.has(sink);
  if (!hasWays) return {};
  const groupKey = groupKeyFor(candidate, source, draft, atMs);
  return { route: candidate.name, ...(groupKey !== undefined && { groupKey }) };
}

/** Undefined: it goes out by itself. In quiet hours, nothing does that may wait. */
function groupKeyFor({ name, group, quiet }: Route, source: string, draft: EventDraft, atMs: number) {
  const own = () => group && groupKeyOf(name, group, source, draft);
  if (quiet === undefined || !isWithin(quiet.times, atMs)) return own();
  if (priorityOf(draft.severity) <= quiet.passes) return undefined;
  return own() ?? groupKeyOf(name, { by: [] }, source, draft);
}

/** Of each route, in order: why it does not take the event; undefined if it does. */
export function judge(routes: readonly Route[], source: string, event: EventFacts, atMs: number): (Miss | undefined)[] {
  // Most configurations have no expression, and need no facts for one.
  let known: ExpressionFacts | undefined;
  const facts = () => {
    known ??= expressionFacts(source, event);
    return known;
  };
  let isTaken = false;
  return routes.map((candidate) => {
    const miss = isTaken ? missOfTaken(candidate, source) : missOf(candidate, source, event, atMs, facts);
    isTaken ||= miss === undefined && candidate.isLast === true;
    return miss;
  });
}

/** What is for other sources would not have been shown the event anyway. */
function missOfTaken({ sources }: Route, source: string): Miss {
  return sources && !sources.includes(source) ? 'other_source' : 'taken_before';
}

function missOf(
  candidate: Route,
  source: string,
  event: EventFacts,
  atMs: number,
  facts: () => ExpressionFacts,
): Miss | undefined {
  const miss = missOfMatch(candidate, source, event);
  if (miss !== undefined) return miss;
  if (candidate.active && !isWithin(candidate.active, atMs)) return 'outside_active';
  if (candidate.mute && isWithin(candidate.mute, atMs)) return 'muted';
  if (candidate.isFirstOnly && (event.body.recurrence ?? 1) > 1) return 'repeat';
  // What cannot be judged goes out: an alert too many is better than one too few.
  return candidate.when?.evaluate(facts()) === false ? 'when_is_false' : undefined;
}
