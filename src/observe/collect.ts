// Runs the functions that query the database for the metrics: not at every scrape, and without ever
// making a scrape hang.
import { within } from '../kit/deadline.ts';

/** How often the registered functions may run, and how long a scrape waits for them. */
export interface CollectLimits {
  readonly intervalMs: number;
  readonly waitMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export const defaultLimits: CollectLimits = {
  intervalMs: 5000,
  waitMs: 2000,
  now: () => performance.now(),
};

/**
 * Runs the registered functions at most once an interval, and never twice at once. `refresh` never
 * rejects.
 * @param report gets whether the database answered
 */
export function createCollector(limits: CollectLimits, report: (isUp: boolean) => void) {
  const collectors: (() => Promise<void>)[] = [];
  let startedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    const results = await Promise.allSettled(collectors.map(async (collect) => collect()));
    report(results.every((result) => result.status === 'fulfilled'));
  }

  return {
    onCollect(collect: () => Promise<void>): void {
      collectors.push(collect);
    },
    async refresh(): Promise<void> {
      if (collectors.length === 0) return;
      if (running === undefined && limits.now() - startedAt >= limits.intervalMs) {
        startedAt = limits.now();
        running = run().finally(() => {
          running = undefined;
        });
      }
      if (running === undefined) return;
      // The limit counts from the start of the query, so that a query that hangs delays one scrape
      // and not every scrape.
      const remainingMs = Math.max(0, startedAt + limits.waitMs - limits.now());
      await within(running, remainingMs, () => report(false));
    },
  };
}
