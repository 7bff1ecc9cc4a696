// Decides which sinks hear of an event. Pure: the same event and routes give the same decision, which is stored with the event.
import type { EventDraft, Severity } from './event.ts';
import type { Decision } from './store/events.ts';

/** A rule that chooses sinks. */
export interface Route {
  readonly name: string;
  readonly minSeverity: Severity;
  /** Ids of the sources it applies to; absent for all. */
  readonly sources?: readonly string[] | undefined;
  /** Ids of sinks. */
  readonly to: readonly string[];
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
 * A sink that a route names gets one decision: pending if any such route matches, else suppressed with the reason. An unknown severity
 * passes every threshold.
 */
export function route(routes: readonly Route[], source: string, draft: EventDraft): Routing {
  const priority = priorityOf(draft.severity);
  const matched: string[] = [];
  const bySink = new Map<string, Decision>();
  for (const candidate of routes) {
    if (candidate.sources !== undefined && !candidate.sources.includes(source)) continue;
    const passes = draft.severity === 0 || draft.severity >= candidate.minSeverity;
    if (passes) matched.push(candidate.name);
    for (const sink of candidate.to) {
      if (passes) bySink.set(sink, { sink, state: 'pending', reason: null, priority });
      else if (!bySink.has(sink))
        bySink.set(sink, { sink, state: 'suppressed', reason: 'below_min_severity', priority });
    }
  }
  return { routes: matched, decisions: [...bySink.values()] };
}
