// The worker of the role `job:retention`: removes old events once an hour, in small batches with
// long breaks, so that nothing else slows down.

import type { Logger } from '../../observe/log.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { readKeptFrom, removeExpired } from '../../store/retention.ts';
import { type Job, startJob } from '../loops/job.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';

const everyMs = 3_600_000;
const batchMax = 500;
/** How much longer the breaks are than the work: it works for at most a fifth of the time. */
const breakFactor = 4;

export interface RetentionDependencies {
  readonly db: Database;
  readonly log: Logger;
  /** Events that arrived longer ago are removed. */
  readonly ageMs: number;
  /** Milliseconds since the epoch; default the clock. */
  readonly now?: () => number;
}

export function startRetention(
  { db, log, ageMs, now = Date.now }: RetentionDependencies,
  lease: Lease,
): RoleWorker {
  async function removeAll(job: Job): Promise<void> {
    const kept = await readKeptFrom(db);
    let removed = 0;
    let afterId = 0;
    while (!job.isOver()) {
      const askedAtMs = performance.now();
      const batch = await job.ask(() =>
        removeExpired(db, lease, { kept, afterId, limit: batchMax, ageMs, nowMs: now() }),
      );
      const tookMs = performance.now() - askedAtMs;
      if (batch === null || batch.lastId === null) break;
      removed += batch.count;
      afterId = batch.lastId;
      await job.wait(tookMs * breakFactor);
    }
    if (removed > 0) log.info({ removed }, 'old events removed');
  }

  return startJob(lease, {
    everyMs,
    act: removeAll,
    onError: (error) =>
      log.error({ error: databaseErrorText(error) }, 'old events not removed; it is tried again'),
  });
}
