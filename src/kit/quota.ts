// What a far end says of its rate limit (`X-RateLimit-*`), and how fast it may be called. Pure.

/** As a far end said it: facts, not judged yet. */
export interface Quota {
  /** Requests that it takes at once when nothing was sent for a while. */
  readonly limit: number;
  /** How many of them are left. */
  readonly remaining: number;
  /** Milliseconds until all are there again. */
  readonly resetMs: number;
}

/** So many may go out now, and so many more each second; after `forMs` nothing is known. */
export interface Pace {
  readonly tokens: number;
  readonly perSecond: number;
  readonly forMs: number;
}

/** From here on a number is a point in time and no wait: seconds since the epoch, milliseconds. */
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
  const reset = numberOf(headers['x-ratelimit-reset']);
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

/** However little a far end promises: a wrong number must not silence a sink. */
const perSecondMin = 1 / 30;
const perSecondMax = 1000;
const tokensMax = 1000;
const forMsMax = 3_600_000;

/**
 * All that is missing comes back until the reset, evenly.
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
