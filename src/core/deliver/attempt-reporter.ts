// Counts the outcomes of the attempts of one sink, and logs those that failed.

import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { Logger } from '../../observe/log.ts';
import { type Metrics, noReason, severityLabel } from '../../observe/metrics/index.ts';
import { traceIdOf } from '../../observe/tracing/index.ts';
import type { Judged } from './judge.ts';

const contradictions = {
  others: 'Others pass meanwhile, so the text of this event may be the reason.',
  check: "The sink's own check passes, so the text of this event may be the reason.",
} as const;

export interface AttemptReporterOptions {
  /** Of the sink. */
  readonly id: string;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class AttemptReporter {
  readonly #options: AttemptReporterOptions;

  constructor(options: AttemptReporterOptions) {
    this.#options = options;
  }

  /** To be called for each attempt, however it ended. */
  ended(durationMs: number): void {
    const { id: sink, metrics } = this.#options;
    metrics.deliveryAttemptDuration.observe({ sink }, durationMs / 1000);
  }

  delivered({ event }: DueDelivery): void {
    const { id: sink, metrics, now } = this.#options;
    const nowMs = now();
    metrics.deliveryAttempts.inc({ sink, outcome: 'delivered', reason: noReason });
    metrics.deliveryLatency.observe({ sink }, secondsSince(Date.parse(event.receivedAt), nowMs));
    const observedMs = Date.parse(event.body.observedAt ?? '');
    if (Number.isNaN(observedMs)) return;
    const labels = { sink, severity: severityLabel(event.severity) };
    metrics.eventToScreen.observe(labels, secondsSince(observedMs, nowMs));
  }

  failed(delivery: DueDelivery, judged: Judged, durationMs: number): void {
    const { id: sink, metrics, log } = this.#options;
    const { failure, judgement, verdict, contradictedBy } = judged;
    const { outcome, reason, status, answer, message } = failure;
    metrics.deliveryAttempts.inc({ sink, outcome, reason });
    log.warn(
      {
        sink,
        event_id: delivery.event.id,
        attempt: delivery.attempts + 1,
        outcome,
        reason,
        status,
        duration_ms: Math.round(durationMs),
        next: verdict.state,
        next_try_s: verdict.state === 'dead' ? null : Math.round(verdict.delayMs / 10) / 100,
        judgement,
        contradicted_by: contradictedBy,
        error: contradictedBy === null ? message : `${message} ${contradictions[contradictedBy]}`,
        answer,
        trace_id: traceIdOf(delivery.traceParent),
      },
      'attempt failed',
    );
  }
}

/** Not below 0: the clocks of two machines may differ. */
function secondsSince(thenMs: number, nowMs: number): number {
  return Math.max(0, nowMs - thenMs) / 1000;
}
