// What statements about pending deliveries share: which are held, which are due, and which may have
// arrived already.
import { unansweredReasons } from '../../kit/errors.ts';
import type { Database } from '../database.ts';

/**
 * Added to the priority of a delivery that is held: it waits in a group, or travels in a digest.
 */
export const heldPriority = 10;

/**
 * Nothing makes a delivery wait longer than this: its own back-off ends at 5 min ±20 %, and a time
 * that the far end asks for belongs to the sink and stands in no row. If a kind of delivery is ever
 * scheduled further ahead, its rows must be told apart first.
 */
export const aheadMaxMs = 600_000;

/**
 * Condition on `scheduled_at`: its time has come, by the database's clock. A time beyond
 * {@link aheadMaxMs} was written before the clock went back, and has come too.
 */
export function isDue({ $client: client }: Database): ReturnType<Database['$client']> {
  return client`(
    scheduled_at <= now() or scheduled_at > now() + ${aheadMaxMs}::float8 * interval '1 millisecond'
  )`;
}

/**
 * How many attempts of a row `d` of deliveries got no answer, so that it may have arrived all the
 * same. Only a delivery that has failed costs a look at its attempts.
 */
export function unansweredOf(client: Database['$client']) {
  return client`case when d.reason is null then 0 else (${unansweredCount(client)}) end`;
}

/** SQL: the same of a delivery that has ended. */
export function unansweredCount(client: Database['$client']) {
  return client`select count(*)::int from delivery_attempts a
    where a.event_id = d.event_id and a.sink = d.sink
      and a.reason = any (string_to_array(${unansweredReasons.join(',')}, ','))`;
}
