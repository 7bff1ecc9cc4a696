// A token bucket: how often one origin may be called. Time is passed in.

export interface Limiter {
  /** Takes a token if there is one. @returns 0, or the milliseconds to wait before asking again */
  take(nowMs: number): number;
}

/**
 * @param perSecond tokens that come back each second; Infinity for no limit
 * @param burst tokens that can be saved up
 * @param nowMs any monotonic clock, the same one that `take` gets
 */
export function createLimiter(perSecond: number, burst: number, nowMs: number): Limiter {
  let tokens = burst;
  let filledAtMs = nowMs;
  return {
    take(now) {
      if (perSecond === Number.POSITIVE_INFINITY) return 0;
      tokens = Math.min(burst, tokens + (Math.max(0, now - filledAtMs) / 1000) * perSecond);
      filledAtMs = now;
      if (tokens >= 1) {
        tokens -= 1;
        return 0;
      }
      return Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
  };
}
