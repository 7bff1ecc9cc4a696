// Posted messages that must be made true again: which are due, and what became of them.
import type { MessageForm } from '../kit/event.ts';
import type { DueEdit, FailedEdit } from '../kit/records/edit.ts';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { aheadMaxMs, isDue, unansweredCount } from './deliveries/pending.ts';
import { deliveryRow, toHeld } from './deliveries/row.ts';
import { eventColumns, toEvent } from './event-row.ts';
import { editEveryMs } from './incident-changes.ts';
import { incidentOf, toIncident } from './incident-of.ts';
import { heldLease } from './leases.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import type { messageEdits } from './schema.ts';

const editRow = new RowReader<ColumnOf<typeof messageEdits> | 'incident' | 'count'>(
  'message_edits',
);
const forms: readonly MessageForm[] = ['full', 'short', 'bare'];

export interface EditChoice {
  readonly sink: string;
  readonly limit: number;
}

/** The messages of a sink whose edit is due, the longest due first. */
export async function takeDueEdits(db: Database, { sink, limit }: EditChoice): Promise<DueEdit[]> {
  const client = db.$client;
  const rows = await client`
    select ${eventColumns(db)}, ${postedColumns(db)}, m.attempts, m.done,
      ${incidentOf(db, rootId(db))} as incident
    from (
      select event_id, attempts, scheduled_at, done from message_edits
      where sink = ${sink} and state = 'current' and wanted > done and ${isDue(db)}
    ) m join deliveries d on d.event_id = m.event_id and d.sink = ${sink}
      and d.state = 'delivered' and d.remote_id is not null
      join events e on e.id = m.event_id
    where exists (select 1 from incidents i where i.event_id = ${rootId(db)})
    order by m.scheduled_at, m.event_id limit ${limit}`;
  return rows.map(toEdit);
}

/**
 * A posted message as its incident is now, whether or not it must be edited.
 * @returns null if nothing happened to the incident, or the message has no id
 */
export async function readPosted(
  db: Database,
  { eventId, sink }: { readonly eventId: number; readonly sink: string },
): Promise<DueEdit | null> {
  const [row] = await db.$client`
    select ${eventColumns(db)}, ${postedColumns(db)}, 0 as attempts, 0 as done,
      ${incidentOf(db, rootId(db))} as incident
    from deliveries d join events e on e.id = d.event_id
    where d.event_id = ${eventId}::bigint and d.sink = ${sink} and d.state = 'delivered'
      and d.remote_id is not null
      and exists (select 1 from incidents i where i.event_id = ${rootId(db)})`;
  return row === undefined ? null : toEdit(row);
}

/** The message of a sink that cannot edit shows this version, by the answer to a press. */
export async function recordShown(
  db: Database,
  { sink, eventId, version }: ShownVersion & { readonly sink: string },
): Promise<void> {
  await db.$client`
    update message_edits set done = greatest(done, ${version}::integer), edited_at = now()
    where event_id = ${eventId}::bigint and sink = ${sink}`;
}

/** SQL: whose incident the message of a delivery `d` shows; a step shows that of its root event. */
function rootId({ $client: client }: Database) {
  return client`coalesce(d.to_event, d.event_id)`;
}

/** SQL: of the delivery `d` of a posted message, what its first card said besides its event. */
function postedColumns({ $client: client }: Database) {
  return client`d.remote_id, d.form, d.route, d.held_by,
    extract(epoch from d.held_until) * 1000 as held_until,
    extract(epoch from d.finalized_at) * 1000 as finalized_at,
    (${unansweredCount(client)}) as unanswered`;
}

function toEdit(row: Row): DueEdit {
  const route = deliveryRow.textOrNull(row, 'route');
  const unanswered = deliveryRow.number(row, 'unanswered');
  const held = toHeld(row);
  return {
    event: toEvent(row),
    incident: toIncident(row)!,
    remoteId: deliveryRow.text(row, 'remote_id'),
    form: deliveryRow.oneOf(row, 'form', forms),
    ...(route !== null && { route }),
    attempts: editRow.number(row, 'attempts'),
    done: editRow.number(row, 'done'),
    postedAt: deliveryRow.time(row, 'finalized_at'),
    ...(unanswered > 0 && { unanswered }),
    ...(held !== undefined && { held }),
  };
}

/** A message that shows an incident as it was in this version. */
export interface ShownVersion {
  readonly eventId: number;
  readonly version: number;
}

/**
 * The message shows this version now. What happened meanwhile is shown by the next edit, no sooner
 * than {@link editEveryMs} from now. Fenced.
 * @returns false if the role was lost
 */
export async function recordEdited(
  db: Database,
  fence: Fence,
  { sink, eventId, version }: ShownVersion & { readonly sink: string },
): Promise<boolean> {
  const client = db.$client;
  const [row] = await client`
    with fence as (${heldLease(client, fence)}), done as (
      update message_edits set done = greatest(done, ${version}::integer), edited_at = now(),
        scheduled_at = now() + ${editEveryMs}::float8 * interval '1 millisecond', attempts = 0,
        reason = null
      where event_id = ${eventId}::bigint and sink = ${sink} and exists (select 1 from fence)
    )
    select count(*)::int as count from fence`;
  return editRow.number(row!, 'count') > 0;
}

/** Fenced. @returns false if the role was lost */
export async function recordEditFailed(
  db: Database,
  fence: Fence,
  { sink, eventId, attempts, state, reason, delayMs }: FailedEdit & { readonly sink: string },
): Promise<boolean> {
  const client = db.$client;
  const [row] = await client`
    with fence as (${heldLease(client, fence)}), failed as (
      update message_edits set attempts = ${attempts}::integer, state = ${state}::text,
        reason = ${reason}::text, scheduled_at =
          now() + least(${delayMs}::float8, ${aheadMaxMs}::float8) * interval '1 millisecond'
      where event_id = ${eventId}::bigint and sink = ${sink} and exists (select 1 from fence)
    )
    select count(*)::int as count from fence`;
  return editRow.number(row!, 'count') > 0;
}

/**
 * Forgets the edits of a sink that no message can take: it was never sent, or the far end gave no
 * id of it. If it is sent once more, it shows what became of its event by then.
 */
export async function settleEdits(db: Database, sink: string): Promise<void> {
  await db.$client`
    update message_edits m set done = m.wanted
    from deliveries d
    where m.sink = ${sink} and m.state = 'current' and m.wanted > m.done
      and d.event_id = m.event_id and d.sink = m.sink
      and (d.state = 'dead' or d.state = 'suppressed'
        or (d.state = 'delivered' and d.remote_id is null))`;
}

/** How many posted messages of each sink do not show what became of their event. */
export async function countEdits(db: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await db.$client`
    select m.sink, count(*)::int as count
    from message_edits m join deliveries d on d.event_id = m.event_id and d.sink = m.sink
    where m.state = 'current' and m.wanted > m.done and d.state = 'delivered'
      and d.remote_id is not null
    group by m.sink`;
  return new Map(rows.map((row) => [editRow.text(row, 'sink'), editRow.number(row, 'count')]));
}
