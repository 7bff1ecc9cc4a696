// How often one origin may be called: a token bucket of our own, and a second one as far as the far
// end tells of its own. Time is passed in.
import type { Pace } from '../../kit/quota.ts';

export interface Limiter {
  /** Takes a token if there is one. @returns 0, or the milliseconds to wait before asking again */
  take(nowMs: number): number;
  /** The far end has said how fast it may be called. It makes nothing faster. */
  heed(pace: Pace, nowMs: number): void;
}

/**
 * @param perSecond tokens that come back each second; Infinity for no limit
 * @param burst tokens that can be saved up
 * @param nowMs any monotonic clock, the same one that `take` gets
 */
export function createLimiter(perSecond: number, burst: number, nowMs: number): Limiter {
  const own = createBucket(perSecond, burst, burst, nowMs);
  let told: Bucket | undefined;
  let toldUntilMs = 0;
  return {
    take(now) {
      if (now >= toldUntilMs) told = undefined;
      const toldMs = Math.min(told?.waitMs(now) ?? 0, Math.ceil(toldUntilMs - now));
      const waitMs = Math.max(own.waitMs(now), toldMs);
      if (waitMs > 0) return waitMs;
      own.take();
      told?.take();
      return 0;
    },
    heed(pace, now) {
      told = createBucket(pace.perSecond, Number.POSITIVE_INFINITY, pace.tokens, now);
      toldUntilMs = now + pace.forMs;
    },
  };
}

interface Bucket {
  /** 0 if there is a token. */
  waitMs(nowMs: number): number;
  /** Only after a wait of 0. */
  take(): void;
}

function createBucket(perSecond: number, burst: number, full: number, nowMs: number): Bucket {
  let tokens = full;
  let filledAtMs = nowMs;
  return {
    waitMs(now) {
      if (perSecond === Number.POSITIVE_INFINITY) return 0;
      tokens = Math.min(burst, tokens + (Math.max(0, now - filledAtMs) / 1000) * perSecond);
      filledAtMs = now;
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
    take() {
      tokens -= 1;
    },
  };
}
