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

/** `pending`: its time is to come. */
export const silenceStates = ['active', 'pending', 'over'] as const;
export type SilenceState = (typeof silenceStates)[number];

/**
 * Why a silence was not changed. `other_owner`: it belongs to somebody else; `changed`: it is not
 * of the version that was named.
 */
export type SilenceRefusal = 'unknown' | 'over' | 'other_owner' | 'changed';

export interface ListedSilence extends StoredSilence {
  readonly state: SilenceState;
  /** How many events had a delivery suppressed by it. */
  readonly hidden: number;
  /** Another one after each change of the silence. */
  readonly version: string;
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
