// Incidents as they are stored: what became of an event. An event without a row is open, and
// nothing has happened to it.
import { type IncidentView, incidentStates, type News } from '../kit/incident.ts';
import type { KnownIncident } from '../kit/records/incident.ts';
import type { Database } from './database.ts';
import { eventRow, severityOf } from './event-row.ts';
import { storedItems } from './items.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import type { incidents } from './schema.ts';

/** `device`, `item_id` and `link` are of the body of the root event; `now` is the time there. */
export const incidentRow = new RowReader<
  ColumnOf<typeof incidents> | 'type' | 'device' | 'item_id' | 'link' | 'now'
>('incidents');

/**
 * SQL: the subject under which the incident of a root event `e` is stored. It names one event: a
 * source that was reset counts its items from the start again, and Tocsin's own digests share a
 * subject.
 */
export function incidentSubject({ $client: client }: Database) {
  return client`case when e.source = 'tocsin' then e.external_id
    else concat(substring(e.external_id from '^g[0-9]+/'), e.subject) end`;
}

/** SQL: what {@link toView} reads, of incidents `i`. */
export function viewColumns({ $client: client }: Database) {
  return client`i.id, i.event_id, i.state, i.version, i.severity, i.by, i.via, i.note,
    extract(epoch from i.changed_at) * 1000 as changed_at,
    extract(epoch from i.until) * 1000 as until, i.occurrences,
    extract(epoch from i.last_seen_at) * 1000 as last_seen_at, i.escalated_to`;
}

export function toView(row: Row): IncidentView {
  return {
    id: incidentRow.number(row, 'id'),
    eventId: incidentRow.number(row, 'event_id'),
    state: incidentRow.oneOf(row, 'state', incidentStates),
    version: incidentRow.number(row, 'version'),
    severity: severityOf(row),
    by: incidentRow.textOrNull(row, 'by'),
    via: incidentRow.textOrNull(row, 'via'),
    changedAt: incidentRow.time(row, 'changed_at'),
    until: incidentRow.timeOrNull(row, 'until'),
    note: incidentRow.textOrNull(row, 'note'),
    occurrences: incidentRow.number(row, 'occurrences'),
    lastSeenAt: incidentRow.timeOrNull(row, 'last_seen_at'),
    escalatedTo: incidentRow.textOrNull(row, 'escalated_to'),
  };
}

/**
 * The incidents of these root events, by the event's id; an event to which nothing happened is
 * absent. One look into a small index.
 */
export async function readIncidents(
  db: Database,
  eventIds: Iterable<number>,
): Promise<ReadonlyMap<number, IncidentView>> {
  const ids = [...eventIds].join(',');
  if (ids === '') return new Map();
  const rows = await db.$client`
    select ${viewColumns(db)} from incidents i
    where i.event_id = any (string_to_array(${ids}, ',')::bigint[])`;
  return new Map(rows.map((row) => [incidentRow.number(row, 'event_id'), toView(row)]));
}

/** The largest integer of Postgres: a vendor may claim more. */
export const countMax = 2_147_483_647;

/** SQL: {@link viewColumns} and `step` of a root event `e`, which may have no incident `i`. */
export function viewOrOpen({ $client: client }: Database) {
  return client`coalesce(i.id, 0) as id, e.id as event_id, coalesce(i.state, 'open') as state,
    coalesce(i.version, 0) as version, coalesce(i.severity, e.severity) as severity, i.by, i.via,
    i.note, extract(epoch from coalesce(i.changed_at, e.received_at)) * 1000 as changed_at,
    extract(epoch from i.until) * 1000 as until,
    coalesce(i.occurrences,
      least(greatest(1, (e.body->>'recurrence')::float8), ${countMax})::integer, 1) as occurrences,
    extract(epoch from i.last_seen_at) * 1000 as last_seen_at, i.escalated_to,
    coalesce(i.step, 0) as step`;
}

/** SQL: what a reader knows an event `e` by. */
export function aboutColumns({ $client: client }: Database) {
  return client`e.type, e.body->>'itemId' as item_id, e.body->>'link' as link,
    coalesce(e.body->'device'->>'name', e.body->'device'->>'id') as device`;
}

/** The incident of a root event. @returns null if there is no such event, or no longer */
export async function readIncident(db: Database, eventId: number): Promise<KnownIncident | null> {
  const [row] = await db.$client`
    select ${viewOrOpen(db)}, ${aboutColumns(db)},
      extract(epoch from now()) * 1000 as now
    from events e left join incidents i on i.event_id = e.id
    where e.id = ${eventId}::bigint`;
  if (row === undefined) return null;
  const view = toView(row);
  return {
    view,
    about: aboutOf(row, view),
    step: incidentRow.number(row, 'step'),
    nowMs: incidentRow.number(row, 'now'),
  };
}

/** @param row with {@link aboutColumns} */
export function aboutOf(row: Row, { severity }: Pick<IncidentView, 'severity'>): News['about'] {
  const device = incidentRow.textOrNull(row, 'device');
  const itemId = incidentRow.textOrNull(row, 'item_id');
  const link = incidentRow.textOrNull(row, 'link');
  return {
    severity,
    type: incidentRow.text(row, 'type'),
    ...(device !== null && { device }),
    ...(itemId !== null && { itemId }),
    ...(link !== null && { link }),
  };
}

/**
 * The root event of what an event is about: of a later change, the item that changed; of news, the
 * event whose news it is; else itself.
 * @returns null if there is no such event, or its root is not stored
 */
export async function rootEventOf(db: Database, eventId: number): Promise<number | null> {
  const [row] = await db.$client`
    select e.body->'change'->>'source' as source,
      e.body->'change'->>'externalId' as external_id,
      coalesce((e.body->'news'->>'eventId')::bigint, e.id) as id
    from events e where e.id = ${eventId}::bigint`;
  if (row === undefined) return null;
  const source = eventRow.textOrNull(row, 'source');
  if (source === null) return eventRow.number(row, 'id');
  const externalId = eventRow.text(row, 'external_id');
  return (await storedItems(db, source, [externalId])).get(externalId) ?? null;
}
