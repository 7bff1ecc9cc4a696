// When a pending delivery is due, by the database's clock: at its time, or at once if that time is
// further ahead than anybody asked for.
import type { Database } from './database.ts';

/**
 * Nothing makes a delivery wait longer than this: its own back-off ends at 5 min ±20 %. Times that
 * a far end asks for are its sink's, and in no row. A kind of delivery that is meant for later than
 * this must be told apart before it is written.
 */
export const aheadMaxMs = 600_000;

/**
 * Condition on `scheduled_at`. A time beyond {@link aheadMaxMs} was written before the clock went
 * back.
 */
export function isDue({ $client: client }: Database): ReturnType<Database['$client']> {
  return client`(scheduled_at <= now() or scheduled_at > now() + ${aheadMaxMs}::float8 * interval '1 millisecond')`;
}
