// The groups of a sink in which deliveries wait. Types alone.
import type { DigestMember } from '../event.ts';

/** A group with waiting deliveries. Ages are by the database's clock. */
export interface WaitingGroup {
  readonly key: string;
  readonly waiting: number;
  /** How long the oldest delivery has waited. */
  readonly oldestMs: number;
  /** How long ago its interval began; null if nothing of the group was sent yet. */
  readonly sentMs: number | null;
  /** How many single cards were sent in this interval. */
  readonly cards: number;
  /** How many events were sent since the group was opened. */
  readonly total: number;
}

/** What to remember about a group when something of it is sent. */
export interface GroupChange {
  readonly key: string;
  /** The group was quiet for its interval, or is new: its counts begin anew. */
  readonly isNew: boolean;
  /** An interval begins with this message. */
  readonly startsInterval: boolean;
}

/** A member of a digest, the route whose settings apply to it, and its trace. */
export interface RoutedMember extends DigestMember {
  readonly route: string | undefined;
  /** Its trace as W3C `traceparent`; undefined if it has none. */
  readonly traceParent: string | undefined;
}
