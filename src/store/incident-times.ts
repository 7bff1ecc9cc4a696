// Acknowledgements and snoozes whose time is over, by the database's clock.
import type { Database } from './database.ts';
import { quietAfterDays } from './incident-list.ts';
import { incidentRow } from './incidents.ts';
import { RowReader } from './row.ts';

export interface OverIncident {
  /** Its root event. */
  readonly eventId: number;
  /** Nothing has happened to it for so long that nobody needs to be told. */
  readonly isQuiet: boolean;
}

const overRow = new RowReader<'is_quiet'>('incidents');

/** The first `limit` that are over. If there are none, it costs a look into a small index. */
export async function readOver(db: Database, limit: number): Promise<OverIncident[]> {
  const rows = await db.$client`
    select event_id, greatest(changed_at, last_seen_at)
        < now() - ${quietAfterDays} * interval '1 day' as is_quiet
    from incidents
    where until <= now() and state in ('acknowledged', 'snoozed')
      and exists (select 1 from events e where e.id = event_id)
    order by until limit ${limit}`;
  return rows.map((row) => ({
    eventId: incidentRow.number(row, 'event_id'),
    isQuiet: overRow.boolean(row, 'is_quiet'),
  }));
}
