// Writes the outcomes of sends, many in one statement. A delivery whose outcome is not written
// counts as in flight and must not be sent again. The recorder says how long outcomes have waited,
// so that the sender can slow down.

import { sleep } from '../../kit/deadline.ts';
import type { DeliveredAttempt, FailedAttempt } from '../../kit/records/delivery.ts';
import type { Logger } from '../../observe/log.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { recordDelivered, recordFailed } from '../../store/deliveries/index.ts';
import { databaseBackoff } from '../loops/backoff.ts';
import type { Lease } from '../loops/lease.ts';
import type { Writes } from '../loops/writes.ts';

/** Outcomes wait this long for others to be written with. */
const gatherMs = 20;
/**
 * The wait after a write that failed. Shorter than that of a reading, because deliveries that are
 * not written may be sent again.
 */
const firstPauseMs = 100;
/**
 * Statements at the same time: an outcome waits for its own write, and not for the one before as
 * well.
 */
const writesMax = 2;
/**
 * A stop gives up on an unreachable database after this time; what was delivered then may be sent
 * again.
 */
export const stopMaxMs = 15_000;

/** How many of those that were written ended delivered or dead. */
export interface WrittenCounts {
  readonly delivered: number;
  readonly dead: number;
}

export interface RecorderDependencies {
  readonly db: Database;
  readonly sink: string;
  readonly lease: Lease;
  readonly log: Logger;
  readonly writes?: Writes | undefined;
  /**
   * Called after the write, with the ids that it settled, how many of them ended delivered or dead,
   * and how many milliseconds the others wait from now on.
   */
  onWritten(eventIds: readonly number[], counts: WrittenCounts, delaysMs?: readonly number[]): void;
}

/** Outcomes that one statement of each kind writes. */
interface Batch {
  /** When the first of them came. Monotonic. */
  readonly sinceMs: number;
  delivered: DeliveredAttempt[];
  failed: FailedAttempt[];
  /** When the statement was sent that has not ended. */
  writingSinceMs: number | undefined;
}

export class Recorder {
  readonly #deps: RecorderDependencies;
  readonly #writing = new Map<Batch, Promise<void>>();
  /** What a stop could not wait for. */
  readonly #givenUp: Batch[] = [];
  #waiting: Batch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopAtMs = Number.POSITIVE_INFINITY;

  constructor(deps: RecorderDependencies) {
    this.#deps = deps;
  }

  delivered(attempt: DeliveredAttempt): void {
    this.#gather().delivered.push(attempt);
  }

  failed(attempt: FailedAttempt): void {
    this.#gather().failed.push(attempt);
  }

  /** Ids of deliveries whose outcome is not written yet. */
  unwritten(): readonly number[] {
    return this.#batches().flatMap(({ delivered, failed }) => [
      ...delivered.map(({ eventId }) => eventId),
      ...failed.map(({ eventId }) => eventId),
    ]);
  }

  size(): number {
    return this.#batches().reduce(
      (sum, { delivered, failed }) => sum + delivered.length + failed.length,
      0,
    );
  }

  /** Milliseconds for which the oldest of them has waited; 0 if there is none. */
  waitedMs(): number {
    let sinceMs = this.#waiting?.sinceMs ?? Number.POSITIVE_INFINITY;
    for (const batch of this.#writing.keys()) sinceMs = Math.min(sinceMs, unwrittenSinceMs(batch));
    for (const batch of this.#givenUp) sinceMs = Math.min(sinceMs, unwrittenSinceMs(batch));
    return Math.max(0, performance.now() - sinceMs);
  }

  /** Milliseconds that the longest of the current writes has taken; 0 if there is none. */
  writingMs(): number {
    const now = performance.now();
    return Math.max(
      0,
      ...[...this.#writing.keys()].map(({ writingSinceMs }) => now - (writingSinceMs ?? now)),
    );
  }

  /**
   * Resolves when everything is written, the role was lost, or the database stayed away for too
   * long.
   */
  async stop(): Promise<void> {
    this.#stopAtMs = performance.now() + stopMaxMs;
    for (this.#flush(); this.#writing.size > 0; this.#flush())
      await Promise.race(this.#writing.values());
    const lost = this.size();
    if (lost === 0) return;
    const { log, sink } = this.#deps;
    log.error({ sink, lost }, 'outcomes could not be written; these messages may be sent again');
  }

  /** The batch that takes what comes now. */
  #gather(): Batch {
    if (this.#waiting === undefined) {
      this.#waiting = {
        sinceMs: performance.now(),
        delivered: [],
        failed: [],
        writingSinceMs: undefined,
      };
      this.#timer = setTimeout(() => this.#flush(), gatherMs);
    }
    return this.#waiting;
  }

  #batches(): readonly Batch[] {
    const begun = [...this.#writing.keys(), ...this.#givenUp];
    return this.#waiting === undefined ? begun : [...begun, this.#waiting];
  }

  /**
   * Writes what waits, unless enough writes are under way: then the first of them that ends goes on
   * with it.
   */
  #flush(): void {
    const batch = this.#waiting;
    if (batch === undefined || this.#writing.size >= writesMax) return;
    clearTimeout(this.#timer);
    this.#waiting = undefined;
    const written = this.#write(batch).finally(() => {
      this.#writing.delete(batch);
      if (this.#waiting !== undefined && performance.now() - this.#waiting.sinceMs >= gatherMs)
        this.#flush();
    });
    this.#writing.set(batch, written);
  }

  /** Tries until it is done, or until a stop has waited long enough. */
  async #write(batch: Batch): Promise<void> {
    const { log, sink, writes } = this.#deps;
    const writer = `sink:${sink}`;
    for (let failures = 1; ; failures += 1) {
      try {
        batch.writingSinceMs = performance.now();
        await this.#writeOnce(batch);
        writes?.passed(writer);
        return;
      } catch (error) {
        writes?.failed(writer, error);
        log.error(
          { sink, unwritten: this.size(), error: databaseErrorText(error) },
          'outcomes not written yet',
        );
      } finally {
        batch.writingSinceMs = undefined;
      }
      if (performance.now() > this.#stopAtMs) break;
      await sleep(Math.min(firstPauseMs * 2 ** (failures - 1), databaseBackoff.maxMs));
    }
    this.#givenUp.push(batch);
    // Nobody tries it here any more.
    writes?.passed(writer);
  }

  async #writeOnce(batch: Batch): Promise<void> {
    const { db, sink, lease, onWritten } = this.#deps;
    if (batch.delivered.length > 0) {
      const count = await recordDelivered(db, sink, batch.delivered);
      // Reported at once: if the failed ones cannot be written now, these are settled all the same.
      const ids = batch.delivered.map(({ eventId }) => eventId);
      batch.delivered = [];
      onWritten(ids, { delivered: count, dead: 0 });
    }
    if (batch.failed.length === 0) return;
    const dead = await recordFailed(db, lease, { sink, failed: batch.failed });
    // The failures were not written: the process that holds the role now decides about them.
    if (dead === null) lease.lose();
    const ids = batch.failed.map(({ eventId }) => eventId);
    const delaysMs = batch.failed.flatMap(({ state, delayMs }) =>
      state === 'pending' ? [delayMs] : [],
    );
    batch.failed = [];
    onWritten(ids, { delivered: 0, dead: dead?.length ?? 0 }, delaysMs);
  }
}

/**
 * Infinity if nothing of it waits: a batch is still under way while `onWritten` is called for it.
 */
function unwrittenSinceMs({ delivered, failed, sinceMs }: Batch): number {
  return delivered.length + failed.length > 0 ? sinceMs : Number.POSITIVE_INFINITY;
}
