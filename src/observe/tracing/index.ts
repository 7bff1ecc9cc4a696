// What the loops tell tracing. Types and names only, so that nothing of OpenTelemetry is loaded, or
// called, while tracing is off.
import type { FailureReason } from '../../kit/errors.ts';

/**
 * Where a trace goes on, as W3C `traceparent`: version, trace id, span id, flags. It stands on the
 * event in the database.
 */
export type TraceParent = string;

/** The trace's id, 32 hexadecimal digits; null where there is no trace. */
export function traceIdOf(parent: TraceParent | undefined): string | null {
  return parent?.split('-')[1] ?? null;
}

/** Why a span failed: words of a closed set, no text of others. */
export interface SpanFailure {
  readonly reason: FailureReason | 'database' | 'taken_over';
  /** HTTP status, if there was an answer. */
  readonly status?: number | null | undefined;
}

/**
 * One page, from its request until it is in the store. One that is cut off by a stop is told
 * nothing more, and leaves nothing.
 */
export interface PageTrace {
  /** For the page's events; undefined if the sampler leaves the page out. */
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
  /** Scheme, host and port of the far end, or any name of the place. */
  readonly origin: string;
  readonly eventId: number;
  /** 1 for the first. */
  readonly number: number;
  readonly form: string;
}

/** A digest while it is made. */
export interface DigestTrace {
  readonly parent: TraceParent | undefined;
  /** @param outcome `frozen`, or why it was not made */
  made(outcome: string): void;
}

/** Undefined in the place of this: tracing is off. */
export interface Tracing {
  page(source: string): PageTrace;
  attempt(parent: TraceParent, attempt: Attempt): AttemptTrace;
  /**
   * A trace of its own, linked to those of its members. @returns undefined if none of them has one
   */
  digest(
    sink: string,
    kind: string,
    events: number,
    members: Iterable<TraceParent>,
  ): DigestTrace | undefined;
}
