// The metrics of a stored page.

import type { StoredEvent } from '../../kit/event.ts';
import type { Page } from '../../kit/source.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import type { Stored } from './intake.ts';

export interface CountOptions {
  /** Of the source. */
  readonly id: string;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Nothing may come for weeks, and all is well. */
  readonly isPushed?: boolean;
}

export function countStored(
  { id: source, metrics, nowMs, isPushed = false }: CountOptions,
  { facts }: Page,
  stored: Stored,
): void {
  // Set after the store: a page that is read and not stored is no success.
  const last = isPushed ? metrics.sourceLastPush : metrics.sourceLastSuccess;
  last.set({ source }, nowMs / 1000);
  for (const event of stored.events) metrics.countEvent(source, event);
  metrics.sourceDuplicates.inc({ source }, facts?.overlap ? 0 : stored.duplicates);
  for (const { sink, reason } of stored.suppressed) {
    metrics.deliveries.inc({ sink, outcome: 'suppressed' });
    metrics.deliveriesSuppressed.inc({ sink, reason });
  }
  if (facts?.position !== undefined) metrics.sourceCursor.set({ source }, facts.position);
  const lag = lagSeconds(stored.events.at(-1), nowMs);
  if (lag !== undefined) metrics.sourceLag.set({ source }, lag);
}

function lagSeconds(event: StoredEvent | undefined, nowMs: number): number | undefined {
  const observedMs = Date.parse(event?.body.observedAt ?? '');
  return Number.isNaN(observedMs) ? undefined : Math.max(0, (nowMs - observedMs) / 1000);
}
