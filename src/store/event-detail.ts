// Reads one stored event with its raw object, its decision, and its deliveries with each attempt.

import { deliveryStates, type HeldBy } from '../kit/records/delivery.ts';
import type { DeliveryDetail, EventDetail, ToldAttempt } from '../kit/records/detail.ts';
import type { Database } from './database.ts';
import { eventColumns, eventRow, toEvent } from './event-row.ts';
import { type Row, RowReader } from './row.ts';

/** The newest of a delivery; one that is tried for days has more. */
const attemptsMax = 200;

/** Null: there is none of this id, or no longer. */
export async function readEventDetail(db: Database, id: string): Promise<EventDetail | null> {
  const [row] = await db.$client`
    select ${eventColumns(db)}, e.raw::text as raw, to_json(e.routes)::text as routes
    from events e where e.id = ${id}::bigint`;
  if (row === undefined) return null;
  return {
    event: toEvent(row),
    raw: eventRow.text(row, 'raw'),
    routes: eventRow.json<string[]>(row, 'routes'),
    deliveries: await readDeliveryDetails(db, id),
  };
}

async function readDeliveryDetails(db: Database, id: string): Promise<readonly DeliveryDetail[]> {
  const rows = await db.$client`
    select d.sink, d.state, d.reason, d.attempts, d.form, d.route, d.group_key, d.digest_id,
      d.silence_id, s.owner, s.reason as silence_reason, d.held_by,
      coalesce(d.remote_id, g.remote_id) as remote_id,
      extract(epoch from d.scheduled_at) * 1000 as scheduled_at,
      extract(epoch from d.finalized_at) * 1000 as finalized_at,
      extract(epoch from d.held_until) * 1000 as held_until,
      coalesce((
        select json_agg(json_build_object('at', extract(epoch from a.at) * 1000,
          'outcome', a.outcome, 'reason', a.reason, 'status', a.status,
          'durationMs', a.duration_ms, 'answer', a.answer,
          'isOfDigest', a.event_id <> d.event_id) order by a.id)
        from (
          select * from delivery_attempts
          where event_id in (d.event_id, d.digest_id) and sink = d.sink
          order by id desc limit ${attemptsMax}
        ) a
      ), '[]')::text as tried
    from deliveries d left join silences s on s.id = d.silence_id
      left join deliveries g on g.event_id = d.digest_id and g.sink = d.sink
    where d.event_id = ${id}::bigint order by d.sink`;
  return rows.map(toDetail);
}

const detailRow = new RowReader<
  | ('sink' | 'state' | 'reason' | 'attempts' | 'form' | 'route' | 'group_key' | 'digest_id')
  | ('silence_id' | 'owner' | 'silence_reason' | 'held_by' | 'remote_id')
  | ('scheduled_at' | 'finalized_at' | 'held_until' | 'tried')
>('deliveries');

const holders: readonly HeldBy[] = ['group', 'storm'];

function toDetail(row: Row): DeliveryDetail {
  const tried = detailRow.json<(Omit<ToldAttempt, 'at'> & { readonly at: number })[]>(row, 'tried');
  return {
    sink: detailRow.text(row, 'sink'),
    state: detailRow.oneOf(row, 'state', deliveryStates),
    reason: detailRow.textOrNull(row, 'reason'),
    attempts: detailRow.number(row, 'attempts'),
    form: detailRow.oneOf(row, 'form', ['full', 'short', 'bare']),
    scheduledAt: detailRow.time(row, 'scheduled_at'),
    finalizedAt: detailRow.timeOrNull(row, 'finalized_at'),
    route: detailRow.textOrNull(row, 'route'),
    groupKey: detailRow.textOrNull(row, 'group_key'),
    digestId: detailRow.numberOrNull(row, 'digest_id'),
    silence: silenceOf(row),
    remoteId: detailRow.textOrNull(row, 'remote_id'),
    heldBy: row.held_by === null ? null : detailRow.oneOf(row, 'held_by', holders),
    heldUntil: detailRow.timeOrNull(row, 'held_until'),
    tried: tried.map((one) => ({ ...one, at: new Date(one.at).toISOString() })),
  };
}

function silenceOf(row: Row): DeliveryDetail['silence'] {
  const id = detailRow.numberOrNull(row, 'silence_id');
  if (id === null) return null;
  return {
    id,
    owner: detailRow.textOrNull(row, 'owner') ?? '',
    reason: detailRow.textOrNull(row, 'silence_reason') ?? '',
  };
}
