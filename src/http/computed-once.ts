// Shares one computation among all who ask for its result at the same time, so that the cost does
// not grow with their number.

export interface SharingOptions {
  /** How long a result is used, in milliseconds. */
  readonly freshMs: number;
  /**
   * How long may be computed in a row, in milliseconds; a twentieth of the time passed is added
   * back. While it is used up, the last result is used. Absent: no limit.
   */
  readonly budgetMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

const budgetShare = 1 / 20;

/** Runs `compute` at most once at a time. All who wait share a rejection; it is not kept. */
export function shared<Result>(
  compute: () => Promise<Result>,
  options: SharingOptions,
): () => Promise<Result> {
  const { freshMs, budgetMs = Number.POSITIVE_INFINITY, now = () => performance.now() } = options;
  let current: Promise<Result> | undefined;
  /** Undefined while the computation runs. */
  let endedAtMs: number | undefined;
  let leftMs = budgetMs;

  function isOld(): boolean {
    if (endedAtMs === undefined) return false;
    const ageMs = now() - endedAtMs;
    return ageMs >= freshMs && Math.min(budgetMs, leftMs + ageMs * budgetShare) > 0;
  }

  return () => {
    if (current !== undefined && !isOld()) return current;
    const beganMs = now();
    if (endedAtMs !== undefined)
      leftMs = Math.min(budgetMs, leftMs + (beganMs - endedAtMs) * budgetShare);
    endedAtMs = undefined;
    const mine = Promise.resolve().then(compute);
    current = mine;
    const end = () => {
      endedAtMs = now();
      leftMs -= endedAtMs - beganMs;
    };
    mine.then(end, () => {
      end();
      current = undefined;
    });
    return mine;
  };
}
