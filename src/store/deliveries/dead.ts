// Lists the deliveries that were given up, and puts them back.
import type { DeadDelivery } from '../../kit/records/delivery.ts';
import type { Database } from '../database.ts';
import { eventRow, severityOf } from '../event-row.ts';
import { type ColumnOf, type Row, RowReader } from '../row.ts';
import type { deliveryAttempts } from '../schema.ts';
import { heldPriority } from './pending.ts';
import { deliveryRow } from './row.ts';

/** Dead deliveries, newest first. @param sink null for all */
export async function listDead(
  db: Database,
  sink: string | null,
  limit: number,
): Promise<DeadDelivery[]> {
  const rows = await db.$client`
    select d.event_id, d.sink, d.reason, d.attempts,
      extract(epoch from d.finalized_at) * 1000 as finalized_at, e.type, e.severity,
      e.body->>'itemId' as item_id, e.body->'device'->>'name' as device, a.status, a.answer
    from deliveries d join events e on e.id = d.event_id
      left join lateral (
        select status, answer from delivery_attempts a
        where a.event_id in (d.event_id, d.digest_id) and a.sink = d.sink
          and (a.status is not null or a.answer is not null)
        order by id desc limit 1
      ) a on true
    where d.state = 'dead' and (${sink}::text is null or d.sink = ${sink})
    order by d.event_id desc limit ${limit}`;
  return rows.map(toDead);
}

/** Of the last attempt that got an answer; null if none did. */
const attemptRow = new RowReader<ColumnOf<typeof deliveryAttempts>>('delivery_attempts');
const bodyRow = new RowReader<'item_id' | 'device'>('events.body');

function toDead(row: Row): DeadDelivery {
  return {
    eventId: deliveryRow.number(row, 'event_id'),
    itemId: bodyRow.textOrNull(row, 'item_id'),
    sink: deliveryRow.text(row, 'sink'),
    type: eventRow.text(row, 'type'),
    severity: severityOf(row),
    device: bodyRow.textOrNull(row, 'device'),
    reason: deliveryRow.text(row, 'reason'),
    attempts: deliveryRow.number(row, 'attempts'),
    deadSince: deliveryRow.time(row, 'finalized_at'),
    lastStatus: attemptRow.numberOrNull(row, 'status'),
    lastAnswer: attemptRow.textOrNull(row, 'answer'),
  };
}

/**
 * Puts dead deliveries back: pending, due now, as whole cards, attempts counted from the start. A
 * digest comes back with its members; a member without its digest comes back as a card of its own.
 * @param sink null for all
 * @param eventIds null for all
 * @returns how many were put back
 */
export async function redriveDead(
  db: Database,
  sink: string | null,
  eventIds: readonly number[] | null,
): Promise<number> {
  const ids = (eventIds ?? []).join(',');
  const [row] = await db.$client`
    with chosen as (
      select event_id, sink, digest_id from deliveries
      where state = 'dead' and (${sink}::text is null or sink = ${sink})
        and (${eventIds === null} or event_id = any (string_to_array(${ids}, ',')::bigint[])
          or digest_id = any (string_to_array(${ids}, ',')::bigint[]))
    ), placed as (
      select c.*, exists (
        select 1 from chosen d where d.event_id = c.digest_id and d.sink = c.sink
      ) as is_member
      from chosen c
    ), back as (
      update deliveries d set state = 'pending', reason = null, finalized_at = null, attempts = 0,
        form = 'full', scheduled_at = now(),
        priority = case when p.is_member then d.priority else d.priority % ${heldPriority} end,
        group_key = case when p.is_member then d.group_key end,
        digest_id = case when p.is_member then d.digest_id end
      from placed p where d.event_id = p.event_id and d.sink = p.sink
      returning 1
    )
    select count(*)::int as count from back`;
  return deliveryRow.number(row!, 'count');
}
