// Deliveries as the database knows them, and what an attempt changes. Types alone.
import type { MessageForm, StoredEvent } from '../event.ts';

/** A delivery with its event, ready to be sent. */
export interface DueDelivery {
  readonly event: StoredEvent;
  readonly priority: number;
  /** Failed attempts that counted so far. */
  readonly attempts: number;
  readonly form: MessageForm;
  /** Earlier attempts that got no answer, so that it may have arrived; absent: none. */
  readonly unanswered?: number | undefined;
  /** The route whose settings for this sink hold. */
  readonly route?: string | undefined;
  /** Where the event's trace goes on, as W3C `traceparent`; absent if it has none. */
  readonly traceParent?: string | undefined;
}

export interface DeadDelivery {
  readonly eventId: number;
  /** The vendor's number or name of the item, as its console shows it; null if it has none. */
  readonly itemId: string | null;
  readonly sink: string;
  readonly type: string;
  readonly severity: number;
  readonly device: string | null;
  readonly reason: string;
  readonly attempts: number;
  readonly deadSince: string;
  /**
   * HTTP status and beginning of the last answer that the far end gave, to this delivery or to the
   * digest that held it; null if there was none. As it was stored: masked by the configuration of
   * that time.
   */
  readonly lastStatus: number | null;
  readonly lastAnswer: string | null;
}

/** One delivered message that is to be recorded. */
export interface DeliveredAttempt {
  readonly eventId: number;
  /** True if attempts of it had failed: then the success gets a row among the attempts. */
  readonly afterFailure: boolean;
  readonly durationMs: number;
  /** Its members are delivered with it. */
  readonly isDigest?: boolean;
}

/** A failed attempt: what to write about it, and what becomes of the delivery. */
export interface FailedAttempt {
  readonly eventId: number;
  /** The delivery's count after this attempt. */
  readonly attempts: number;
  readonly state: 'pending' | 'dead';
  /** When it may be tried again, from now. */
  readonly delayMs: number;
  readonly form: MessageForm;
  readonly outcome: string;
  readonly reason: string;
  readonly status: number | null;
  readonly durationMs: number;
  readonly answer: string | null;
}

export interface SinkCounts {
  readonly sink: string;
  readonly pending: number;
  readonly dead: number;
  /** Of the pending ones those that wait for the time of their group. */
  readonly grouped: number;
  /**
   * Age of the oldest pending event that is not held; 0 if there is none. What is held goes out at
   * its time, or with its digest.
   */
  readonly oldestPendingSeconds: number;
  /** The same of those that are urgent. */
  readonly oldestUrgentSeconds: number;
}
