// The log line of a poll: one for each, always with the same fields in the same order, null where
// there is nothing to say. docs/logs.md explains them.

import type { Logger } from '../../observe/log.ts';
import { traceIdOf } from '../../observe/tracing/index.ts';
import type { ReadFailure } from './source-health.ts';

/** A poll whose page is in the store, with its cursor. */
export interface StoredPoll {
  readonly source: string;
  readonly outcome: 'ok' | 'empty' | 'disabled';
  readonly events: number;
  readonly duplicates: number;
  readonly more: boolean;
  readonly position: number | undefined;
  readonly readMs: number;
  readonly storeMs: number;
  readonly traceParent: string | undefined;
}

/** A poll that failed, or whose page could not be stored. */
export interface FailedPoll {
  readonly source: string;
  readonly failure: ReadFailure;
  /** In a row, with this one. */
  readonly failures: number;
  readonly waitMs: number;
}

const nothing = {
  source: '',
  outcome: '',
  events: 0,
  duplicates: 0,
  more: false,
  position: null,
  read_ms: null,
  store_ms: null,
  reason: null,
  status: null,
  error: null,
  answer: null,
  failures: 0,
  next_try_s: null,
  trace_id: null,
};
type Line = {
  readonly [Key in keyof typeof nothing]: (typeof nothing)[Key] | string | number | null;
};

export function logStored(log: Logger, poll: StoredPoll): void {
  const { source, outcome, events, duplicates, more, position = null } = poll;
  const [read_ms, store_ms] = [Math.round(poll.readMs), Math.round(poll.storeMs)];
  const trace_id = traceIdOf(poll.traceParent);
  const line = {
    ...nothing,
    source,
    outcome,
    events,
    duplicates,
    more,
    position,
    read_ms,
    store_ms,
    trace_id,
  };
  if (events > 0) log.info(line satisfies Line, 'page stored');
  else log.debug(line satisfies Line, 'nothing new');
}

export function logFailed(log: Logger, { source, failure, failures, waitMs }: FailedPoll): void {
  const { reason, status = null, message: error, answer = null } = failure;
  const next_try_s = Math.round(waitMs / 10) / 100;
  const trace_id = traceIdOf(failure.traceParent);
  const line = {
    ...nothing,
    source,
    outcome: 'failed',
    reason,
    status,
    error,
    answer,
    failures,
    next_try_s,
    trace_id,
  };
  log.error(line satisfies Line, 'poll failed');
}
