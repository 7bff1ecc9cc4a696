// Stored events as they are read back. Types alone.
import type { EventDraft, Severity } from '../event.ts';

/**
 * Identifies a stored event: by Tocsin's id, or by its source and the vendor's own id of the item.
 */
export type EventKey =
  | { readonly id: number }
  | { readonly source: string; readonly externalId: string };

/** A stored event with everything that routes look at. */
export interface PastEvent {
  readonly id: number;
  readonly source: string;
  readonly stream: string;
  readonly type: string;
  readonly severity: Severity;
  readonly status: string | null;
  readonly action: string | null;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly receivedAtMs: number;
  /** JSON text of an `EventBody`. */
  readonly body: string;
  /** Ids of the sinks with a delivery of it that is not suppressed. */
  readonly sinks: readonly string[];
}

export interface RecentEvent {
  readonly id: number;
  readonly source: string;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly receivedAtMs: number;
  readonly event: Pick<EventDraft, 'stream' | 'type' | 'severity' | 'status' | 'action' | 'body'>;
  /** Ids of the sinks with a delivery of it that is not suppressed. */
  readonly sinks: readonly string[];
}
