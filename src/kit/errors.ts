// The errors that cross rooms. AdapterError is the only one that an adapter throws on purpose.
import type { Quota } from './quota.ts';

/** What core should do about a failed call; docs/delivery.md has the table. */
export type FailureOutcome = 'retry' | 'reject_event' | 'reject_sink';

/** Why a call failed: a closed set, because it becomes a metric label. */
export const failureReasons = [
  'timeout',
  'connection',
  'interrupted',
  'rate_limited',
  'server_error',
  'auth',
  'rejected',
  'too_large',
  'bad_config',
  'malformed',
  'reset',
  'other_console',
  /** The message that was to be edited or replied to is no longer there. */
  'gone',
  'unknown',
] as const;
export type FailureReason = (typeof failureReasons)[number];

/**
 * Reasons after which the far end may have done what was asked: it did not answer in time, or the
 * connection broke after the request was sent.
 */
export const unansweredReasons: readonly FailureReason[] = ['timeout', 'interrupted'];

/** Facts about a failure beyond its outcome and reason. */
export interface FailureFacts {
  /** HTTP status, if there was an answer. */
  readonly status?: number | undefined;
  /** How long the far end asked us to wait (`Retry-After`), in milliseconds, not clamped. */
  readonly retryAfterMs?: number | undefined;
  /** Its rate limit, as the far end reported it. */
  readonly quota?: Quota | undefined;
  /** The beginning of the far end's answer, already free of secrets; at most 300 characters. */
  readonly answer?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The only error that an adapter throws on purpose; core treats any other as `retry`, `unknown`.
 * The message names host and status, says what they mean and what to do. It never holds a secret,
 * or the path or query of a URL.
 */
export class AdapterError extends Error {
  override readonly name = 'AdapterError';
  readonly outcome: FailureOutcome;
  readonly reason: FailureReason;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly quota: Quota | undefined;
  readonly answer: string | undefined;

  constructor(
    outcome: FailureOutcome,
    reason: FailureReason,
    message: string,
    facts: FailureFacts = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.outcome = outcome;
    this.reason = reason;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.quota = facts.quota;
    this.answer = facts.answer;
  }
}

/** One fault in the configuration: where it is, what is wrong, what to do. */
export interface ConfigProblem {
  /** The variable (`TOKENS_KEY`) or the place in the file (`tocsin.yaml:3:5 sinks.soc.url`). */
  readonly where: string;
  readonly problem: string;
  readonly remedy: string;
}

/** The configuration cannot be used. Holds every problem at once; the process exits with 78. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  /** Likely causes, such as a name that is almost that of a variable. */
  readonly warnings: readonly string[];

  constructor(problems: readonly ConfigProblem[], warnings: readonly string[] = []) {
    super(problems.map((p) => `${p.where}: ${p.problem}. ${p.remedy}`).join('\n'));
    this.problems = problems;
    this.warnings = warnings;
  }
}
