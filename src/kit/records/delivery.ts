// Deliveries as the database keeps them, and what an attempt changes. Types alone.
import type { MessageForm, StoredEvent } from '../event.ts';

/** What may hold a delivery back: its group, or quiet hours; or the storm of its sink. */
export type HeldBy = 'group' | 'storm';

/** A delivery with its event, ready to be sent. */
export interface DueDelivery {
  readonly event: StoredEvent;
  readonly priority: number;
  /** Failed attempts that counted so far. */
  readonly attempts: number;
  readonly form: MessageForm;
  /** Earlier attempts without an answer, which may have arrived; absent: none. */
  readonly unanswered?: number | undefined;
  /** The route whose settings apply to this sink. */
  readonly route?: string | undefined;
  /** The event's trace as W3C `traceparent`; absent if it has none. */
  readonly traceParent?: string | undefined;
  /** It was held to go out with others, and goes out as a card of its own; absent: it was not. */
  readonly held?: Held | undefined;
}

export interface Held {
  readonly by: HeldBy;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly untilMs: number;
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
   * Status and beginning of the far end's last answer, to this delivery or to the digest that held
   * it; null if there was none. It was masked by the configuration of that time.
   */
  readonly lastStatus: number | null;
  readonly lastAnswer: string | null;
}

/** A delivered message to record. */
export interface DeliveredAttempt {
  readonly eventId: number;
  /** True if earlier attempts failed: then the success gets a row among the attempts. */
  readonly afterFailure: boolean;
  readonly durationMs: number;
  /** True for a digest, with which its members are delivered. */
  readonly isDigest?: boolean;
  /** The far end's own id of the message; absent if it gave none that can be kept. */
  readonly remoteId?: string | undefined;
}

/** A failed attempt: what to record, and what happens to the delivery. */
export interface FailedAttempt {
  readonly eventId: number;
  /** The delivery's count after this attempt. */
  readonly attempts: number;
  readonly state: 'pending' | 'dead';
  /** How long from now until the next attempt. */
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
  /** How many of the pending ones wait for the time of their group. */
  readonly grouped: number;
  /**
   * Age of the oldest pending event that is not held; 0 if there is none. Held events are sent at
   * their time, or with their digest.
   */
  readonly oldestPendingSeconds: number;
  /** The same for urgent events alone. */
  readonly oldestUrgentSeconds: number;
}
