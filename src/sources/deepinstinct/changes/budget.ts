// How many requests the console is asked in a minute: never more than agreed in any minute, across
// restarts too. Holds times, and no timer.

const minuteMs = 60_000;

export class Budget {
  readonly #perMinute: number;
  /** When the last requests were made; ascending milliseconds since the epoch. */
  #usedMs: number[] = [];

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Counts what another process, or this one before its restart, has used. */
  recall(usedMs: readonly number[]): void {
    const unknown = [...usedMs];
    for (const known of this.#usedMs) {
      // Several may be of one millisecond: each stands for one.
      const index = unknown.indexOf(known);
      if (index >= 0) unknown.splice(index, 1);
    }
    this.#usedMs = [...this.#usedMs, ...unknown].sort((a, b) => a - b).slice(-this.#perMinute);
  }

  /** Milliseconds until a request may be made; 0: now. */
  freeInMs(nowMs: number): number {
    this.#forget(nowMs);
    if (this.#usedMs.length < this.#perMinute) return 0;
    return this.#usedMs[0]! + minuteMs - nowMs;
  }

  spend(nowMs: number): void {
    this.#forget(nowMs);
    this.#usedMs.push(nowMs);
  }

  /** What {@link recall} takes. */
  used(nowMs: number): readonly number[] {
    this.#forget(nowMs);
    return this.#usedMs;
  }

  /** A time that is still to come was written before the clock went back: it counts as now. */
  #forget(nowMs: number): void {
    this.#usedMs = this.#usedMs
      .map((usedMs) => Math.min(usedMs, nowMs))
      .filter((usedMs) => nowMs - usedMs < minuteMs);
  }
}
