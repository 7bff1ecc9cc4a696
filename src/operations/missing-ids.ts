// Ids that a live tail has passed over: a database shows a transaction that began earlier after
// one that began later. Most belong to no event and never come.

export interface MissingLimits {
  /** An id is given up after this time, in milliseconds. */
  readonly waitMs: number;
  /** The ids that are waited for at once; the newest are kept. */
  readonly max: number;
}

export class MissingIds {
  readonly #limits: MissingLimits;
  /** When each was passed over, in the order of the ids. */
  readonly #since = new Map<number, number>();

  constructor(limits: MissingLimits) {
    this.#limits = limits;
  }

  /** Notes what is between `after` and the last of `seen`, and is none of them. */
  note(after: number, seen: readonly number[], nowMs: number): void {
    for (const id of seen) this.#since.delete(id);
    const last = Math.max(after, ...seen);
    const known = new Set(seen);
    for (let id = Math.max(after + 1, last - this.#limits.max); id < last; id += 1)
      if (!known.has(id)) this.#since.set(id, nowMs);
    for (const id of this.#since.keys()) {
      if (this.#since.size <= this.#limits.max) break;
      this.#since.delete(id);
    }
  }

  /** Those that may still come. */
  waitedFor(nowMs: number): number[] {
    for (const [id, sinceMs] of this.#since)
      if (nowMs - sinceMs > this.#limits.waitMs) this.#since.delete(id);
    return [...this.#since.keys()];
  }

  clear(): void {
    this.#since.clear();
  }
}
