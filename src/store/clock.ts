// The database's clock.
import type { Database } from './database.ts';

export interface ClockReading {
  /** Milliseconds since the epoch. */
  readonly clockMs: number;
  /** Of the last page that any source stored, by the same clock; null if there was none. */
  readonly writtenMs: number | null;
  /** Monotonic: the clock was read between these two. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

export async function readClock(db: Database): Promise<ClockReading> {
  const askedAtMs = performance.now();
  const [row] = await db.$client`
    select extract(epoch from clock_timestamp()) * 1000 as clock, extract(epoch from max(updated_at)) * 1000 as written from cursors`;
  const writtenMs = row?.written === null ? null : Number(row?.written);
  return { clockMs: Number(row?.clock), writtenMs, askedAtMs, answeredAtMs: performance.now() };
}
