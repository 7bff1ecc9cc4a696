// Groups of a sink in which deliveries wait. Types alone.
import type { DigestMember } from '../event.ts';

/** A group of a sink in which something waits. Ages by the database's clock. */
export interface WaitingGroup {
  readonly key: string;
  readonly waiting: number;
  /** Since the one that waits longest arrived. */
  readonly oldestMs: number;
  /** Since its interval began; null for a group of which nothing was sent yet. */
  readonly sentMs: number | null;
  /** Single cards of this interval. */
  readonly cards: number;
  /** What was sent of it since it was opened. */
  readonly total: number;
}

/** What is to be remembered of a group when something of it is sent. */
export interface GroupChange {
  readonly key: string;
  /** It was quiet for its interval, or never seen: what was sent before is forgotten. */
  readonly isNew: boolean;
  /** An interval begins. */
  readonly startsInterval: boolean;
}

/** A member, the route whose settings hold for it, and its trace. */
export interface RoutedMember extends DigestMember {
  readonly route: string | undefined;
  /** Where its trace goes on; undefined if it has none. */
  readonly traceParent: string | undefined;
}
