// Edits of posted messages as the database keeps them, and what an attempt changes.
import type { MessageForm, StoredEvent } from '../event.ts';
import type { IncidentView } from '../incident.ts';
import type { Held } from './delivery.ts';

/** A posted message that does not show what became of its event. */
export interface DueEdit {
  /** The root event, or a digest. */
  readonly event: StoredEvent;
  /** As the message is to show it. */
  readonly incident: IncidentView;
  /** The far end's own id of the message. */
  readonly remoteId: string;
  /** In which the message was accepted. */
  readonly form: MessageForm;
  /** The route whose settings apply to this sink. */
  readonly route?: string | undefined;
  /** Failures since the last that passed. */
  readonly attempts: number;
  /** The version of the incident that it shows. */
  readonly done: number;
  /** When it was posted, ISO 8601 in UTC. */
  readonly postedAt: string;
  /** Attempts of posting it that got no answer; absent: none. */
  readonly unanswered?: number | undefined;
  /** See `DueDelivery`. */
  readonly held?: Held | undefined;
}

/** An edit that failed: what happens to it. */
export interface FailedEdit {
  readonly eventId: number;
  readonly attempts: number;
  /** `gone`: nobody has the message any more. `dead`: it is given up. */
  readonly state: 'current' | 'gone' | 'dead';
  readonly reason: string;
  /** How long from now until the next attempt. */
  readonly delayMs: number;
}
