// Tells of a change of a sink's state: metric, log, database, and people.
import type { Notice } from '../event.ts';
import type { Lease } from '../lease.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type Database, databaseErrorText } from '../store/database.ts';
import { writeSinkState } from '../store/sinks.ts';
import type { Transition } from './health.ts';
import type { DeliveryPolicy } from './policy.ts';

export interface TransitionDependencies {
  readonly id: string;
  readonly db: Database;
  readonly policy: DeliveryPolicy;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => number;
  /** Puts a notice into the store: for this sink, once for each key; or for others, once for as long as the condition of that name lasts. Never throws. */
  announce(sink: string, notice: Notice, key: string, to: 'this' | 'others'): Promise<void>;
}

/** Metric and log at once, the rest as soon as the database lets it. Never throws. */
export async function tellTransition(
  deps: TransitionDependencies,
  lease: Lease,
  transition: Transition,
  detail: string | undefined,
): Promise<void> {
  const { to, reason } = transition;
  note(deps, transition, detail);
  try {
    await writeSinkState(deps.db, lease, deps.id, to, reason);
  } catch (error) {
    deps.log.error({ sink: deps.id, error: databaseErrorText(error) }, "the sink's state could not be written");
  }
  await announce(deps, transition, detail);
}

function note({ id: sink, metrics, log }: TransitionDependencies, transition: Transition, detail: string | undefined) {
  const { from, to, reason } = transition;
  metrics.setSinkState(sink, to);
  const fields = { sink, from, to, reason, error: detail ?? null, lasted_ms: Math.round(transition.lastedMs) };
  if (to === 'ok') log.info(fields, 'the sink is well again');
  else log.warn(fields, to === 'paused' ? 'the sink is paused, everything is kept' : 'the sink backs off');
}

async function announce(deps: TransitionDependencies, transition: Transition, detail: string | undefined) {
  const { id: sink, policy } = deps;
  const { to, reason, fromSinceMs, lastedMs, wasPaused } = transition;
  if (to === 'paused') {
    const values = { sink, reason: reason ?? '', message: detail ?? '' };
    await deps.announce(sink, { kind: 'sink_paused', values }, `sink:${sink}`, 'others');
  }
  if (to === 'ok' && (wasPaused || lastedMs > policy.delayedMs)) {
    const values = { sink, since: new Date(fromSinceMs).toISOString(), until: new Date(deps.now()).toISOString() };
    await deps.announce(sink, { kind: 'sink_back', values }, `${sink} ${fromSinceMs}`, 'this');
  }
}
