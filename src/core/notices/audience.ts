// Who gets what Tocsin announces of itself: the readers of a channel, what they would miss;
// operations, what they must mend. Pure.

import type { Route } from '../routing/index.ts';

export interface AudienceOptions {
  readonly routes: readonly Route[];
  /** Ids of all sinks. */
  readonly sinks: readonly string[];
  /** Those of them that are for operations; may be none. */
  readonly operations: readonly string[];
}

/**
 * The recipients of each kind of notice, ids of sinks. `down` are sinks that nothing reaches now:
 * they are passed over while another one can be reached.
 */
export interface Audience {
  /** That it cannot be read: all recipients of its events, and operations. */
  ofSource(source: string): readonly string[];
  /** That its credential ends. */
  ofCredential(source: string, down: ReadonlySet<string>): readonly string[];
  /** That nothing reaches this sink: never itself. */
  ofSink(sink: string, down: ReadonlySet<string>): readonly string[];
  /** That it did not take some events: itself, because its readers miss them, and operations. */
  ofDead(sink: string): readonly string[];
  /**
   * Those who must mend what is wrong. One of them at least must be reachable.
   */
  readonly listeners: readonly string[];
}

export function createAudience({ routes, sinks, operations }: AudienceOptions): Audience {
  const listeners = operations.length > 0 ? operations : sinks;
  return {
    listeners,
    ofSource: (source) => [...new Set([...recipientsOf(routes, source), ...operations])],
    ofCredential: (source, down) =>
      reachable(operations.length > 0 ? operations : recipientsOf(routes, source), sinks, down),
    ofSink: (sink, down) => reachable(without(listeners, sink), without(sinks, sink), down),
    ofDead: (sink) => [...new Set([sink, ...operations])],
  };
}

/** Sinks to which a route sends events of the source. */
export function recipientsOf(routes: readonly Route[], source: string): string[] {
  const own = routes.filter((route) => route.sources?.includes(source) ?? true);
  return [...new Set(own.flatMap((route) => route.to))];
}

function reachable(
  preferred: readonly string[],
  others: readonly string[],
  down: ReadonlySet<string>,
) {
  const wells = [preferred, others].map((ids) => ids.filter((id) => !down.has(id)));
  // What reaches nobody now waits until its sink is back.
  return wells.find((ids) => ids.length > 0) ?? (preferred.length > 0 ? preferred : others);
}

function without(ids: readonly string[], one: string): string[] {
  return ids.filter((id) => id !== one);
}
