// What happened to incidents: one change in one statement, with the messages that it makes untrue
// and the news of it; and the changes and edits of one incident.

import { newsStream, noticeSource } from '../kit/event.ts';
import { type IncidentView, incidentStates, type News } from '../kit/incident.ts';
import type {
  KnownIncident,
  NextIncident,
  StoredChange,
  StoredEdit,
} from '../kit/records/incident.ts';
import type { Database } from './database.ts';
import { countMax, incidentSubject, toView, viewColumns } from './incidents.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import type { incidentChanges, messageEdits } from './schema.ts';

/** A message is edited at most once in this time; what happens meanwhile shows in one edit. */
export const editEveryMs = 10_000;
/** Behind every card. */
const replyPriority = 5;
/**
 * The reason of a delivery of a step that is being sent: too late to stop it. Whoever sends one
 * puts it there first.
 */
export const claimedStep = 'sending';

export interface NewChange {
  readonly known: KnownIncident;
  readonly next: NextIncident;
  readonly actor: string;
  readonly via: string;
  readonly note: string | null;
  /** What the vendor changed; of news alone. */
  readonly fields?: News['fields'];
}

/**
 * Stores the change, if the incident is still as known: one statement, so that it is whole without
 * a transaction, too. With it:
 *
 * - each message of the root event, and each that a step of its escalation sent, must be edited
 *   (`message_edits.wanted`), unless the far end gave no id of it;
 * - if people must not miss it, an event of source `tocsin` and stream `incident` is stored, with a
 *   delivery of kind `reply` to each message of the root event that was delivered. An event that
 *   travelled in a digest is shown by the digest's message;
 * - the deliveries of an escalation's step are stored, if it has one; their messages show this
 *   version;
 * - unless it stays open, the steps that nobody sends yet are suppressed, and no further one is
 *   made. Once it is open again, they begin anew. Whoever takes a digest stops the steps of the
 *   events in it for good: its message is all that people saw of them;
 * - if it becomes more severe while it is open, the last step whose time has passed is due again;
 * - if it happens again while it is open and no step is to come, it is looked at once more.
 *
 * @returns the incident as it is now; null if it had changed before, and nothing was written
 */
export async function writeChange(db: Database, change: NewChange): Promise<IncidentView | null> {
  const { known, next, actor, via, note } = change;
  const { view } = known;
  const client = db.$client;
  const { step } = next;
  const isOpen = next.state === 'open';
  const news = JSON.stringify(newsOf(change));
  const steps = JSON.stringify(step?.deliveries ?? []);
  const [row] = await client`
    with written as (${view.id === 0 ? inserted(db, change) : updated(db, change)}
    ), changed as (
      insert into incident_changes (incident_id, kind, from_state, to_state, actor, via, note,
        values)
      select id, ${next.kind}::text, ${view.state}::text, ${next.state}::text, ${actor}::text,
        ${via}::text, ${note}::text, ${JSON.stringify(next.values)}::text::json
      from written
    ), edits as (
      insert into message_edits (event_id, sink, wanted, scheduled_at)
      select event_id, sink, version, now() from (
        select d.event_id, d.sink, w.version
        from written w join deliveries d on d.event_id = w.event_id
        where d.kind = 'card' and d.state <> 'suppressed' and d.digest_id is null
          and (d.state <> 'delivered' or d.remote_id is not null)
        union all
        select d.event_id, d.sink, w.version
        from written w join deliveries d on d.to_event = w.event_id
        where d.kind = 'step' and case d.state
            when 'delivered' then d.remote_id is not null
            when 'pending' then ${isOpen} or d.reason = ${claimedStep}::text
          end
      ) shown
      order by event_id, sink
      on conflict (event_id, sink) do update set wanted = excluded.wanted,
        state = case when message_edits.state = 'gone' then 'gone' else 'current' end,
        scheduled_at = case
          when message_edits.wanted > message_edits.done then message_edits.scheduled_at
          else greatest(now(),
            message_edits.edited_at + ${editEveryMs}::float8 * interval '1 millisecond')
        end
    ), steps as (
      select s.sink, s.priority, s.route
      from json_to_recordset(${steps}::text::json) as s(sink text, priority smallint, route text)
        cross join written
    ), targets as (
      select d.sink, m.event_id as to_event, m.route
      from written w join deliveries d on d.event_id = w.event_id
        join deliveries m on m.event_id = coalesce(d.digest_id, d.event_id) and m.sink = d.sink
      where ${next.isTold} and d.kind = 'card' and m.state = 'delivered'
        and d.sink not in (select sink from steps)
    ), news as (
      insert into events (source, external_id, subject, stream, type, severity, routes, body, raw,
        keys)
      select ${noticeSource}::text, 'incident:' || w.id || ':' || w.version,
        'incident:' || w.id, ${newsStream}::text, 'INCIDENT', w.severity, '{}',
        json_build_object('news', n.news), n.news, '{}'
      from written w cross join lateral (
        select (${news}::text::jsonb || jsonb_build_object('incidentId', w.id))::json as news
      ) n
      where exists (select 1 from targets) or exists (select 1 from steps)
      returning id
    ), told as (
      insert into deliveries (event_id, sink, state, priority, route, kind, to_event)
      select n.id, t.sink, 'pending', ${replyPriority}::smallint, t.route, 'reply', t.to_event
      from news n cross join targets t
      union all
      select n.id, s.sink, 'pending', s.priority, s.route, 'step', ${view.eventId}::bigint
      from news n cross join steps s
    ), begun as (
      insert into message_edits (event_id, sink, wanted, done, scheduled_at)
      select n.id, s.sink, w.version, w.version, now() from news n cross join steps s cross join written w
    ), members as (
      select d.event_id from written w join deliveries d on d.digest_id = w.event_id
    ), stopped as (
      update deliveries d
      set state = 'suppressed', reason = ${next.state}::text, finalized_at = now()
      from written w
      where not ${isOpen} and d.kind = 'step' and d.state = 'pending'
        and d.reason is distinct from ${claimedStep}::text
        and (d.to_event = w.event_id or d.to_event in (select event_id from members))
    ), held as (
      update incidents i set step_at = null
      where not ${isOpen} and i.step_at is not null
        and i.event_id in (select event_id from members)
    )
    select ${viewColumns(db)} from written i`;
  return row === undefined ? null : toView(row);
}

