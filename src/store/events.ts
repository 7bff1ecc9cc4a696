// Stores events with their deliveries and the cursor: one statement, so it is all or nothing and
// costs one round trip.

import type { EventDraft } from '../kit/event.ts';
import { keysOf } from '../kit/event-keys.ts';
import type { DecidedEvent, Decision, InsertedEvent } from '../kit/records/decision.ts';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { heldPriority } from './deliveries/pending.ts';
import { eventRow } from './event-row.ts';
import { countMax, incidentSubject } from './incidents.ts';
import { heldLease } from './leases.ts';

/** Joins several texts into one parameter. JSON escapes control characters, so none contains it. */
export const textSeparator = '\u001e';

export interface NewPage {
  /** Null for a writer that holds no role, such as a notice's. */
  readonly fence: Fence | null;
  readonly source: string;
  /** No two have the same external id. */
  readonly events: readonly DecidedEvent[];
  /** The source's new cursor; null leaves the old one. */
  readonly cursor: string | null;
  /** Of the source when it read the page; absent for notices, which have none. */
  readonly generation?: number | undefined;
  /** Of the page; absent if it is not traced. */
  readonly traceParent?: string | undefined;
}

/**
 * Inserts the events that are new, a delivery for each decision about them, and moves the source's
 * cursor, all in one statement.
 *
 * @returns the new events, or null if nothing was written, because the role was lost or an operator
 * began another generation
 * @throws the driver's error; SQLSTATE class 22 or 54 if the database cannot hold one of the texts
 */
export async function insertPage(db: Database, page: NewPage): Promise<InsertedEvent[] | null> {
  const { fence, source, events, cursor, generation = null, traceParent = null } = page;
  const drafts = events.map(({ draft }) => draft);
  const column = (value: (draft: EventDraft) => string | null) => arrayOf(drafts.map(value));
  const bodies = drafts.map(({ body }) => JSON.stringify(body)).join(textSeparator);
  const raws = drafts.map(({ raw }) => raw).join(textSeparator);
  const decisions = events.flatMap((event) => event.decisions);
  const decidedIds = events.flatMap(({ draft, decisions: own }) => own.map(() => draft.externalId));
  const decided = (value: (decision: Decision) => string | null) => arrayOf(decisions.map(value));
  const client = db.$client;
  const rows = await client`
    with fence as (${fence === null ? client`select 1 where false` : heldLease(client, fence)}
    ), reset as (
      select 1 from (
        select generation from cursors where source = ${source}::text for no key update
      ) known
      where generation <> ${generation}::integer
    ), allowed as (
      select 1
      where (${fence === null} or exists (select 1 from fence)) and not exists (select 1 from reset)
    ), inserted as (
      insert into events (source, external_id, subject, stream, type, severity, status, action,
        occurred_at, routes, body, raw, traceparent, keys)
      select ${source}::text, external_id, subject, stream, type, severity::smallint, status,
        action, occurred_at::timestamptz, routes::text[], body::json, raw::json,
        ${traceParent}::text, keys::integer[]
      from unnest(
        ${column((draft) => draft.externalId)}::text::text[],
        ${column((draft) => draft.subject)}::text::text[],
        ${column((draft) => draft.stream)}::text::text[],
        ${column((draft) => draft.type)}::text::text[],
        ${column((draft) => String(draft.severity))}::text::text[],
        ${column((draft) => draft.status)}::text::text[],
        ${column((draft) => draft.action)}::text::text[],
        ${column((draft) => draft.occurredAt)}::text::text[],
        ${arrayOf(events.map(({ routes }) => arrayOf(routes)))}::text::text[],
        ${arrayOf(drafts.map((draft) => `{${keysOf(draft).join(',')}}`))}::text::text[],
        string_to_array(${bodies}::text, ${textSeparator}::text),
        string_to_array(${raws}::text, ${textSeparator}::text)
      ) with ordinality as i(external_id, subject, stream, type, severity, status, action,
        occurred_at, routes, keys, body, raw, n)
      where exists (select 1 from allowed) order by n
      on conflict (source, external_id) do nothing
      returning id, external_id, received_at
    ), decided as (
      insert into deliveries (event_id, sink, state, reason, priority, finalized_at, route,
        group_key, silence_id)
      select e.id, d.sink, d.state, d.reason, d.priority::smallint,
        case when d.state <> 'pending' then now() end, d.route, d.group_key, d.silence_id::bigint
      from inserted e join unnest(
        ${arrayOf(decidedIds)}::text::text[],
        ${decided(({ sink }) => sink)}::text::text[],
        ${decided(({ state }) => state)}::text::text[],
        ${decided(({ reason }) => reason)}::text::text[],
        ${decided((decision) => String(storedPriority(decision)))}::text::text[],
        ${decided(({ route }) => route ?? null)}::text::text[],
        ${decided(({ groupKey }) => groupKey ?? null)}::text::text[],
        ${decided(({ silenceId }) => silenceId?.toString() ?? null)}::text::text[]
      ) as d(external_id, sink, state, reason, priority, route, group_key, silence_id)
        using (external_id)
    ), ${raised(db, page)} moved as (
      insert into cursors (source, cursor)
      select ${source}, ${cursor}::text from allowed where ${cursor}::text is not null
      on conflict (source) do update set cursor = excluded.cursor, updated_at = now()
    )
    select null::bigint as id, null::text as external_id, null::float8 as received_at from allowed
    union all
    select id, external_id, extract(epoch from received_at) * 1000 from inserted`;
  if (rows.length === 0) return null;
  const indexOf = new Map(drafts.map(({ externalId }, index) => [externalId, index]));
  return rows
    .filter((row) => row.id !== null)
    .map((row) => ({
      index: indexOf.get(eventRow.text(row, 'external_id'))!,
      id: eventRow.number(row, 'id'),
      receivedAtMs: eventRow.number(row, 'received_at'),
    }))
    .sort((a, b) => a.id - b.id);
}

