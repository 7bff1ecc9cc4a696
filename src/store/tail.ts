// The events that were stored last, for those who watch.
import type { EventBody } from '../kit/event.ts';
import type { TailedEvent } from '../kit/records/tail.ts';
import type { Database } from './database.ts';
import { eventColumns, eventRow, toEvent } from './event-row.ts';
import type { Row } from './row.ts';

export interface TailChoice {
  readonly afterId: number;
  /** Ids at or before `afterId` whose events may have been stored since. */
  readonly alsoIds: readonly number[];
  readonly limit: number;
}

/** In the order of their ids. */
export async function readTail(
  db: Database,
  { afterId, alsoIds, limit }: TailChoice,
): Promise<TailedEvent[]> {
  const client = db.$client;
  const rows = await client`
    select ${eventColumns(db)}, (
      select string_agg(d.sink, ',' order by d.sink) from deliveries d
      where d.event_id = e.id and d.state <> 'suppressed'
    ) as sinks
    from events e
    where e.id in (
      select id from events where id > ${afterId}
      union all
      select unnest(${`{${alsoIds.join(',')}}`}::text::bigint[])
      order by 1 limit ${limit}
    )
    order by e.id`;
  return rows.map(toTailed);
}

/** 0 while there are none. */
export async function newestEventId(db: Database): Promise<number> {
  const [newest] = await db.$client`select coalesce(max(id), 0) as id from events`;
  return eventRow.number(newest!, 'id');
}

function toTailed(row: Row): TailedEvent {
  const { body, subject: _, ...facts } = toEvent(row);
  const { itemId, device, user, file }: EventBody = body;
  const sinks = eventRow.textOrNull(row, 'sinks');
  return {
    ...facts,
    itemId: itemId ?? null,
    device: device?.name ?? null,
    user: user ?? null,
    file: file?.name ?? null,
    sinks: sinks === null ? [] : sinks.split(','),
  };
}
