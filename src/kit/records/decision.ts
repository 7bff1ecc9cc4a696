// What was decided for an event, and what became of it when it was stored. Types alone.
import type { EventDraft } from '../event.ts';

/** What was decided for one sink. A smaller priority goes first. */
export interface Decision {
  readonly sink: string;
  readonly state: 'pending' | 'suppressed';
  readonly reason: string | null;
  readonly priority: number;
  /** The route whose settings for this sink hold; absent if it has none. */
  readonly route?: string | undefined;
  /** The group in which it waits; see `groupKeyOf`. */
  readonly groupKey?: string | undefined;
  /** The silence that suppressed it. */
  readonly silenceId?: number | undefined;
}

export interface DecidedEvent {
  readonly draft: EventDraft;
  readonly routes: readonly string[];
  readonly decisions: readonly Decision[];
}

export interface InsertedEvent {
  /** Index into the events that were given. */
  readonly index: number;
  readonly id: number;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly receivedAtMs: number;
}
