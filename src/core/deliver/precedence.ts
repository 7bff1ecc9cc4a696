// How long the less urgent waits for the more urgent that is under way: a far end stores what is
// sent at the same time in any order, and the gravest of a burst is to be on screen first. Bounded in
// each case and in all. Pure; time is passed in.

/** A more urgent send that takes longer than this keeps nobody waiting. */
export const precedenceMaxMs = 1000;
/** Where urgent ones never cease, such waiting costs at most this part of the time. */
const creditPart = 0.1;
/** Where more than so many wait, their order among neighbours is worth less than the pace. */
const waitingMax = 100;
/** So much of it can be saved up, enough for a burst of every severity. */
const creditMaxMs = 3000;

export interface Precedence {
  /**
   * How long a delivery has to wait now, in milliseconds; 0 to go on.
   * @param waiting how many deliveries wait to be sent
   * @param urgentSince tells when the newest send that is more urgent began; undefined: there is none
   */
  waitMs(nowMs: number, waiting: number, urgentSince: () => number | undefined): number;
}

export function createPrecedence(): Precedence {
  let creditMs = creditMaxMs;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let isWaiting = false;
  /** What was saved up is spent: nobody waits until it is worth it again. */
  let isSpent = false;
  return {
    waitMs(nowMs, waiting, urgentSince) {
      const sinceAskedMs = Math.max(0, nowMs - askedAtMs);
      askedAtMs = nowMs;
      creditMs = isWaiting
        ? Math.max(0, creditMs - sinceAskedMs)
        : Math.min(creditMaxMs, creditMs + sinceAskedMs * creditPart);
      // Timers do not split milliseconds.
      if (creditMs < 1) isSpent = true;
      else if (creditMs >= precedenceMaxMs) isSpent = false;
      // Not even looked for where it does not count: this is asked for each send.
      const sinceMs = waiting > waitingMax || isSpent ? undefined : urgentSince();
      const leftMs = sinceMs === undefined ? 0 : sinceMs + precedenceMaxMs - nowMs;
      const waitMs = Math.max(0, Math.ceil(Math.min(leftMs, creditMs)));
      isWaiting = waitMs > 0;
      return waitMs;
    },
  };
}
