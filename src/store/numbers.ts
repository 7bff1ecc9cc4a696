// The events of a time with what became of them: when each was on a screen, acknowledged, resolved.
import { changeStream, noticeSource } from '../kit/event.ts';
import type { HandledEvent } from '../kit/records/numbers.ts';
import type { Database } from './database.ts';
import { severityOf } from './event-row.ts';
import { idAfter, idBefore } from './history.ts';
import { RowReader } from './row.ts';

const row = new RowReader<
  'received_at' | 'delivered_at' | 'acknowledged_at' | 'resolved_at' | 'is_vendors'
>('events');

export interface HandledSearch {
  /** When the event was received, in milliseconds since the epoch: since then, and before then. */
  readonly sinceMs: number;
  readonly untilMs: number;
  /** How many of the newest are read. */
  readonly rowsMax: number;
}

/**
 * The newest first. Left out are Tocsin's own, later changes of an item, and what nobody was to
 * hear of: no route sent it anywhere, or a silence covered it. Whoever takes a digest takes what
 * travelled in it: the digest's acknowledgement is that of each of these events, and so is its end,
 * unless somebody took the event by itself or something happened to it after that.
 */
export async function readHandled(
  db: Database,
  { sinceMs, untilMs, rowsMax }: HandledSearch,
): Promise<readonly HandledEvent[]> {
  const [first, last] = [await idBefore(db, sinceMs), await idAfter(db, untilMs)];
  const rows = await db.$client`
    select e.severity, extract(epoch from e.received_at) * 1000 as received_at,
      extract(epoch from d.delivered_at) * 1000 as delivered_at,
      extract(epoch from least(i.acknowledged_at, d.acknowledged_at)) * 1000 as acknowledged_at,
      extract(epoch from case
        when i.state = 'resolved' then i.resolved_at
        when i.by is null and not exists (
          select 1 from incident_changes c where c.incident_id = i.id and c.at > d.resolved_at
        ) then d.resolved_at
      end) * 1000 as resolved_at,
      coalesce(i.state = 'resolved' and i.via = 'vendor', false) as is_vendors
    from (
      select id, severity, received_at from events
      where id > ${first}::bigint and id <= ${last}::bigint
        and received_at >= to_timestamp(${sinceMs}::float8 / 1000)
        and received_at < to_timestamp(${untilMs}::float8 / 1000)
        and source <> ${noticeSource} and stream <> ${changeStream}
      order by id desc limit ${rowsMax}
    ) e
      cross join lateral (
        select min(m.finalized_at) filter (where m.state = 'delivered') as delivered_at,
          count(*) filter (where m.state <> 'suppressed') as wanted,
          min(g.acknowledged_at) as acknowledged_at,
          min(g.resolved_at) filter (where g.state = 'resolved') as resolved_at
        from deliveries m left join incidents g on g.event_id = m.digest_id
        where m.event_id = e.id and m.kind = 'card'
      ) d
      left join incidents i on i.event_id = e.id
    where d.wanted > 0
    order by e.id desc`;
  return rows.map((one) => ({
    severity: severityOf(one),
    receivedAtMs: row.number(one, 'received_at'),
    deliveredAtMs: row.numberOrNull(one, 'delivered_at'),
    acknowledgedAtMs: row.numberOrNull(one, 'acknowledged_at'),
    resolvedAtMs: row.numberOrNull(one, 'resolved_at'),
    isClosedByVendor: row.boolean(one, 'is_vendors'),
  }));
}
