// An event as the live tail shows it. Types alone.
import type { Severity } from '../event.ts';

export interface TailedEvent {
  readonly id: number;
  readonly source: string;
  readonly externalId: string;
  readonly stream: string;
  readonly type: string;
  readonly severity: Severity;
  readonly status: string | null;
  readonly action: string | null;
  /** RFC 3339 in UTC; null: its source does not say. */
  readonly occurredAt: string | null;
  readonly receivedAt: string;
  readonly itemId: string | null;
  readonly device: string | null;
  readonly user: string | null;
  readonly file: string | null;
  /** Ids of the sinks that it goes to. */
  readonly sinks: readonly string[];
}
