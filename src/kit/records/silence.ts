// Silences as the database keeps them. Types alone.

export interface StoredSilence extends NewSilence {
  readonly id: number;
}

export interface NewSilence {
  /** As it was written. */
  readonly matcher: Readonly<Record<string, unknown>>;
  readonly owner: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** `other_owner`: it is not `owner`'s, and nothing was changed. */
export type EndedSilence = 'ended' | 'unknown' | 'over' | 'other_owner';

export interface ListedSilence extends StoredSilence {
  readonly state: 'active' | 'waiting' | 'over';
  /** Events of which it suppressed a delivery. */
  readonly hidden: number;
}

/** What a silence hid that is over and not yet summed up. */
export interface SilenceSummary {
  readonly id: number;
  readonly owner: string;
  readonly reason: string;
  /** Index = severity number: events of which a delivery was suppressed. */
  readonly severities: readonly number[];
  /** Where. */
  readonly sinks: readonly string[];
}
