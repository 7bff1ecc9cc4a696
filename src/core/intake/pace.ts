// How long to wait before a source is polled again. Pure.

import {
  type BackoffLimits,
  backoffMs,
  databaseBackoff,
  rejectedBackoff,
  sourceBackoff,
} from '../loops/backoff.ts';
import type { ReadFailure } from './source-health.ts';

/** While events arrive, the next look comes this soon, or after the interval if that is shorter. */
const busyIntervalMs = 5000;
const retryAfterMaxMs = 3_600_000;
/** A source that wishes for no wait at all would be called without a pause. */
const wishedMinMs = 250;

export interface PaceFacts {
  /** The wait before this look. */
  readonly previousMs: number;
  /** How many new events this look found. */
  readonly events: number;
  /** When the source wants to be looked at again, if it has a pace of its own. */
  readonly wishedMs?: number | undefined;
  /** Why this look did not reach the end; absent if it did. */
  readonly failure?: ReadFailure | undefined;
  /** Failures in a row since a page was last stored, with this one. */
  readonly failures: number;
  readonly intervalMs: number;
  /** In [0, 1). */
  readonly random: number;
}

/**
 * Milliseconds until the next look. After new events soon, then doubling back to the interval: an
 * attack does not wait five minutes. Never under 5 s unless the interval is. After a failure as
 * long as the far end asked for, up to an hour. Otherwise it backs off, whatever the interval is,
 * so that what happened meanwhile is seen soon after the failure is over.
 */
export function nextWaitMs(facts: PaceFacts): number {
  const { previousMs, events, wishedMs, failure, failures, intervalMs, random } = facts;
  if (failure?.retryAfterMs !== undefined) {
    // A far end that asks for no wait at all would be called without a pause.
    return Math.min(Math.max(failure.retryAfterMs, sourceBackoff.firstMs), retryAfterMaxMs);
  }
  if (failure) return backoffMs(failures, random, backoffAfter(failure));
  if (wishedMs !== undefined) return Math.min(Math.max(wishedMs, wishedMinMs), retryAfterMaxMs);
  if (events > 0) return Math.min(intervalMs, busyIntervalMs);
  return Math.min(intervalMs, Math.max(previousMs, busyIntervalMs / 2) * 2);
}

function backoffAfter({ reason }: ReadFailure): BackoffLimits {
  if (reason === 'database') return databaseBackoff;
  return reason === 'auth' ? rejectedBackoff : sourceBackoff;
}
