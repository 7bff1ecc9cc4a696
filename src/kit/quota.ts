// Reads the rate limit of a far end (`X-RateLimit-*`), and how fast it may be called. Pure.

/** A rate limit as a far end reported it, unchecked. */
export interface Quota {
  /** Requests that it takes at once after a pause. */
  readonly limit: number;
  /** How many of them are left. */
  readonly remaining: number;
  /** Milliseconds until all of them are available again. */
  readonly resetMs: number;
}

/** `tokens` requests may go out now and `perSecond` more each second; valid for `forMs`. */
export interface Pace {
  readonly tokens: number;
  readonly perSecond: number;
  readonly forMs: number;
}

/** Numbers from here on are a point in time and no wait: in seconds, in milliseconds. */
const epochSeconds = 1e9;
const epochMilliseconds = 1e12;

/**
 * Undefined if one of the three is missing, or is no number that can be meant.
 * @param headers with names in lower case
 * @param now milliseconds since the epoch
 */
export function quotaOf(headers: Readonly<Record<string, string>>, now: number): Quota | undefined {
  const limit = numberOf(headers['x-ratelimit-limit']);
  const remaining = numberOf(headers['x-ratelimit-remaining']);
  // A wait, where there is one besides a point in time, does not depend on anybody's clock.
  const reset = numberOf(headers['x-ratelimit-reset-after'] ?? headers['x-ratelimit-reset']);
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined;
  if (limit < 1 || remaining > limit) return undefined;
  const asMs = reset < epochMilliseconds ? reset * 1000 : reset;
  const resetMs = reset < epochSeconds ? asMs : asMs - now;
  return resetMs > 0 ? { limit, remaining, resetMs } : undefined;
}

function numberOf(header: string | undefined): number | undefined {
  const text = header?.trim() ?? '';
  return /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}

/** A wrong number of a far end must not stop a sink, nor let it run without a limit. */
const perSecondMin = 1 / 30;
const perSecondMax = 1000;
const tokensMax = 1000;
const forMsMax = 3_600_000;

/**
 * Assumes that the missing requests become available evenly until the reset.
 * @param underWay requests that the answer may not have counted
 */
export function paceOf({ limit, remaining, resetMs }: Quota, underWay: number): Pace {
  const perSecond = ((limit - remaining) / resetMs) * 1000;
  return {
    tokens: Math.min(tokensMax, Math.max(0, Math.floor(remaining) - underWay)),
    perSecond: Math.min(perSecondMax, Math.max(perSecondMin, perSecond)),
    forMs: Math.min(forMsMax, resetMs),
  };
}
