// The worker of the role `job:retention`: removes old events once an hour, in small batches with long breaks, so that nobody else notices.
import type { Lease, RoleWorker } from './lease.ts';
import type { Logger } from './log.ts';
import { type Database, databaseErrorText } from './store/database.ts';
import { readKeptFrom, removeExpired } from './store/retention.ts';
import { createWake } from './wake.ts';

const everyMs = 3_600_000;
const batchMax = 500;
/** Of its time it works at most a fifth. */
const breakFactor = 4;

export interface RetentionDependencies {
  readonly db: Database;
  readonly log: Logger;
  /** Events that arrived longer ago are removed. */
  readonly ageMs: number;
}

export function startRetention({ db, log, ageMs }: RetentionDependencies, lease: Lease): RoleWorker {
  const wake = createWake();
  let isStopping = false;
  let askedAtMs: number | undefined;
  const isOver = () => isStopping || !lease.isHeld();

  async function removeAll(): Promise<number> {
    const kept = await readKeptFrom(db);
    let removed = 0;
    let afterId = 0;
    while (!isOver()) {
      askedAtMs = performance.now();
      const batch = await removeExpired(db, lease, kept, afterId, ageMs, batchMax);
      const tookMs = performance.now() - askedAtMs;
      askedAtMs = undefined;
      if (batch === null || batch.lastId === null) break;
      removed += batch.count;
      afterId = batch.lastId;
      await wake.wait(tookMs * breakFactor);
    }
    return removed;
  }

  async function loop(): Promise<void> {
    while (!isOver()) {
      try {
        const removed = await removeAll();
        if (removed > 0) log.info({ removed }, 'old events removed');
      } catch (error) {
        askedAtMs = undefined;
        log.error({ error: databaseErrorText(error) }, 'old events not removed; it is tried again in an hour');
      }
      if (!isOver()) await wake.wait(everyMs);
    }
  }
  const finished = loop();

  return {
    stuckMs: () => (askedAtMs === undefined ? 0 : performance.now() - askedAtMs),
    async stop() {
      isStopping = true;
      wake.now();
      await finished;
    },
  };
}
