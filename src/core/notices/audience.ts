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

/** `down` are sinks that nothing reaches now; what is said of one goes past them, as long as there is another. */
export interface Audience {
  /** That it cannot be read: everybody who hears of it, and operations. */
  ofSource(source: string): readonly string[];
  /** That its credential ends. */
  ofCredential(source: string, down: ReadonlySet<string>): readonly string[];
  /** That nothing reaches this sink: never itself. */
  ofSink(sink: string, down: ReadonlySet<string>): readonly string[];
  /** That it did not take some events: itself, for its readers miss them, and operations. */
  ofDead(sink: string): readonly string[];
  /** Those of whom one at least must be reachable: without them, nobody hears who must mend what is wrong. */
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

function reachable(preferred: readonly string[], others: readonly string[], down: ReadonlySet<string>) {
  const wells = [preferred, others].map((ids) => ids.filter((id) => !down.has(id)));
  // What cannot be said now is said when its sink is back.
  return wells.find((ids) => ids.length > 0) ?? (preferred.length > 0 ? preferred : others);
}

function without(ids: readonly string[], one: string): string[] {
  return ids.filter((id) => id !== one);
}
