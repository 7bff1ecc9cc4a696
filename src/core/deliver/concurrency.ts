// How many sends of one sink may be under way at once: it finds itself. As long as answers come about as fast as the fastest one, nothing
// queues at the far end, and more may be tried; failures halve it. Pure; time is passed in.

/** Where it begins, and what slow answers alone never go below. */
const start = 32;
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

/** @param max never more than that */
export function createConcurrency(max: number): Concurrency {
  const usual = Math.min(start, max);
  let limit = usual;
  let fastestMs = Number.POSITIVE_INFINITY;
  let fastestSinceMs = 0;
  let halvedAtMs = Number.NEGATIVE_INFINITY;
  let window = emptyWindow();

  function adjust(meanMs: number): void {
    const step = Math.max(1, limit >> 3);
    if (limit < usual) limit = Math.min(usual, limit + Math.max(1, limit >> 1));
    else if (meanMs <= fastestMs * queueFreeRatio) limit = Math.min(max, limit + step);
    else if (meanMs > fastestMs * queueFreeRatio * 2) limit = Math.max(usual, limit - step);
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
