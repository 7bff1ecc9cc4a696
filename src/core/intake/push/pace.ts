// How many requests a source may take: a bucket that holds two seconds of them.
export class PushPace {
  readonly #perSecond: number;
  readonly #max: number;
  #tokens: number;
  #filledAtMs: number;

  /** @param nowMs monotonic, as in {@link takeMs} */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#max = Math.max(1, 2 * perSecond);
    this.#tokens = this.#max;
    this.#filledAtMs = nowMs;
  }

  /** Takes one. @returns 0, or milliseconds until there is one again */
  takeMs(nowMs: number): number {
    const grown = ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#max, this.#tokens + Math.max(0, grown));
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1000);
    this.#tokens -= 1;
    return 0;
  }
}
