// What came and went of late: the newest event of each source, and how much each sink got. Both
// look at the newest rows alone, however many there are.
import type { Database } from './database.ts';
import { eventRow } from './event-row.ts';
import { type ColumnOf, RowReader } from './row.ts';
import type { deliveries } from './schema.ts';

/** How many of the newest rows are looked at. */
const rowsMax = 10_000;

export interface NewestEvent {
  readonly source: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** Null if its source did not say. */
  readonly occurredAt: string | null;
}

/** By source; a source with none among the newest 10 000 events is absent. */
export async function readNewestEvents(db: Database): Promise<NewestEvent[]> {
  const rows = await db.$client`
    select source, extract(epoch from received_at) * 1000 as received_at,
      extract(epoch from occurred_at) * 1000 as occurred_at
    from events where id in (
      select max(id) from (
        select id, source from events order by id desc limit ${rowsMax}
      ) newest group by source
    ) order by source`;
  return rows.map((one) => ({
    source: eventRow.text(one, 'source'),
    receivedAt: eventRow.time(one, 'received_at'),
    occurredAt: eventRow.timeOrNull(one, 'occurred_at'),
  }));
}

export interface RecentDeliveries {
  readonly sink: string;
  readonly lastHour: number;
  readonly lastDay: number;
}

const row = new RowReader<ColumnOf<typeof deliveries> | 'hour' | 'day' | 'looked'>('deliveries');

/**
 * How many deliveries of the newest 10 000 were delivered in the last hour and day.
 * @returns `isCut`: there may have been more
 */
export async function countRecentDeliveries(
  db: Database,
): Promise<{ readonly sinks: readonly RecentDeliveries[]; readonly isCut: boolean }> {
  const rows = await db.$client`
    select sink, count(*)::int as looked,
      count(*) filter (where state = 'delivered' and finalized_at > now() - interval '1 hour')::int
        as hour,
      count(*) filter (where state = 'delivered' and finalized_at > now() - interval '1 day')::int
        as day
    from (
      select sink, state, finalized_at from deliveries order by event_id desc limit ${rowsMax}
    ) newest group by sink order by sink`;
  const looked = rows.reduce((sum, one) => sum + row.number(one, 'looked'), 0);
  return {
    isCut: looked >= rowsMax,
    sinks: rows.map((one) => ({
      sink: row.text(one, 'sink'),
      lastHour: row.number(one, 'hour'),
      lastDay: row.number(one, 'day'),
    })),
  };
}