/**
 * The incidents of those events that a route escalates and that somebody hears of: a part of the
 * statement, which most pages have not.
 */
function raised(db: Database, { source, events }: NewPage) {
  const client = db.$client;
  const escalated = events.filter(
    ({ escalation, decisions }) => escalation && decisions.some(({ state }) => state === 'pending'),
  );
  if (escalated.length === 0) return client``;
  const list = escalated.map(({ draft, escalation }) => ({
    external_id: draft.externalId,
    subject: draft.subject,
    severity: draft.severity,
    occurrences: Math.min(Math.max(1, draft.body.recurrence ?? 1), countMax),
    route: escalation!.route,
    after_ms: escalation!.afterMs,
  }));
  return client`raised as (
      insert into incidents (source, subject, event_id, state, severity, version, occurrences,
        route, step_at)
      select e.source, ${incidentSubject(db)}, e.id, 'open', e.severity, 0, e.occurrences, e.route,
        now() + e.after_ms * interval '1 millisecond'
      from (
        select ${source}::text as source, r.*, i.id
        from json_to_recordset(${JSON.stringify(list)}::text::json)
          as r(external_id text, subject text, severity smallint, occurrences integer, route text,
            after_ms float8)
          join inserted i using (external_id)
      ) e
      on conflict (source, subject) do update
        set route = coalesce(incidents.route, excluded.route)
    ),`;
}

function storedPriority({ priority, groupKey }: Decision): number {
  return groupKey === undefined ? priority : priority + heldPriority;
}

const toBeEscaped = /["\\]/;

/**
 * A Postgres array as text. On both sides it is many times cheaper than JSON, and than the driver's
 * own arrays.
 */
function arrayOf(values: readonly (string | null)[]): string {
  let isNull = true;
  let isPlain = true;
  for (const value of values) {
    isNull &&= value === null;
    isPlain &&= value !== null && !toBeEscaped.test(value);
  }
  // `unnest` fills it up with nulls to the length of the others.
  if (isNull) return '{}';
  if (isPlain) return `{"${values.join('","')}"}`;
  return `{${values.map(quoted).join(',')}}`;
}

function quoted(value: string | null): string {
  return value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`;
}
