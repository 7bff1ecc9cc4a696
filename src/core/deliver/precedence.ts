// How long a less urgent delivery waits for more urgent ones under way. A far end stores what is
// sent at the same time in any order, and the most severe event of a burst should be on screen
// first. The waits are bounded singly and in total. Pure; time is passed in.

/** A more urgent send that takes longer than this keeps nobody waiting. */
export const precedenceMaxMs = 1000;
/** Where urgent ones never cease, such waiting costs at most this part of the time. */
const creditPart = 0.1;
/** Where more than this many wait, their order among neighbours is worth less than the pace. */
const waitingMax = 100;
/** How much of it can be saved up: enough for a burst of every severity. */
const creditMaxMs = 3000;

/**
 * Tells when the newest send that is more urgent than the priority began; undefined: none is under
 * way.
 */
interface Urgent {
  urgentSinceMs(priority: number): number | undefined;
}

export class Precedence {
  readonly #urgent: Urgent;
  #creditMs = creditMaxMs;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #isWaiting = false;
  /** What was saved up is spent: nobody waits until it is worth it again. */
  #isSpent = false;

  constructor(urgent: Urgent) {
    this.#urgent = urgent;
  }

  /**
   * How long a delivery of this priority has to wait now, in milliseconds; 0 to go on.
   * @param waiting how many deliveries wait to be sent
   */
  waitMs(nowMs: number, waiting: number, priority: number): number {
    this.#count(Math.max(0, nowMs - this.#askedAtMs));
    this.#askedAtMs = nowMs;
    // Not even looked for where it does not count: this is asked for each send.
    const isWorthIt = waiting <= waitingMax && !this.#isSpent;
    const sinceMs = isWorthIt ? this.#urgent.urgentSinceMs(priority) : undefined;
    const leftMs = sinceMs === undefined ? 0 : sinceMs + precedenceMaxMs - nowMs;
    const waitMs = Math.max(0, Math.ceil(Math.min(leftMs, this.#creditMs)));
    this.#isWaiting = waitMs > 0;
    return waitMs;
  }

  /** Time that was waited is spent, other time saves some up. */
  #count(elapsedMs: number): void {
    this.#creditMs = this.#isWaiting
      ? Math.max(0, this.#creditMs - elapsedMs)
      : Math.min(creditMaxMs, this.#creditMs + elapsedMs * creditPart);
    // Timers do not split milliseconds.
    if (this.#creditMs < 1) this.#isSpent = true;
    else if (this.#creditMs >= precedenceMaxMs) this.#isSpent = false;
  }
}
