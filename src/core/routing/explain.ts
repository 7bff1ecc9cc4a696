// What the routes make of one event, and why, for people. Pure.
import type { Decision } from '../../kit/records/decision.ts';
import type { Miss } from '../../kit/records/suppression.ts';
import type { EventAt } from '../rules/match.ts';
import { isWithin } from '../rules/schedule.ts';
import { judge, type Route, route, routeNamed } from './index.ts';

/** What follows the name of a route that does not take an event. */
export const missWords: Readonly<Record<Miss, string>> = {
  other_source: 'is for other sources',
  below_min_severity: 'wants a higher severity',
  other_stream: 'is for other streams',
  other_type: 'is for other types',
  other_action: 'is for other actions',
  other_status: 'is for other statuses',
  other_tenant: 'is for other tenants',
  other_device: 'is for other devices',
  other_group: 'is for other groups of devices',
  other_network: 'is for other networks',
  excluded: 'leaves it out (not)',
  outside_active: 'is not active at this time',
  muted: 'is muted at this time',
  repeat: 'does not take what was seen before',
  when_is_false: 'has a condition (when) that is false',
  taken_before: 'does not see it: an earlier route took it and does not continue',
};

export interface RouteExplanation {
  readonly name: string;
  /** The first condition that does not hold; null: the route takes the event. */
  readonly reason: Miss | null;
}

export interface SinkExplanation {
  readonly id: string;
  /** `none`: no route of this source names the sink. */
  readonly state: 'pending' | 'suppressed' | 'none';
  readonly reason: string | null;
  /** The silence that hides it; null: none does. */
  readonly silenceId: number | null;
  /** The route whose settings apply; null: it has none. */
  readonly route: string | null;
  /** What would hold it back: the quiet hours of that route, or its group. */
  readonly heldBy: 'quiet' | 'group' | null;
}

export interface Explanation {
  /** In their order. */
  readonly routes: readonly RouteExplanation[];
  readonly sinks: readonly SinkExplanation[];
}

export interface Configured {
  readonly routes: readonly Route[];
  /** Ids. */
  readonly sinks: readonly string[];
}

/** @param silenced what the silences make of the decisions; absent: there are none */
export function explain(
  { routes, sinks }: Configured,
  arriving: EventAt,
  silenced: (decisions: readonly Decision[]) => readonly Decision[] = (decisions) => decisions,
): Explanation {
  const misses = judge(routes, arriving);
  const decisions = silenced(route(routes, arriving).decisions);
  return {
    routes: routes.map(({ name }, index) => ({ name, reason: misses[index] ?? null })),
    sinks: sinks.map((id) => {
      const decision = decisions.find(({ sink }) => sink === id);
      return {
        id,
        state: decision?.state ?? 'none',
        reason: decision?.reason ?? null,
        silenceId: decision?.silenceId ?? null,
        route: decision?.route ?? null,
        heldBy: decision === undefined ? null : heldBy(routes, decision, arriving.atMs),
      };
    }),
  };
}

function heldBy(
  routes: readonly Route[],
  { state, groupKey, route: name }: Decision,
  atMs: number,
): SinkExplanation['heldBy'] {
  if (state !== 'pending' || groupKey === undefined) return null;
  const quiet = routeNamed(routes, name)?.quiet;
  return quiet !== undefined && isWithin(quiet.times, atMs) ? 'quiet' : 'group';
}
