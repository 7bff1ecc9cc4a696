// How long a run of `tocsin once` waits while nothing moves. Pure.

export interface OnceWaits {
  /** For a source whose role another process holds, perhaps until its heartbeat has expired. */
  readonly roleMs: number;
  /** For a sink that delivers nothing. */
  readonly patienceMs: number;
  /** For the check of a paused sink to find that it works again. */
  readonly pausedPatienceMs: number;
  /** Longer than a storm may wait for its next digest, or for its end. */
  readonly stormPatienceMs: number;
}

/** What the run waits for. */
export interface Waiting {
  readonly isInStorm: boolean;
  /** Of the sinks with deliveries that wait. */
  readonly areAllPaused: boolean;
}

export function patienceMs({ isInStorm, areAllPaused }: Waiting, waits: OnceWaits): number {
  if (isInStorm) return waits.stormPatienceMs;
  return areAllPaused ? waits.pausedPatienceMs : waits.patienceMs;
}