function inserted(db: Database, { known, next, actor, via, note }: NewChange) {
  const client = db.$client;
  const { view } = known;
  const { isTaken, state, step } = next;
  return client`
    insert into incidents (source, subject, event_id, state, severity, opened_at, changed_at, by,
      via, until, note, acknowledged_at, resolved_at, occurrences, last_seen_at, step, step_at,
      escalated_to)
    select e.source, ${incidentSubject(db)}, e.id, ${state}::text, ${next.severity}::smallint,
      e.received_at, case when ${isTaken} then now() else e.received_at end,
      ${isTaken ? actor : null}::text, ${isTaken ? via : null}::text,
      ${timeOf(db, next.untilMs)}, ${note}::text,
      case when ${state === 'acknowledged'} then now() end,
      case when ${state === 'resolved'} then now() end,
      ${Math.min(view.occurrences + next.seenAgain, countMax)}::integer, ${next.seenAt}::text::timestamptz,
      ${step?.step ?? 0}::integer, ${timeOf(db, step?.nextAtMs ?? null)}, ${step?.to ?? null}::text
    from events e where e.id = ${view.eventId}::bigint
    on conflict (source, subject) do nothing
    returning *`;
}

function updated(db: Database, { known, next, actor, via, note }: NewChange) {
  const client = db.$client;
  const { view } = known;
  const { isTaken, state } = next;
  // A shorter statement for what changes nobody's state: most changes are recurrences.
  const taken = isTaken
    ? client`, by = ${actor}, via = ${via}, until = ${timeOf(db, next.untilMs)},
        note = ${note}::text, changed_at = now()`
    : client`, note = coalesce(${note}::text, note)`;
  const acknowledged =
    state === 'acknowledged'
      ? client`, acknowledged_at = coalesce(acknowledged_at, now())`
      : client``;
  const resolved =
    state === 'resolved' && view.state !== 'resolved' ? client`, resolved_at = now()` : client``;
  return client`
    update incidents set state = ${state}, severity = ${next.severity}::smallint,
      version = version + 1, occurrences = least(occurrences + ${next.seenAgain}::bigint, ${countMax})::integer,
      last_seen_at = greatest(last_seen_at, ${next.seenAt}::text::timestamptz)
      ${taken} ${acknowledged} ${resolved} ${escalation(db, view, next)}
    where id = ${view.id} and version = ${view.version}
    returning *`;
}

