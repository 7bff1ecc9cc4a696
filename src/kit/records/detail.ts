// One stored event with everything that is known of it. Types alone.
import type { MessageForm, StoredEvent } from '../event.ts';
import type { DeliveryState, HeldBy } from './delivery.ts';

export interface ToldAttempt {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly outcome: string;
  readonly reason: string | null;
  /** HTTP status; null: there was no answer. */
  readonly status: number | null;
  readonly durationMs: number;
  /** Masked by the configuration of that time. */
  readonly answer: string | null;
  /** It was an attempt to send the digest in which the event travelled. */
  readonly isOfDigest: boolean;
}

export interface DeliveryDetail {
  readonly sink: string;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly attempts: number;
  readonly form: MessageForm;
  readonly scheduledAt: string;
  readonly finalizedAt: string | null;
  readonly route: string | null;
  readonly groupKey: string | null;
  readonly digestId: number | null;
  readonly silence: {
    readonly id: number;
    readonly owner: string;
    readonly reason: string;
  } | null;
  /** Of its message, or of the digest's. */
  readonly remoteId: string | null;
  readonly heldBy: HeldBy | null;
  readonly heldUntil: string | null;
  /** The first is the oldest; failures, and the success that followed them. */
  readonly tried: readonly ToldAttempt[];
}

export interface EventDetail {
  readonly event: StoredEvent;
  /** Byte for byte. */
  readonly raw: string;
  /** The names of those that matched when it arrived. */
  readonly routes: readonly string[];
  readonly deliveries: readonly DeliveryDetail[];
}
