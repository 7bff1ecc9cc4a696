// How many sends of one sink may be under way at once. Few, because all of them may arrive twice if the far end freezes: as many as the
// rate needs (rate × answer time). Whoever has switched the rate off has chosen speed, and gets all that is allowed; failures halve it
// in either case. Pure; time is passed in.

/** Where it begins, and what any far end may have. */
const start = 4;
/** What slow answers alone never go below, unless the rate needs fewer. */
const usual = 16;
/** So many times what the rate needs on average: answers are not evenly spaced. */
const headroom = 2;
/** Whoever answers more slowly than that is not helped by more requests at the same time. */
const slowMs = 1000;
/** Answers that take on average up to so many times the fastest one show no queue; twice that shows one. */
const queueFreeRatio = 2;
/** The fastest answer is looked for anew after so long: the way to the far end may have changed. */
const fastestMaxAgeMs = 60_000;

export interface Concurrency {
  limit(): number;
  /**
   * One send has ended.
   * @param isFailure the far end or the way to it had trouble: a time-out, a broken connection, an error of the server, too many requests
   * @param wasFull `limit` sends were under way
   */
  settled(nowMs: number, durationMs: number, isFailure: boolean, wasFull: boolean): void;
}

/**
 * @param max never more than that
 * @param perSecond sends that the rate allows; Infinity for no limit
 */
export function createConcurrency(max: number, perSecond: number): Concurrency {
  const isUnlimited = perSecond === Number.POSITIVE_INFINITY;
  let limit = Math.min(start, max);
  let fastestMs = Number.POSITIVE_INFINITY;
  let fastestSinceMs = 0;
  let halvedAtMs = Number.NEGATIVE_INFINITY;
  let window = emptyWindow();

  /** By the fastest answer and not by the average: a far end that freezes must not be given more. */
  function enough(): number {
    if (isUnlimited) return max;
    if (fastestMs === Number.POSITIVE_INFINITY) return Math.min(start, max);
    return Math.min(max, Math.max(start, Math.ceil((headroom * perSecond * Math.min(fastestMs, slowMs)) / 1000)));
  }

  function adjust(meanMs: number): void {
    const most = enough();
    const least = Math.min(usual, most);
    const step = Math.max(1, limit >> 3);
    if (limit > most) limit = most;
    else if (limit < least) limit = Math.min(least, limit + Math.max(1, limit >> 1));
    else if (isUnlimited || meanMs <= fastestMs * queueFreeRatio) limit = Math.min(most, limit + step);
    else if (meanMs > fastestMs * queueFreeRatio * 2) limit = Math.max(least, limit - step);
  }

  function fail(nowMs: number, startedAtMs: number): void {
    // The others that were under way then say the same thing once more.
    if (startedAtMs < halvedAtMs) return;
    limit = Math.max(1, limit >> 1);
    halvedAtMs = nowMs;
    window = emptyWindow();
  }

  return {
    limit: () => limit,
    settled(nowMs, durationMs, isFailure, wasFull) {
      if (isFailure) return fail(nowMs, nowMs - durationMs);
      if (durationMs < fastestMs || nowMs - fastestSinceMs > fastestMaxAgeMs) {
        fastestMs = durationMs;
        fastestSinceMs = nowMs;
      }
      window.sends += 1;
      window.sumMs += durationMs;
      window.wasFull ||= wasFull;
      // As many as may be under way: those that were when the limit was last changed say nothing about the change.
      if (window.sends < limit) return;
      if (window.wasFull) adjust(window.sumMs / window.sends);
      window = emptyWindow();
    },
  };
}

const emptyWindow = () => ({ sends: 0, sumMs: 0, wasFull: false });
