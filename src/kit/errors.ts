// The errors that cross module borders. An adapter throws AdapterError and nothing else on purpose.
import type { Quota } from './quota.ts';

/** What core may do about a failed call; see the table in docs/delivery.md. */
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
  'unknown',
] as const;
export type FailureReason = (typeof failureReasons)[number];

/**
 * The far end may have done what was asked: no answer in time, or a connection that broke after the
 * request was on its way.
 */
export const unansweredReasons: readonly FailureReason[] = ['timeout', 'interrupted'];

/** Facts about a failure beyond its outcome and reason. */
export interface FailureFacts {
  /** HTTP status, if there was an answer. */
  readonly status?: number | undefined;
  /** Milliseconds that the far end asked us to wait (`Retry-After`), not clamped. */
  readonly retryAfterMs?: number | undefined;
  /** What it said of its rate limit. */
  readonly quota?: Quota | undefined;
  /** The beginning of the far end's answer, already free of secrets; at most 300 characters. */
  readonly answer?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The only error that an adapter throws on purpose; anything else counts as `retry`, `unknown`.
 * The message carries the host and the status, what it means and what to do; never a URL's path or
 * query, never a secret.
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

/** One fault in the configuration: where it stands, what is wrong, what to do. */
export interface ConfigProblem {
  /** The variable (`TOKENS_KEY`) or the place in the file (`tocsin.yaml:3:5 sinks.soc.url`). */
  readonly where: string;
  readonly problem: string;
  readonly remedy: string;
}

/** The configuration cannot be used; every problem at once. The process exits with 78. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  /** What looks like a mistake and may be the reason: a name that is almost that of a variable. */
  readonly warnings: readonly string[];

  constructor(problems: readonly ConfigProblem[], warnings: readonly string[] = []) {
    super(problems.map((p) => `${p.where}: ${p.problem}. ${p.remedy}`).join('\n'));
    this.problems = problems;
    this.warnings = warnings;
  }
}
