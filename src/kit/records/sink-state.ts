// The state of a sink, and of its storm. Types alone.

export interface SinkState {
  readonly state: SinkStateName;
  readonly reason: string | null;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly storm: StormFacts | null;
}

export type SinkStateName = 'ok' | 'backing_off' | 'paused';

/** The storm of a sink so far. */
export interface StormFacts {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** How many deliveries were due when it began. */
  readonly due: number;
  readonly digests: number;
  readonly events: number;
}

export interface SinkPlace {
  readonly id: string;
  readonly place: string | null;
}
