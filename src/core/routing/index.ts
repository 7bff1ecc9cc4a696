// Decides which sinks get an event. Pure: the same event, routes and time give the same decision,
// which is stored with the event.

import { changeStream, type Severity } from '../../kit/event.ts';
import type { Decision, Escalation } from '../../kit/records/decision.ts';
import type { Miss } from '../../kit/records/suppression.ts';
import type { EscalationStep } from '../rules/escalation.ts';
import type { Expression } from '../rules/expression.ts';
import { type GroupPolicy, groupKeyOf, type QuietHours } from '../rules/group.ts';
import { type EventAt, type Match, missOfMatch } from '../rules/match.ts';
import { type ExpressionFacts, expressionFacts } from '../rules/rule-event.ts';
import { type Interval, isWithin } from '../rules/schedule.ts';
import type { Template } from '../template/template.ts';

/** A rule that chooses sinks: all of its conditions must hold. */
export interface Route extends Match {
  readonly name: string;
  readonly when?: Expression | undefined;
  /** It applies only within these times; absent: always. */
  readonly active?: readonly Interval[] | undefined;
  /** It does not apply within these times. */
  readonly mute?: readonly Interval[] | undefined;
  /** Ids of sinks. */
  readonly to: readonly string[];
  /** By id of sink: the settings of the route for it, as the sink's type parsed them. */
  readonly settings?: ReadonlyMap<string, unknown> | undefined;
  /** By id of sink: the template of the route for it. */
  readonly templates?: ReadonlyMap<string, Template> | undefined;
  /** Events that it takes wait for others like them. */
  readonly group?: GroupPolicy | undefined;
  /** Events that it takes within these hours wait for their end. */
  readonly quiet?: QuietHours | undefined;
  /** Whom it tells when nobody acknowledges what it takes; in the order of time. */
  readonly escalate?: readonly EscalationStep[] | undefined;
  /** An item that the vendor reports again is not taken. */
  readonly isFirstOnly?: boolean | undefined;
  /**
   * What becomes of an event is posted as a message of its own at sinks that cannot reply; absent:
   * nothing is posted there.
   */
  readonly areChangesPosted?: boolean | undefined;
  /** Later routes do not see what it takes. */
  readonly isLast?: boolean | undefined;
  /**
   * It asks for later changes of items. To all other routes a change is nothing: it makes true what
   * they have posted, and posts nothing by itself.
   */
  readonly takesChanges?: boolean | undefined;
}

/**
 * By severity number; smaller goes first. An unknown severity is taken seriously: it goes with
 * HIGH.
 */
const priorities = [1, 4, 3, 2, 1, 0] as const;

/** The order in which deliveries go out: 0 for CRITICAL to 4 for INFO. */
export function priorityOf(severity: Severity): number {
  return priorities[severity];
}

export interface Routing {
  readonly routes: readonly string[];
  readonly decisions: readonly Decision[];
  /** The first route that takes the event and has steps. */
  readonly escalation?: Escalation;
}

/**
 * One decision for each sink that a route names: pending, in the way of the first such route that
 * takes the event; otherwise suppressed, with the reason of the first. Routes for other sources
 * count only if there are no others, so that every event has a decision; a change has none where no
 * route asks for changes.
 */
export function route(all: readonly Route[], arriving: EventAt): Routing {
  const routes = all.filter((one) => isAsked(one, arriving));
  const priority = priorityOf(arriving.event.severity);
  const matched: string[] = [];
  const bySink = new Map<string, Decision>();
  const suppress = ({ to }: Route, reason: Miss) => {
    for (const sink of to)
      if (!bySink.has(sink)) bySink.set(sink, { sink, state: 'suppressed', reason, priority });
  };
  const misses = judge(routes, arriving);
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
          ...waysOf(candidate, sink, arriving),
        });
      }
    } else if (miss !== 'other_source') suppress(candidate, miss);
  }
  if (bySink.size === 0) for (const candidate of routes) suppress(candidate, 'other_source');
  const escalation = escalationOf(routes, misses, arriving);
  return { routes: matched, decisions: [...bySink.values()], ...(escalation && { escalation }) };
}

/** A later change of what was reported escalates nothing: its incident has its own steps. */
function escalationOf(
  routes: readonly Route[],
  misses: readonly (Miss | undefined)[],
  { event }: EventAt,
): Escalation | undefined {
  const found = routes.find(({ escalate }, index) => escalate && misses[index] === undefined);
  const first = found?.escalate?.[0];
  if (found === undefined || first === undefined || event.stream === changeStream) return undefined;
  return { route: found.name, afterMs: first.afterMs };
}

/** The route of a delivery; undefined if it has none, or if the route is gone. */
export function routeNamed(routes: readonly Route[], name: string | undefined): Route | undefined {
  return name === undefined ? undefined : routes.find((one) => one.name === name);
}

/** What the route says about sending the event to that sink. */
function waysOf(candidate: Route, sink: string, arriving: EventAt): Partial<Decision> {
  const { group, quiet } = candidate;
  const hasWays =
    group !== undefined ||
    quiet !== undefined ||
    candidate.areChangesPosted === true ||
    candidate.escalate !== undefined ||
    candidate.settings?.has(sink) ||
    candidate.templates?.has(sink);
  if (!hasWays) return {};
  const groupKey = groupKeyFor(candidate, arriving);
  return { route: candidate.name, ...(groupKey !== undefined && { groupKey }) };
}

/** Undefined: the event goes out alone. In quiet hours, everything that may wait has a group. */
function groupKeyFor({ name, group, quiet }: Route, arriving: EventAt): string | undefined {
  const { event, atMs } = arriving;
  const own = () => group && groupKeyOf(name, group.by, arriving);
  if (quiet === undefined || !isWithin(quiet.times, atMs)) return own();
  if (priorityOf(event.severity) <= quiet.passes) return undefined;
  return own() ?? groupKeyOf(name, [], arriving);
}

function isAsked({ takesChanges }: Route, { event }: EventAt): boolean {
  return event.stream !== changeStream || takesChanges === true;
}

/** For each route, in order: why it does not take the event; undefined if it does. */
export function judge(routes: readonly Route[], arriving: EventAt): (Miss | undefined)[] {
  const { source, event } = arriving;
  // Most configurations have no expression, and need no facts for one.
  let known: ExpressionFacts | undefined;
  const facts = () => {
    known ??= expressionFacts(source, event);
    return known;
  };
  let isTaken = false;
  return routes.map((candidate) => {
    if (!isAsked(candidate, arriving)) return 'other_stream';
    const miss = isTaken ? missOfTaken(candidate, source) : missOf(candidate, arriving, facts);
    isTaken ||= miss === undefined && candidate.isLast === true;
    return miss;
  });
}

/** A route for other sources would not have taken the event anyway. */
function missOfTaken({ sources }: Route, source: string): Miss {
  return sources && !sources.includes(source) ? 'other_source' : 'taken_before';
}

function missOf(
  candidate: Route,
  { source, event, atMs }: EventAt,
  facts: () => ExpressionFacts,
): Miss | undefined {
  const miss = missOfMatch(candidate, source, event);
  if (miss !== undefined) return miss;
  if (candidate.active && !isWithin(candidate.active, atMs)) return 'outside_active';
  if (candidate.mute && isWithin(candidate.mute, atMs)) return 'muted';
  if (candidate.isFirstOnly && (event.body.recurrence ?? 1) > 1) return 'repeat';
  // An expression that cannot be evaluated lets the event through: one alert too many is better
  // than one too few.
  return candidate.when?.evaluate(facts()) === false ? 'when_is_false' : undefined;
}
