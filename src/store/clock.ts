// The database's clock, which counts wherever processes compare times.
import type { Database } from './database.ts';

export interface ClockReading {
  /** Milliseconds since the epoch. */
  readonly clockMs: number;
  /** When any source last stored a page, by the same clock; null if none ever did. */
  readonly writtenMs: number | null;
  /** By this process's monotonic clock: the database's was read between these two instants. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

export async function readClock(db: Database): Promise<ClockReading> {
  const askedAtMs = performance.now();
  const [row] = await db.$client`
    select extract(epoch from clock_timestamp()) * 1000 as clock,
      extract(epoch from max(updated_at)) * 1000 as written
    from cursors`;
  const writtenMs = row?.written === null ? null : Number(row?.written);
  return { clockMs: Number(row?.clock), writtenMs, askedAtMs, answeredAtMs: performance.now() };
}
