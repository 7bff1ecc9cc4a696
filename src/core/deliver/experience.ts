// Estimates from past attempts how often an attempt fails through the fault of the sink. Pure.

/** An average over about this many attempts; older ones count less. */
class Memory {
  readonly #fading: number;
  failures = 0;
  attempts = 0;

  constructor(attempts: number) {
    this.#fading = 1 - 1 / attempts;
  }

  learn(failures: number): void {
    this.failures = this.failures * this.#fading + failures;
    this.attempts = this.attempts * this.#fading + failures + 1;
  }
}

export class Experience {
  readonly #long = new Memory(300);
  readonly #short = new Memory(30);

  /** An attempt passed after so many of the same kind that failed. */
  learn(failures: number): void {
    this.#long.learn(failures);
    this.#short.learn(failures);
  }

  /**
   * From 0 to under 1.
   * @param isCareful assume the worst while there is little experience
   */
  rate(isCareful: boolean): number {
    const short = this.#short;
    const recent = short.attempts === 0 ? 0 : short.failures / short.attempts;
    return Math.max(recent, this.lasting(isCareful));
  }

  /**
   * The same over hundreds of attempts: at the end of a backlog only what failed often is left, and
   * says worse of the sink than is true.
   */
  lasting(isCareful: boolean): number {
    const prior = isCareful ? 1 : 0;
    return (this.#long.failures + prior / 2) / Math.max(1, this.#long.attempts + prior);
  }
}
