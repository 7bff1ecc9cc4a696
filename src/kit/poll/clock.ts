// What time it is at the far end, as far as its answers say. Ours may be wrong, and then a reading
// would end too early or begin too late.
import { duration } from '../duration.ts';

/** Answers take their time, and their clocks have seconds alone. */
const toleranceMs = 5000;
/** What differs by more is no clock. */
const believedMs = duration('7d')!;

export class Clock {
  readonly #now: () => number;
  #aheadMs = 0;

  /** @param now milliseconds since the epoch, by our clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds since the epoch, by the far end's clock where that is known, else by ours. */
  nowMs(): number {
    return this.#now() + this.#aheadMs;
  }

  /** @param date the header `Date` of an answer @param sentMs when it was asked, by our clock */
  heard(date: string | undefined, sentMs: number): void {
    const theirMs = Date.parse(date ?? '');
    if (Number.isNaN(theirMs) || !/ GMT$/.test(date ?? '')) return;
    const nowMs = this.#now();
    // It lies between the question and the answer, whatever these took.
    if (theirMs >= sentMs - toleranceMs && theirMs <= nowMs + toleranceMs) this.#aheadMs = 0;
    else if (Math.abs(theirMs - nowMs) < believedMs) this.#aheadMs = theirMs - nowMs;
  }
}
