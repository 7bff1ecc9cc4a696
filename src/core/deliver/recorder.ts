// Writes down what became of sends, many in one statement. What is not yet written counts as in flight, and must not be sent again.
import type { Lease } from '../lease.ts';
import type { Logger } from '../log.ts';
import { type Database, databaseErrorText } from '../store/database.ts';
import { type DeliveredAttempt, type FailedAttempt, recordDelivered, recordFailed } from '../store/deliveries.ts';

/** Outcomes wait this long for others to be written with. */
const gatherMs = 20;
/** A stop gives up on an unreachable database after so long; what was delivered then may be sent again. */
export const stopMaxMs = 15_000;

export interface RecorderDependencies {
  readonly db: Database;
  readonly sink: string;
  readonly lease: Lease;
  readonly log: Logger;
  /** Called after the write, with the ids that it settled, and how many of them ended delivered or dead. */
  onWritten(eventIds: readonly number[], counts: { delivered: number; dead: number }): void;
}

export interface Recorder {
  delivered(attempt: DeliveredAttempt): void;
  failed(attempt: FailedAttempt): void;
  /** Ids of deliveries whose outcome is not written yet. */
  unwritten(): readonly number[];
  size(): number;
  /** Milliseconds that the current write has taken; 0 if there is none. */
  writingMs(): number;
  /** Resolves when everything is written, the role was lost, or the database stayed away for too long. */
  stop(): Promise<void>;
}

export function createRecorder(deps: RecorderDependencies): Recorder {
  const delivered: DeliveredAttempt[] = [];
  const failed: FailedAttempt[] = [];
  let writing: { delivered: DeliveredAttempt[]; failed: FailedAttempt[] } | undefined;
  let loop: Promise<void> | undefined;
  let stopAtMs = Number.POSITIVE_INFINITY;
  let writingSinceMs: number | undefined;

  async function write(): Promise<void> {
    let failures = 0;
    while (delivered.length + failed.length > 0 || writing) {
      // Each statement is a commit of its own, whatever it holds.
      if (!writing) await pause(gatherMs);
      const batch = writing ?? { delivered: delivered.splice(0), failed: failed.splice(0) };
      writing = batch;
      try {
        writingSinceMs = performance.now();
        await writeBatch(batch);
        writing = undefined;
        failures = 0;
      } catch (error) {
        failures += 1;
        deps.log.error(
          { sink: deps.sink, unwritten: size(), error: databaseErrorText(error) },
          'outcomes not written yet',
        );
        if (performance.now() > stopAtMs) return;
        await pause(Math.min(100 * 2 ** failures, 2000));
      } finally {
        writingSinceMs = undefined;
      }
    }
  }

  async function writeBatch(batch: NonNullable<typeof writing>): Promise<void> {
    if (batch.delivered.length > 0) {
      const count = await recordDelivered(deps.db, deps.sink, batch.delivered);
      // Told at once: if the failed ones cannot be written now, these are settled all the same.
      const ids = batch.delivered.map((attempt) => attempt.eventId);
      batch.delivered = [];
      deps.onWritten(ids, { delivered: count, dead: 0 });
    }
    if (batch.failed.length === 0) return;
    const dead = await recordFailed(deps.db, deps.lease, deps.sink, batch.failed);
    // What failed was not written: whoever holds the role now decides about it.
    if (dead === null) deps.lease.lose();
    const ids = batch.failed.map((attempt) => attempt.eventId);
    batch.failed = [];
    deps.onWritten(ids, { delivered: 0, dead: dead?.length ?? 0 });
  }

  const size = () =>
    delivered.length + failed.length + (writing?.delivered.length ?? 0) + (writing?.failed.length ?? 0);

  function start(): void {
    loop ??= write().finally(() => {
      loop = undefined;
      if (delivered.length + failed.length > 0 && performance.now() < stopAtMs) start();
    });
  }

  return {
    delivered(attempt) {
      delivered.push(attempt);
      start();
    },
    failed(attempt) {
      failed.push(attempt);
      start();
    },
    unwritten() {
      const waiting = [...delivered, ...failed, ...(writing?.delivered ?? []), ...(writing?.failed ?? [])];
      return waiting.map((attempt) => attempt.eventId);
    },
    size,
    writingMs: () => (writingSinceMs === undefined ? 0 : performance.now() - writingSinceMs),
    async stop() {
      stopAtMs = performance.now() + stopMaxMs;
      while (loop) await loop;
      const lost = size();
      if (lost > 0)
        deps.log.error({ sink: deps.sink, lost }, 'outcomes could not be written; these messages may be sent again');
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
