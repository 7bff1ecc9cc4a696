// What was decided about an event, and its id once it is stored. Types alone.
import type { EventDraft } from '../event.ts';

/** The decision for one sink. A smaller priority is sent first. */
export interface Decision {
  readonly sink: string;
  readonly state: 'pending' | 'suppressed';
  readonly reason: string | null;
  readonly priority: number;
  /** The route whose settings apply to this sink; absent if no route has any. */
  readonly route?: string | undefined;
  /** The group in which the delivery waits; see `groupKeyOf`. */
  readonly groupKey?: string | undefined;
  /** The silence that suppressed the delivery. */
  readonly silenceId?: number | undefined;
}

export interface DecidedEvent {
  readonly draft: EventDraft;
  readonly routes: readonly string[];
  readonly decisions: readonly Decision[];
  /** Absent: no route that takes it escalates what nobody acknowledges. */
  readonly escalation?: Escalation | undefined;
}

/** The route that escalates an event, and how soon its first step may be due. */
export interface Escalation {
  readonly route: string;
  readonly afterMs: number;
}

export interface InsertedEvent {
  /** Index in the list of events that was passed in. */
  readonly index: number;
  readonly id: number;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly receivedAtMs: number;
}
