// Who gets the notices of Tocsin: the readers of a channel get what they would miss, operations get
// what they must repair. Pure.

import type { Route } from '../routing/index.ts';

export interface AudienceOptions {
  readonly routes: readonly Route[];
  /** Ids of all sinks. */
  readonly sinks: readonly string[];
  /** Those of them that are for operations; may be none. */
  readonly operations: readonly string[];
}

/**
 * The recipients of each kind of notice, as ids of sinks. Sinks in `down` cannot be reached: they
 * are skipped while another recipient can be.
 */
export interface Audience {
  /** Ids of all sinks. */
  readonly sinks: readonly string[];
  /** Of a source that cannot be read: the recipients of its events, and operations. */
  ofSource(source: string): readonly string[];
  /** Of a credential that ends. */
  ofCredential(source: string, down: ReadonlySet<string>): readonly string[];
  /** Of a sink that cannot be reached: never that sink itself. */
  ofSink(sink: string, down: ReadonlySet<string>): readonly string[];
  /**
   * Of a sink that refused some events: that sink, because its readers miss them, and operations.
   */
  ofDead(sink: string): readonly string[];
  /** The sinks of the people who must repair things. At least one of them must be reachable. */
  readonly listeners: readonly string[];
}

export function createAudience({ routes, sinks, operations }: AudienceOptions): Audience {
  const listeners = operations.length > 0 ? operations : sinks;
  return {
    sinks,
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
