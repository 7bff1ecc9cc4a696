// The values of labels: closed sets, never text of an event or a request.
import { type FailureOutcome, type FailureReason, failureReasons } from '../../kit/errors.ts';
import { type Severity, severityNames } from '../../kit/event.ts';

/**
 * How a poll can end: with events, without any, because the feature is switched off, or with the
 * reason of its failure.
 */
export const pollOutcomes = ['ok', 'empty', 'database', 'disabled', ...failureReasons] as const;
/** What a request to a source that is pushed to can be answered. */
export const pushOutcomes = [
  'accepted',
  'unproved',
  'malformed',
  'too_large',
  'rate_limited',
  'unavailable',
] as const;
export type PushOutcome = (typeof pushOutcomes)[number];
/** How a delivery can end. */
export const deliveryOutcomes = ['delivered', 'suppressed', 'dead'] as const;
/**
 * How an edit of a posted message can end; `failed` ones are tried again, `gone` messages and
 * `dead` edits are not.
 */
export const editOutcomes = ['edited', 'failed', 'gone', 'dead'] as const;
/** How a heartbeat can end. */
export const heartbeatOutcomes = ['sent', 'failed', 'withheld'] as const;
export type HeartbeatOutcome = (typeof heartbeatOutcomes)[number];
/** Why the database takes no writes; `other` is every reason without a word of its own. */
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
 * The pairs of outcome and reason that `kit/http` produces. The series of any other pair appears
 * when it first happens.
 */
export const attemptReasons: Readonly<Record<FailureOutcome, readonly FailureReason[]>> = {
  retry: ['timeout', 'connection', 'rate_limited', 'server_error', 'malformed', 'unknown'],
  reject_event: ['rejected', 'too_large'],
  reject_sink: ['auth', 'rejected', 'bad_config'],
};

/** The reason of an attempt that succeeded. Prometheus treats an empty label as a missing one. */
export const noReason = 'none';

/** The type of an event for which its source has no series. */
export const otherType = 'other';

/** `critical`, `high`, …: the value of every label `severity`. */
export function severityLabel(severity: Severity): string {
  return severityNames[severity].toLowerCase();
}

/** Whether an event was received in the hours of business. */
export const hoursLabels = ['business', 'other'] as const;
export type HoursLabel = (typeof hoursLabels)[number];

/** How an attempt to read the calendar of who is on duty can end. */
export const calendarOutcomes = ['read', 'unchanged', 'failed'] as const;

/**
 * What came of a step of an escalation. `unacknowledged` and `undelivered`: it was made, and why.
 * `silenced`, `not_now`: nobody was to hear of it. `late`: it was left out, because the next one
 * was due as well. `too_old`: the incident tells nobody any more.
 */
export const escalationOutcomes = [
  'unacknowledged',
  'undelivered',
  'silenced',
  'not_now',
  'late',
  'too_old',
] as const;