function escalation(
  db: Database,
  before: IncidentView,
  { kind, state, step }: Pick<NextIncident, 'kind' | 'state' | 'step'>,
) {
  const client = db.$client;
  if (step !== undefined)
    return client`, step = ${step.step}::integer, escalated_to = ${step.to}::text,
      step_at = ${timeOf(db, step.nextAtMs)}`;
  if (state !== 'open') return client`, step_at = null`;
  const again = client`step_at = case when route is not null then now() end`;
  // A step that passed may have been for higher severities alone: the last one counts again.
  if (before.state === 'open' && kind === 'severity_raised')
    return client`, step = greatest(step - 1, 0), ${again}`;
  // Perhaps each step was made and nobody came: it is looked at, and must not be silent for ever.
  if (before.state === 'open' && kind === 'seen_again')
    return client`, step_at = case when route is not null then coalesce(step_at, now()) end`;
  if (before.state === 'open') return client``;
  return client`, step = 0, escalated_to = null, ${again}`;
}

/** @param ms since the epoch */
function timeOf({ $client: client }: Database, ms: number | null) {
  return client`to_timestamp(${ms}::float8 / 1000)`;
}

/** Without the incident's number: the statement adds it. */
function newsOf({ known, next, actor, via, note, fields }: NewChange): Omit<News, 'incidentId'> {
  const { view, about } = known;
  return {
    kind: next.kind,
    eventId: view.eventId,
    about: { ...about, severity: next.severity },
    state: next.state,
    actor,
    via,
    ...(note !== null && { note }),
    ...(fields !== undefined && { fields }),
    values: next.values,
    ...(next.step?.mention !== undefined && { mention: next.step.mention }),
  };
}

const changeRow = new RowReader<ColumnOf<typeof incidentChanges>>('incident_changes');

/** The last `limit` changes of an incident, the oldest first. */
export async function readChanges(
  db: Database,
  incidentId: number,
  limit: number,
): Promise<readonly StoredChange[]> {
  const rows = await db.$client`
    select id, extract(epoch from at) * 1000 as at, kind, from_state, to_state, actor, via, note,
      values::text as values
    from incident_changes where incident_id = ${incidentId} order by id desc limit ${limit}`;
  return rows.map(toChange).reverse();
}

/**
 * Whether it was escalated after this version. Each change raises the version by one, so these are
 * the last so many.
 */
export async function isEscalatedSince(
  db: Database,
  { id, version }: { readonly id: number; readonly version: number },
  since: number,
): Promise<boolean> {
  const found = await db.$client`
    select 1 from (
      select kind from incident_changes where incident_id = ${id} order by id desc
      limit ${Math.max(0, version - since)}
    ) c where c.kind = 'escalated' limit 1`;
  return found.length > 0;
}

function toChange(row: Row): StoredChange {
  return {
    id: changeRow.number(row, 'id'),
    at: changeRow.time(row, 'at'),
    kind: changeRow.text(row, 'kind'),
    from: changeRow.oneOf(row, 'from_state', incidentStates),
    to: changeRow.oneOf(row, 'to_state', incidentStates),
    actor: changeRow.text(row, 'actor'),
    via: changeRow.text(row, 'via'),
    note: changeRow.textOrNull(row, 'note'),
    values: changeRow.jsonOrNull<Record<string, string>>(row, 'values') ?? {},
  };
}

const editRow = new RowReader<ColumnOf<typeof messageEdits>>('message_edits');

/** Of the messages of a root event, by sink. */
export async function readEdits(db: Database, eventId: number): Promise<readonly StoredEdit[]> {
  const rows = await db.$client`
    select sink, wanted, done, extract(epoch from edited_at) * 1000 as edited_at, state, reason
    from message_edits where event_id = ${eventId}::bigint order by sink`;
  return rows.map((row) => ({
    sink: editRow.text(row, 'sink'),
    wanted: editRow.number(row, 'wanted'),
    done: editRow.number(row, 'done'),
    editedAt: editRow.timeOrNull(row, 'edited_at'),
    state: editRow.oneOf(row, 'state', ['current', 'gone', 'dead'] as const),
    reason: editRow.textOrNull(row, 'reason'),
  }));
}
