// How the loops report to tracing. Nothing here imports OpenTelemetry, so that none of it is loaded
// or called while tracing is off.
import type { FailureReason } from '../../kit/errors.ts';

/**
 * A W3C `traceparent` (version, trace id, span id, flags), with which another span continues the
 * trace. The database keeps it with the event.
 */
export type TraceParent = string;

/** The id of the trace, 32 hexadecimal digits; null without a trace. */
export function traceIdOf(parent: TraceParent | undefined): string | null {
  return parent?.split('-')[1] ?? null;
}

/** Why a span failed: words of a closed set, no foreign text. */
export interface SpanFailure {
  readonly reason: FailureReason | 'database' | 'taken_over';
  /** HTTP status, if there was an answer. */
  readonly status?: number | null | undefined;
}

/**
 * One page, from its request until it is stored. If a stop interrupts it, nothing more is called
 * and no span is sent.
 */
export interface PageTrace {
  /** The parent for the page's events; undefined if the sampler drops the page. */
  readonly parent: TraceParent | undefined;
  read(outcome: string, events: number): void;
  storing(): void;
  stored(events: number, duplicates: number): void;
  failed(failure: SpanFailure): void;
}

/** One attempt to send. */
export interface AttemptTrace {
  delivered(): void;
  failed(outcome: string, failure: SpanFailure): void;
}

export interface Attempt {
  readonly sink: string;
  /** Scheme, host and port of the far end, or another name of the place. */
  readonly origin: string;
  readonly eventId: number;
  /** 1 for the first. */
  readonly number: number;
  readonly form: string;
}

/** The making of one digest. */
export interface DigestTrace {
  readonly parent: TraceParent | undefined;
  /** @param outcome `frozen`, or why no digest was made */
  made(outcome: string): void;
}

/** Where undefined stands in its place, tracing is off. */
export interface Tracing {
  page(source: string): PageTrace;
  attempt(parent: TraceParent, attempt: Attempt): AttemptTrace;
  /**
   * Starts a trace of its own that is linked to those of the members.
   * @returns undefined if no member has a trace
   */
  digest(
    sink: string,
    kind: string,
    events: number,
    members: Iterable<TraceParent>,
  ): DigestTrace | undefined;
}
