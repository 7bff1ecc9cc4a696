// Deliveries as the database keeps them, what an attempt changes, and what people see of them.
import type { MessageForm, Severity, StoredEvent } from '../event.ts';
import type { IncidentView } from '../incident.ts';

export const deliveryStates = ['pending', 'delivered', 'suppressed', 'dead'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/**
 * `card`: a message of its own. `reply`: to the message of `to_event`, whose news it is. `step`: of
 * an escalation, a message of its own that nobody sends once the incident was acknowledged.
 */
export const deliveryKinds = ['card', 'reply', 'step'] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

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
  /** What became of the event, as the card shows it; absent: nothing. */
  readonly incident?: IncidentView | undefined;
  /** Absent: it is a card. */
  readonly kind?: Exclude<DeliveryKind, 'card'> | undefined;
  /** Of a reply: the far end's own id of the message that it replies to; absent: it has none. */
  readonly threadId?: string | undefined;
}

export interface Held {
  readonly by: HeldBy;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly untilMs: number;
}

/** Names a delivery. */
export interface DeliveryKey {
  readonly eventId: number;
  readonly sink: string;
}

/** A delivery as people see it, with what they know its event by. Times are ISO 8601 in UTC. */
export interface ListedDelivery extends DeliveryKey {
  readonly state: DeliveryState;
  /** Why it is suppressed, dead, or not yet delivered. */
  readonly reason: string | null;
  /** Failed attempts that counted. */
  readonly attempts: number;
  readonly form: MessageForm;
  /** When it was last due, or will be. */
  readonly scheduledAt: string;
  /** Null: it is pending. */
  readonly finalizedAt: string | null;
  readonly route: string | null;
  /** The digest in which it travels or travelled. */
  readonly digestId: number | null;
  readonly silenceId: number | null;
  /** The far end's own id of the message. */
  readonly remoteId: string | null;
  /**
   * Status and beginning of the far end's last answer, to this delivery or to the digest that held
   * it; null if there was none. It was masked by the configuration of that time.
   */
  readonly lastStatus: number | null;
  readonly lastAnswer: string | null;
  readonly severity: Severity;
  readonly type: string;
  readonly device: string | null;
  /** The vendor's number or name of the item, as its console shows it; null if it has none. */
  readonly itemId: string | null;
  readonly receivedAt: string;
}

/** What deliveries have in common; what is absent excludes none. */
export interface DeliveryFilter {
  readonly sink?: string | undefined;
  readonly reason?: string | undefined;
  /** Of the far end's last answer; null: it never gave one. */
  readonly status?: number | null | undefined;
  /** None: of any. */
  readonly severities?: readonly Severity[] | undefined;
  readonly eventIds?: readonly string[] | undefined;
  /** When it was given up, in milliseconds since the epoch: since then, and before then. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/** A delivery that somebody is about to put back or to give up. */
export interface ChosenDelivery extends DeliveryKey {
  readonly severity: Severity;
  /** The digest in which it travels, if that is chosen too. */
  readonly digestId: number | null;
}

/** Dead deliveries of one sink that were given up for one reason, after the same last status. */
export interface DeadGroup {
  readonly sink: string;
  readonly reason: string;
  readonly status: number | null;
  readonly count: number;
  /** There are more in the sink than were looked at: `count` and `oldest` are of the newest. */
  readonly isPartial: boolean;
  /** When the first and the last of them was given up; ISO 8601 in UTC. */
  readonly oldest: string;
  readonly newest: string;
  /** The newest. */
  readonly sample: readonly DeliveryKey[];
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
  /** The version of the incident that the message shows; absent: it shows none. */
  readonly version?: number | undefined;
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
