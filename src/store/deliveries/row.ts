// Reads a row of the table of deliveries.
import type { MessageForm } from '../../kit/event.ts';
import type { IncidentView } from '../../kit/incident.ts';
import {
  type DeliveryKey,
  type DueDelivery,
  deliveryKinds,
  deliveryStates,
  type Held,
  type HeldBy,
  type ListedDelivery,
} from '../../kit/records/delivery.ts';
import type { Database } from '../database.ts';
import { eventRow, severityOf, toEvent } from '../event-row.ts';
import { type ColumnOf, type Row, RowReader } from '../row.ts';
import type { deliveries, deliveryAttempts } from '../schema.ts';

/**
 * `unanswered`: how many attempts got no answer. `count`: how many rows a statement changed or
 * found. `thread_id`: the far end's id of the message that a reply belongs to. `root_id`: the event
 * whose incident it is about. `has_incidents`: there are some at all.
 */
export const deliveryRow = new RowReader<
  ColumnOf<typeof deliveries> | 'unanswered' | 'count' | 'thread_id' | 'root_id' | 'has_incidents'
>('deliveries');

const forms: readonly MessageForm[] = ['full', 'short', 'bare'];
const holders: readonly HeldBy[] = ['group', 'storm'];

/** @param row columns of a delivery and of its event */
export function toDue(row: Row, incident?: IncidentView): DueDelivery {
  const unanswered = deliveryRow.number(row, 'unanswered');
  const route = deliveryRow.textOrNull(row, 'route');
  const traceParent = eventRow.textOrNull(row, 'traceparent');
  const held = toHeld(row);
  const kind = deliveryRow.oneOf(row, 'kind', deliveryKinds);
  const threadId = deliveryRow.textOrNull(row, 'thread_id');
  return {
    priority: deliveryRow.number(row, 'priority'),
    attempts: deliveryRow.number(row, 'attempts'),
    form: deliveryRow.oneOf(row, 'form', forms),
    ...(unanswered > 0 && { unanswered }),
    ...(route !== null && { route }),
    ...(traceParent !== null && { traceParent }),
    ...(held !== undefined && { held }),
    ...(incident !== undefined && { incident }),
    ...(kind !== 'card' && { kind }),
    ...(threadId !== null && { threadId }),
    event: toEvent(row),
  };
}

/** Undefined for what nothing held. */
export function toHeld(row: Row): Held | undefined {
  const untilMs = deliveryRow.numberOrNull(row, 'held_until');
  return untilMs === null ? undefined : { by: deliveryRow.oneOf(row, 'held_by', holders), untilMs };
}

/**
 * For a lateral join `a` with a row `d` of deliveries: the last attempt that got an answer, of the
 * delivery or of the digest in which it travelled.
 */
export function lastAnswered({ $client: client }: Database) {
  return client`select status, answer from delivery_attempts t
    where t.event_id in (d.event_id, d.digest_id) and t.sink = d.sink
      and (t.status is not null or t.answer is not null)
    order by t.id desc limit 1`;
}

/** Of {@link lastAnswered}. */
export const answeredRow = new RowReader<ColumnOf<typeof deliveryAttempts>>('delivery_attempts');

/** What {@link toListed} reads: of deliveries `d`, events `e` and {@link lastAnswered} `a`. */
export function listedColumns({ $client: client }: Database) {
  return client`d.event_id, d.sink, d.state, d.reason, d.attempts, d.form,
    extract(epoch from d.scheduled_at) * 1000 as scheduled_at,
    extract(epoch from d.finalized_at) * 1000 as finalized_at,
    d.route, d.digest_id, d.silence_id, d.remote_id, a.status, a.answer, e.severity, e.type,
    extract(epoch from e.received_at) * 1000 as received_at, e.body->>'itemId' as item_id,
    e.body->'device'->>'name' as device`;
}

const bodyRow = new RowReader<'item_id' | 'device'>('events.body');

/** @param row with {@link listedColumns} */
export function toListed(row: Row): ListedDelivery {
  return {
    ...keyOf(row),
    state: deliveryRow.oneOf(row, 'state', deliveryStates),
    reason: deliveryRow.textOrNull(row, 'reason'),
    attempts: deliveryRow.number(row, 'attempts'),
    form: deliveryRow.oneOf(row, 'form', forms),
    scheduledAt: deliveryRow.time(row, 'scheduled_at'),
    finalizedAt: deliveryRow.timeOrNull(row, 'finalized_at'),
    route: deliveryRow.textOrNull(row, 'route'),
    digestId: deliveryRow.numberOrNull(row, 'digest_id'),
    silenceId: deliveryRow.numberOrNull(row, 'silence_id'),
    remoteId: deliveryRow.textOrNull(row, 'remote_id'),
    lastStatus: answeredRow.numberOrNull(row, 'status'),
    lastAnswer: answeredRow.textOrNull(row, 'answer'),
    severity: severityOf(row),
    type: eventRow.text(row, 'type'),
    device: bodyRow.textOrNull(row, 'device'),
    itemId: bodyRow.textOrNull(row, 'item_id'),
    receivedAt: eventRow.time(row, 'received_at'),
  };
}

export function keyOf(row: Row): DeliveryKey {
  return {
    eventId: deliveryRow.number(row, 'event_id'),
    sink: deliveryRow.text(row, 'sink'),
  };
}

/** Ids of the sinks that have rows in the state; each costs one look at its partial index. */
export async function sinksWith(db: Database, state: 'pending' | 'dead'): Promise<string[]> {
  const client = db.$client;
  const isState = state === 'dead' ? client`state = 'dead'` : client`state = 'pending'`;
  const rows = await client`
    with recursive names as (
      (select sink from deliveries where ${isState} order by sink limit 1)
      union all
      select (
        select d.sink from deliveries d where ${isState} and d.sink > n.sink
        order by d.sink limit 1
      ) from names n where n.sink is not null
    )
    select sink from names where sink is not null`;
  return rows.map((row) => deliveryRow.text(row, 'sink'));
}
