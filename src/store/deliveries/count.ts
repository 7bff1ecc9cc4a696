// Counts pending and dead deliveries by sink.
import { count, eq } from 'drizzle-orm';
import type { SinkCounts } from '../../kit/records/delivery.ts';
import type { Database } from '../database.ts';
import { type ColumnOf, type Row, RowReader } from '../row.ts';
import { deliveries } from '../schema.ts';
import { heldPriority } from './pending.ts';

/** Deliveries of HIGH events, and of those that go before them, have at most this priority. */
const urgentPriority = 1;

/** Of every sink with a pending or a dead delivery; for gauges and for `once`. */
export async function countDeliveries(db: Database): Promise<SinkCounts[]> {
  const rows = await db.$client`
    with counts as (
      select sink, count(*) filter (where state = 'pending') as pending,
        count(*) filter (where state = 'dead') as dead,
        count(*) filter (
          where state = 'pending' and priority >= ${heldPriority} and digest_id is null
        ) as grouped,
        min(event_id) filter (where state = 'pending' and priority < ${heldPriority}) as oldest,
        min(event_id) filter (where state = 'pending' and priority <= ${urgentPriority}) as urgent
      from deliveries where state = 'pending' or state = 'dead' group by sink
    )
    select c.*, coalesce(extract(epoch from now() - o.received_at), 0)::float8 as age,
      coalesce(extract(epoch from now() - u.received_at), 0)::float8 as urgent_age
    from counts c left join events o on o.id = c.oldest left join events u on u.id = c.urgent`;
  return rows.map(toCounts);
}

/** Ages in seconds. */
const countRow = new RowReader<
  ColumnOf<typeof deliveries> | 'pending' | 'grouped' | 'dead' | 'age' | 'urgent_age'
>('deliveries');

function toCounts(row: Row): SinkCounts {
  return {
    sink: countRow.text(row, 'sink'),
    pending: countRow.number(row, 'pending'),
    grouped: countRow.number(row, 'grouped'),
    dead: countRow.number(row, 'dead'),
    oldestPendingSeconds: Math.max(0, countRow.number(row, 'age')),
    oldestUrgentSeconds: Math.max(0, countRow.number(row, 'urgent_age')),
  };
}

/** How many deliveries are dead, by sink; a sink without any is absent. */
export async function countDead(db: Database): Promise<Map<string, number>> {
  const { sink, state } = deliveries;
  const rows = await db
    .select({ sink, dead: count() })
    .from(deliveries)
    .where(eq(state, 'dead'))
    .groupBy(sink);
  return new Map(rows.map(({ sink: id, dead }) => [id, dead]));
}
