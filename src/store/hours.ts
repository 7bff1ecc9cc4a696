// How many events arrived in each of the last 24 hours. Looks at the newest rows alone, however
// many there are.
import { noticeSource } from '../kit/event.ts';
import type { HourCounts } from '../kit/records/hours.ts';
import type { Database } from './database.ts';
import { type ColumnOf, RowReader } from './row.ts';
import type { events } from './schema.ts';

const row = new RowReader<ColumnOf<typeof events> | 'hour' | 'count' | 'urgent' | 'looked'>(
  'events',
);

/**
 * Oldest hour first; an hour without events is absent. Tocsin's own events do not count.
 * @param rowsMax how many of the newest rows are looked at
 * @returns `isCut`: the first hour is not whole, and earlier ones were not looked at
 */
export async function countByHour(
  db: Database,
  rowsMax: number,
): Promise<{ readonly hours: readonly HourCounts[]; readonly isCut: boolean }> {
  const rows = await db.$client`
    select extract(epoch from date_trunc('hour', received_at, 'UTC')) * 1000 as hour,
      count(*) filter (where source <> ${noticeSource})::int as count,
      count(*) filter (where source <> ${noticeSource} and severity >= 4)::int as urgent,
      count(*)::int as looked
    from (
      select source, severity, received_at from events order by id desc limit ${rowsMax}
    ) newest
    where received_at > date_trunc('hour', now(), 'UTC') - interval '23 hours'
    group by hour order by hour`;
  return {
    isCut: rows.reduce((sum, one) => sum + row.number(one, 'looked'), 0) >= rowsMax,
    hours: rows.map((one) => ({
      at: row.time(one, 'hour'),
      count: row.number(one, 'count'),
      urgent: row.number(one, 'urgent'),
    })),
  };
}
