// How often one origin may be called: a token bucket of our own, and a second one from what the far
// end reports. Time is passed in.
import type { Pace } from '../../kit/quota.ts';

export class Limiter {
  readonly #own: Bucket;
  #foreign: Bucket | undefined;
  #foreignUntilMs = 0;

  /**
   * @param perSecond tokens that come back each second; Infinity for no limit
   * @param burst tokens that can be saved up
   * @param nowMs any monotonic clock, the same one that `take` gets
   */
  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#own = new Bucket(perSecond, burst, burst, nowMs);
  }

  /**
   * Takes a token if more than `spare` are left. What others need first passes none.
   * @param spare at most half of the burst is left to them
   * @returns 0, or the milliseconds to wait before asking again
   */
  take(nowMs: number, spare = 0): number {
    if (nowMs >= this.#foreignUntilMs) this.#foreign = undefined;
    const foreignMs = Math.min(
      this.#foreign?.waitMs(nowMs) ?? 0,
      Math.ceil(this.#foreignUntilMs - nowMs),
    );
    const waitMs = Math.max(this.#own.waitMs(nowMs, spare), foreignMs);
    if (waitMs > 0) return waitMs;
    this.#own.take();
    this.#foreign?.take();
    return 0;
  }

  /** Adopts the rate that the far end reported. Only ever slows down. */
  heed(pace: Pace, nowMs: number): void {
    this.#foreign = new Bucket(pace.perSecond, Number.POSITIVE_INFINITY, pace.tokens, nowMs);
    this.#foreignUntilMs = nowMs + pace.forMs;
  }
}

class Bucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(perSecond: number, burst: number, tokens: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = tokens;
    this.#filledAtMs = nowMs;
  }

  /** 0 if there is a token besides the spare ones. */
  waitMs(nowMs: number, spare = 0): number {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return 0;
    const gained = (Math.max(0, nowMs - this.#filledAtMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledAtMs = nowMs;
    const wanted = 1 + Math.min(spare, Math.floor(this.#burst / 2));
    return this.#tokens >= wanted
      ? 0
      : Math.ceil(((wanted - this.#tokens) / this.#perSecond) * 1000);
  }

  /** Only after a wait of 0. */
  take(): void {
    this.#tokens -= 1;
  }
}
