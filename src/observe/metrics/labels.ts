// What labels of metrics may say: closed sets, never something out of an event or a request.
import { type FailureOutcome, type FailureReason, failureReasons } from '../../kit/errors.ts';
import { type Severity, severityNames } from '../../kit/event.ts';

/**
 * How a poll can end: with events, without, with "this feature is off", or with the reason of its
 * failure.
 */
export const pollOutcomes = ['ok', 'empty', 'database', 'disabled', ...failureReasons] as const;
/** How a delivery can end. */
export const deliveryOutcomes = ['delivered', 'suppressed', 'dead'] as const;
/** What became of a call to the outside that says that all is well. */
export const heartbeatOutcomes = ['sent', 'failed', 'withheld'] as const;
export type HeartbeatOutcome = (typeof heartbeatOutcomes)[number];
/** Why the database takes no writes; `other` is everything that has no word of its own. */
export const writeFailureReasons = [
  'disk_full',
  'read_only',
  'not_allowed',
  'out_of_memory',
  'no_connection',
  'other',
] as const;
export type WriteFailureReason = (typeof writeFailureReasons)[number];
export const sinkStates = ['ok', 'backing_off', 'paused'] as const;
export type SinkState = (typeof sinkStates)[number];

/**
 * The pairs of outcome and reason that the policy of `kit/http` gives; any other pair appears when
 * it first happens.
 */
export const attemptReasons: Readonly<Record<FailureOutcome, readonly FailureReason[]>> = {
  retry: ['timeout', 'connection', 'rate_limited', 'server_error', 'malformed', 'unknown'],
  reject_event: ['rejected', 'too_large'],
  reject_sink: ['auth', 'rejected', 'bad_config'],
};

/** Of an attempt that failed in no way; Prometheus would treat an empty label as none. */
export const noReason = 'none';

/** An event of a type for which its source has no series. */
export const otherType = 'other';

/** `critical`, `high`, …: the value of every label `severity`. */
export function severityLabel(severity: Severity): string {
  return severityNames[severity].toLowerCase();
}
