// Whether the database's clock goes as time does. It decides who holds what and what is due, and a
// host's clock can be set, or a failover lead to another host. Measured against the monotonic clock
// of this process.
import { type ClockReading, readClock } from '../../store/clock.ts';
import type { Database } from '../../store/database.ts';

/** Clocks are corrected by less than this every day, and nothing here minds. */
const slackMs = 5000;
/** If something was written this far ahead of the clock, the clock has gone back. */
const aheadMs = 60_000;
/** How long a leap is shown. */
const shownMs = 3_600_000;

export interface Leap {
  /** Negative: it went back. At least so much. */
  readonly ms: number;
  /** By the clock after the leap, milliseconds since the epoch. */
  readonly clockMs: number;
  /** The same for whoever finds it in what was written before. */
  readonly key: string;
}

export interface ClockWatch {
  /**
   * Reads the clock.
   * @returns the leap since the last look; undefined if there was none
   * @throws the driver's error
   */
  look(): Promise<Leap | undefined>;
  /** The last leap of the past hour. */
  last(): Leap | undefined;
}

/**
 * The part of the difference between two readings that the time of asking does not explain; 0 if it
 * is small.
 */
export function leapMs(before: ClockReading, after: ClockReading): number {
  const goneMs = after.clockMs - before.clockMs;
  const leastMs = after.askedAtMs - before.answeredAtMs;
  const mostMs = after.answeredAtMs - before.askedAtMs;
  if (goneMs > mostMs + slackMs) return goneMs - mostMs;
  return goneMs < leastMs - slackMs ? goneMs - leastMs : 0;
}

/** The first look compares with what was written before this process began. */
export function createClockWatch(db: Database): ClockWatch {
  let before: ClockReading | undefined;
  let seen: (Leap & { readonly atMs: number }) | undefined;
  return {
    async look() {
      const reading = await readClock(db);
      const isAhead = reading.writtenMs !== null && reading.writtenMs > reading.clockMs + aheadMs;
      const atFirst = isAhead ? reading.clockMs - reading.writtenMs! : 0;
      const isFirst = before === undefined;
      const ms = Math.round(before === undefined ? atFirst : leapMs(before, reading));
      before = reading;
      if (ms === 0) return undefined;
      const key = isFirst ? `since ${reading.writtenMs}` : `at ${Math.round(reading.clockMs)}`;
      seen = { ms, clockMs: reading.clockMs, key, atMs: reading.answeredAtMs };
      return seen;
    },
    last: () => (seen !== undefined && performance.now() - seen.atMs < shownMs ? seen : undefined),
  };
}
