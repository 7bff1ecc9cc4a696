// How long to wait after a failure. Pure.

export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Of one delivery that fails while its sink works. */
export const deliveryBackoff: BackoffLimits = { firstMs: 250, maxMs: 300_000 };

/** For a sink as a whole. A probe costs one request, and people wait for the alarm. */
export const sinkBackoff: BackoffLimits = { firstMs: 250, maxMs: 30_000 };

/** For a sink that refuses everything: whoever repairs it now sees within seconds that it works. */
export const pausedBackoff: BackoffLimits = { firstMs: 1000, maxMs: 30_000 };

/** Of a source as a whole. */
export const sourceBackoff: BackoffLimits = { firstMs: 250, maxMs: 30_000 };

/**
 * Of a source that refuses our credential: one refusal may be a gateway's, many may lock the key.
 */
export const rejectedBackoff: BackoffLimits = { firstMs: 1000, maxMs: 60_000 };

/** For our own database: trying costs nobody else anything, and everything waits for it. */
export const databaseBackoff: BackoffLimits = { firstMs: 250, maxMs: 1000 };

/**
 * The wait after the `failures`-th failure in a row (1 for the first), with ±20 % jitter so that
 * many do not come back together.
 * @param random in [0, 1)
 */
export function backoffMs(failures: number, random: number, limits: BackoffLimits): number {
  return stepMs(failures, limits) * (0.8 + 0.4 * random);
}

/**
 * How long a delivery has waited for its own failures: the sum of its waits after this many
 * attempts, without jitter. Its `maxAge` is measured by this. The time while its sink was down, or
 * while others were sent first, does not count.
 */
export function waitedMs(failures: number, limits: BackoffLimits): number {
  let sum = 0;
  for (let n = 1; n <= failures; n += 1) {
    const step = stepMs(n, limits);
    if (step === limits.maxMs) return sum + (failures - n + 1) * step;
    sum += step;
  }
  return sum;
}

function stepMs(failures: number, limits: BackoffLimits): number {
  return Math.min(limits.firstMs * 2 ** Math.min(failures - 1, 40), limits.maxMs);
}
