// Groups what was given up by what went wrong.
import type { DeadGroup } from '../../kit/records/delivery.ts';
import type { Database } from '../database.ts';
import { type Row, RowReader } from '../row.ts';
import { answeredRow, deliveryRow, lastAnswered, sinksWith } from './row.ts';

/** How many dead deliveries of a sink are looked at, the newest. */
export const groupedMax = 10_000;
/** Deliveries that stand for a group. */
const sampleMax = 5;

const groupRow = new RowReader<'oldest' | 'newest' | 'sample' | 'of_sink'>('deliveries');

/**
 * By sink, reason and last status; the largest group first. Of a sink with more dead ones than
 * {@link groupedMax} it counts the newest.
 * @param sink undefined: of all
 */
export async function groupDead(db: Database, sink?: string): Promise<DeadGroup[]> {
  const groups: DeadGroup[] = [];
  // One statement for all of them would be planned for far more rows, and compiled first.
  for (const id of sink === undefined ? await sinksWith(db, 'dead') : [sink])
    groups.push(...(await groupsOf(db, id)));
  return groups.sort((a, b) => b.count - a.count);
}

async function groupsOf(db: Database, sink: string): Promise<DeadGroup[]> {
  const rows = await db.$client`
    with d as (
      select event_id, sink, digest_id, reason, finalized_at from deliveries
      where sink = ${sink} and state = 'dead' order by event_id desc limit ${groupedMax + 1}
    ), answered as (
      select d.*, a.status,
        row_number() over (partition by reason, status order by event_id desc) as nth
      from d left join lateral (${lastAnswered(db)}) a on true
    )
    select sink, reason, status, count(*)::int as count, sum(count(*)) over ()::int as of_sink,
      extract(epoch from min(finalized_at)) * 1000 as oldest,
      extract(epoch from max(finalized_at)) * 1000 as newest,
      json_agg(event_id order by nth) filter (where nth <= ${sampleMax})::text as sample
    from answered group by sink, reason, status
    order by count(*) desc, reason, status`;
  return rows.map(toGroup);
}

function toGroup(row: Row): DeadGroup {
  const sink = deliveryRow.text(row, 'sink');
  return {
    sink,
    reason: deliveryRow.text(row, 'reason'),
    status: answeredRow.numberOrNull(row, 'status'),
    count: deliveryRow.number(row, 'count'),
    isPartial: groupRow.number(row, 'of_sink') > groupedMax,
    oldest: groupRow.time(row, 'oldest'),
    newest: groupRow.time(row, 'newest'),
    sample: groupRow.json<number[]>(row, 'sample').map((eventId) => ({ eventId, sink })),
  };
}
