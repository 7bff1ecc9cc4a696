// Stores events with their deliveries and the cursor: one statement, so it is all or nothing and costs one round trip.
import type { EventDraft } from '../event.ts';
import type { Database } from './database.ts';

/** The fencing facts of a held role; a statement that carries them does nothing once the role was lost. */
export interface Fence {
  readonly name: string;
  readonly holder: string;
  readonly epoch: number;
}

/** What was decided for one sink. A smaller priority goes first. */
export interface Decision {
  readonly sink: string;
  readonly state: 'pending' | 'suppressed';
  readonly reason: string | null;
  readonly priority: number;
}

export interface DecidedEvent {
  readonly draft: EventDraft;
  readonly routes: readonly string[];
  readonly decisions: readonly Decision[];
}

export interface InsertedEvent {
  /** Index into the events that were given. */
  readonly index: number;
  readonly id: number;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly receivedAtMs: number;
}

// Splits the raw objects out of one text parameter. A raw control character cannot stand in JSON text, so no object contains it.
const recordSeparator = '\u001e';

/**
 * Inserts the events that are new, a delivery for each decision about them, and moves the source's cursor, all in one statement.
 *
 * @param fence null for writers that hold no role (notices)
 * @param cursor null leaves the cursor as it is
 * @param generation in which the page was read; null for what belongs to none
 * @returns the new events, or null if nothing was written, because the role was lost or an operator began another generation
 * @throws the driver's error; SQLSTATE class 22 or 54 if the database cannot hold one of the texts
 */
export async function insertPage(
  db: Database,
  fence: Fence | null,
  source: string,
  events: readonly DecidedEvent[],
  cursor: string | null,
  generation: number | null = null,
): Promise<InsertedEvent[] | null> {
  const records = JSON.stringify(events.map(toRecord));
  const decisions = JSON.stringify(
    events.flatMap((event, index) => event.decisions.map((decision) => ({ n: index + 1, ...decision }))),
  );
  const bodies = events.map((event) => JSON.stringify(event.draft.body)).join(recordSeparator);
  const raws = events.map((event) => event.draft.raw).join(recordSeparator);
  const rows = await db.$client`
    with fence as (
      select 1 as held from leases
      where ${fence?.name ?? null}::text is not null and name = ${fence?.name ?? null} and holder = ${fence?.holder ?? null}::uuid
        and epoch = ${fence?.epoch ?? null}::bigint
      for share
    ), reset as (
      select 1 from (select generation from cursors where source = ${source}::text for no key update) known
      where generation <> ${generation}::integer
    ), allowed as (
      select 1 where (${fence === null} or exists (select 1 from fence)) and not exists (select 1 from reset)
    ), inserted as (
      insert into events (source, external_id, subject, stream, type, severity, status, action, occurred_at, body, raw, routes)
      select ${source}::text, external_id, subject, stream, type, severity, status, action, occurred_at, body::jsonb, raw::json,
        array(select json_array_elements_text(routes))
      from rows from (
        json_to_recordset(${records}::text::json) as (
          external_id text, subject text, stream text, type text, severity smallint, status text, action text,
          occurred_at timestamptz, routes json),
        unnest(string_to_array(${bodies}::text, ${recordSeparator}::text)),
        unnest(string_to_array(${raws}::text, ${recordSeparator}::text))
      ) with ordinality as i(external_id, subject, stream, type, severity, status, action, occurred_at, routes, body, raw, n)
      where exists (select 1 from allowed) order by n
      on conflict (source, external_id) do nothing
      returning id, external_id, received_at
    ), numbered as (
      select i.id, i.received_at, k.n from inserted i join rows from (
        json_to_recordset(${records}::text::json) as (external_id text)) with ordinality as k(external_id, n) using (external_id)
    ), decided as (
      insert into deliveries (event_id, sink, state, reason, priority, finalized_at)
      select e.id, d.sink, d.state, d.reason, d.priority, case when d.state <> 'pending' then now() end
      from numbered e join json_to_recordset(${decisions}::text::json)
        as d(n bigint, sink text, state text, reason text, priority smallint) using (n)
    ), moved as (
      insert into cursors (source, cursor)
      select ${source}, ${cursor}::text from allowed where ${cursor}::text is not null
      on conflict (source) do update set cursor = excluded.cursor, updated_at = now()
    )
    select null::bigint as id, null::bigint as n, null::float8 as received_ms from allowed
    union all
    select id, n, extract(epoch from received_at) * 1000 from numbered`;
  if (rows.length === 0) return null;
  return rows
    .filter((row) => row.id !== null)
    .map((row) => ({ index: Number(row.n) - 1, id: Number(row.id), receivedAtMs: Number(row.received_ms) }))
    .sort((a, b) => a.id - b.id);
}

function toRecord({ draft, routes }: DecidedEvent) {
  return {
    external_id: draft.externalId,
    subject: draft.subject,
    stream: draft.stream,
    type: draft.type,
    severity: draft.severity,
    status: draft.status,
    action: draft.action,
    occurred_at: draft.occurredAt,
    routes,
  };
}

/** True if events of more than one tenant are among the newest thousand; then cards must name the tenant. */
export async function hasSeveralTenants(db: Database): Promise<boolean> {
  const [row] = await db.$client`
    select count(distinct (body->'tenant'->>'provider', body->'tenant'->>'name')) > 1 as several
    from (select body from events order by id desc limit 1000) newest where body ? 'tenant'`;
  return row?.several === true;
}
