// What stored events are searched for, and what a step of a search found. Types alone.
import type { Severity, StoredEvent } from '../event.ts';
import type { KeyKind } from '../event-keys.ts';
import type { DeliveryState } from './delivery.ts';

/** Everything must fit; of a list, one entry. What is absent is no condition. */
export interface SearchFilter {
  readonly values?: readonly { readonly kind: KeyKind; readonly value: string }[] | undefined;
  /** In a text of the event or in its type. Capital letters from A to Z do not count. */
  readonly text?: string | undefined;
  readonly severities?: readonly Severity[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly streams?: readonly string[] | undefined;
  /** Absent: all but Tocsin itself. */
  readonly sources?: readonly string[] | undefined;
  readonly statuses?: readonly string[] | undefined;
  /** Milliseconds since the epoch: received since then, and before `untilMs`. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** It has a delivery to this sink, in one of these states; one delivery that fits both. */
  readonly sink?: string | undefined;
  readonly states?: readonly DeliveryState[] | undefined;
}

/** The ids that are still to be searched: below `beforeId`, and above `floorId`. */
export interface SearchRange {
  readonly beforeId: number;
  readonly floorId: number;
}

export interface FoundEvent extends StoredEvent {
  readonly deliveries: readonly { readonly sink: string; readonly state: DeliveryState }[];
}

export interface SearchStep {
  /** The newest first. There may be none, although `next` leads to some. */
  readonly events: readonly FoundEvent[];
  /** Null: all was searched. */
  readonly next: SearchRange | null;
  /** All that was received since then is searched, ISO 8601 in UTC; null: all was. */
  readonly searchedTo: string | null;
}
