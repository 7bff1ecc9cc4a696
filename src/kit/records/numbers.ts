// How long events took to be seen and taken, as the database has it. Types alone.
import type { Severity } from '../event.ts';

/** An event that somebody was to hear of. Times are milliseconds since the epoch. */
export interface HandledEvent {
  readonly severity: Severity;
  readonly receivedAtMs: number;
  /** When the first of its messages was delivered; null: none was yet. */
  readonly deliveredAtMs: number | null;
  /** When somebody acknowledged it for the first time; null: nobody did. */
  readonly acknowledgedAtMs: number | null;
  /** When it was last resolved, if it is so now; null: it is not. */
  readonly resolvedAtMs: number | null;
  /** The vendor closed it, and no person here. */
  readonly isClosedByVendor: boolean;
}
