// Silences as the database keeps them. Types alone.

export interface StoredSilence extends NewSilence {
  readonly id: number;
}

export interface NewSilence {
  /** As the operator wrote it. */
  readonly matcher: Readonly<Record<string, unknown>>;
  readonly owner: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** `other_owner`: the silence belongs to somebody else, and was not changed. */
export type EndedSilence = 'ended' | 'unknown' | 'over' | 'other_owner';

export interface ListedSilence extends StoredSilence {
  readonly state: 'active' | 'waiting' | 'over';
  /** How many events had a delivery suppressed by it. */
  readonly hidden: number;
}

/** What a silence hid that has ended and was not reported yet. */
export interface SilenceSummary {
  readonly id: number;
  readonly owner: string;
  readonly reason: string;
  /** By severity number, how many events had a delivery suppressed. */
  readonly severities: readonly number[];
  /** Ids of the sinks whose deliveries were suppressed. */
  readonly sinks: readonly string[];
}
