// Watches the database's clock for leaps. That clock decides who holds which role and which
// deliveries are due; somebody may set it, or a failover may change the host. It is compared with
// the monotonic clock of this process.
import { type ClockReading, readClock } from '../../store/clock.ts';
import type { Database } from '../../store/database.ts';

/** Ordinary corrections of a clock are smaller, and harm nothing. */
const toleranceMs = 5000;
/** If something was written this far ahead of the clock, the clock has gone back. */
const aheadMs = 60_000;
/** How long a leap is shown. */
const shownMs = 3_600_000;

export interface Leap {
  /** Negative: it went back. At least so much. */
  readonly ms: number;
  /** By the clock after the leap, milliseconds since the epoch. */
  readonly clockMs: number;
  /** The same in every process that finds this leap in what was written before. */
  readonly key: string;
}

/**
 * The part of the difference between two readings that the time of asking does not explain; 0 if it
 * is small.
 */
export function leapMs(before: ClockReading, after: ClockReading): number {
  const goneMs = after.clockMs - before.clockMs;
  const leastMs = after.askedAtMs - before.answeredAtMs;
  const mostMs = after.answeredAtMs - before.askedAtMs;
  if (goneMs > mostMs + toleranceMs) return goneMs - mostMs;
  return goneMs < leastMs - toleranceMs ? goneMs - leastMs : 0;
}

export class ClockWatch {
  readonly #db: Database;
  #before: ClockReading | undefined;
  #seen: (Leap & { readonly atMs: number }) | undefined;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Reads the clock. The first look compares it with what was written before this process began.
   * @returns the leap since the last look; undefined if there was none
   * @throws the driver's error
   */
  async look(): Promise<Leap | undefined> {
    const reading = await readClock(this.#db);
    const before = this.#before;
    this.#before = reading;
    const ms = Math.round(before === undefined ? leapBefore(reading) : leapMs(before, reading));
    if (ms === 0) return undefined;
    const key =
      before === undefined ? `since ${reading.writtenMs}` : `at ${Math.round(reading.clockMs)}`;
    this.#seen = { ms, clockMs: reading.clockMs, key, atMs: reading.answeredAtMs };
    return this.#seen;
  }

  /** The last leap of the past hour. */
  last(): Leap | undefined {
    const seen = this.#seen;
    return seen !== undefined && performance.now() - seen.atMs < shownMs ? seen : undefined;
  }
}

/** How far the clock has gone back since something was last written; 0 if that is not known. */
function leapBefore({ writtenMs, clockMs }: ClockReading): number {
  return writtenMs !== null && writtenMs > clockMs + aheadMs ? clockMs - writtenMs : 0;
}
