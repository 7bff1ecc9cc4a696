// How many sends of one sink may be under way at once. Few, because all of them may arrive twice if
// the far end freezes: as many as the rate needs (rate × answer time). Operators who switched the
// rate off chose speed and get the maximum. Failures halve the limit in either case. Pure; time is
// passed in.

/** Where it begins, and what any far end may have. */
const start = 4;
/** What slow answers alone never go below, unless the rate needs fewer. */
const usual = 16;
/** How many times what the rate needs on average: answers are not evenly spaced. */
const headroom = 2;
/** A far end that answers more slowly is not helped by more requests at the same time. */
const slowMs = 1000;
/** An answer that took no time at all still took some. */
const instantMs = 0.001;
/**
 * Answers that take on average up to this many times the fastest one show no queue; twice that
 * shows one.
 */
const queueFreeRatio = 2;
/**
 * The fastest answer is looked for anew after this time: the way to the far end may have changed.
 */
const fastestMaxAgeMs = 60_000;

export class Concurrency {
  readonly #max: number;
  readonly #perSecond: number;
  #limit: number;
  #fastestMs = Number.POSITIVE_INFINITY;
  #fastestSinceMs = 0;
  #halvedAtMs = Number.NEGATIVE_INFINITY;
  // Of the sends that ended since the limit was last looked at.
  #sends = 0;
  #sumMs = 0;
  #wasFull = false;

  /**
   * @param max never more than that
   * @param perSecond sends that the rate allows; Infinity for no limit
   */
  constructor(max: number, perSecond: number) {
    this.#max = max;
    this.#perSecond = perSecond;
    this.#limit = Math.min(start, max);
  }

  limit(): number {
    return this.#limit;
  }

  /**
   * One send has ended.
   * @param isFailure the far end or the way to it had trouble: a time-out, a broken connection, an
   * error of the server, too many requests
   * @param wasFull `limit` sends were under way
   */
  settled(nowMs: number, durationMs: number, isFailure: boolean, wasFull: boolean): void {
    if (isFailure) {
      this.#fail(nowMs, nowMs - durationMs);
      return;
    }
    if (durationMs < this.#fastestMs || nowMs - this.#fastestSinceMs > fastestMaxAgeMs) {
      this.#fastestMs = durationMs;
      this.#fastestSinceMs = nowMs;
    }
    this.#sends += 1;
    this.#sumMs += durationMs;
    this.#wasFull ||= wasFull;
    // As many as may be under way: those that were when the limit was last changed say nothing
    // about the change.
    if (this.#sends < this.#limit) return;
    if (this.#wasFull) this.#adjust(this.#sumMs / this.#sends);
    this.#beginAnew();
  }

  /**
   * By the fastest answer and not by the average: a far end that freezes must not be given more.
   */
  #enough(): number {
    const answerMs = Math.max(instantMs, Math.min(this.#fastestMs, slowMs));
    return Math.min(
      this.#max,
      Math.max(start, Math.ceil((headroom * this.#perSecond * answerMs) / 1000)),
    );
  }

  #adjust(meanMs: number): void {
    const most = this.#enough();
    const least = Math.min(usual, most);
    const limit = this.#limit;
    const step = Math.max(1, limit >> 3);
    const isUnlimited = this.#perSecond === Number.POSITIVE_INFINITY;
    if (limit > most) this.#limit = most;
    else if (limit < least) this.#limit = Math.min(least, limit + Math.max(1, limit >> 1));
    else if (isUnlimited || meanMs <= this.#fastestMs * queueFreeRatio)
      this.#limit = Math.min(most, limit + step);
    else if (meanMs > this.#fastestMs * queueFreeRatio * 2)
      this.#limit = Math.max(least, limit - step);
  }

  #fail(nowMs: number, startedAtMs: number): void {
    // The others that were under way then say the same thing once more.
    if (startedAtMs < this.#halvedAtMs) return;
    this.#limit = Math.max(1, this.#limit >> 1);
    this.#halvedAtMs = nowMs;
    this.#beginAnew();
  }

  #beginAnew(): void {
    this.#sends = 0;
    this.#sumMs = 0;
    this.#wasFull = false;
  }
}
