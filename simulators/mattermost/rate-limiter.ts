// Mattermost's rate limiter, as its documentation and headers describe it: GCRA, a rate per second
// after a burst. The caller passes the time.

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

export interface RateVerdict {
  readonly isLimited: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Judges one request at `nowMs`. */
export function createRateLimiter({ perSecond, burst }: RateLimit): (nowMs: number) => RateVerdict {
  const intervalMs = 1000 / perSecond;
  const toleranceMs = intervalMs * (burst + 1);
  let arrivalMs = 0;
  return (nowMs) => {
    const nextMs = Math.max(nowMs, arrivalMs) + intervalMs;
    const missingMs = nextMs - toleranceMs - nowMs;
    const isLimited = missingMs > 0;
    if (!isLimited) arrivalMs = nextMs;
    const resetMs = Math.max(arrivalMs - nowMs, 0);
    return {
      isLimited,
      headers: {
        'X-RateLimit-Limit': String(burst + 1),
        'X-RateLimit-Remaining': String(
          Math.max(Math.floor((toleranceMs - resetMs) / intervalMs), 0),
        ),
        'X-RateLimit-Reset': String(Math.ceil(resetMs / 1000)),
        ...(isLimited ? { 'Retry-After': String(Math.ceil(missingMs / 1000)) } : {}),
      },
    };
  };
}
