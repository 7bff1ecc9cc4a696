// Lists and counts of incidents, those without a row included: an event that was announced is open
// until somebody does something about it.
import { changeStream, noticeSource, type Severity } from '../kit/event.ts';
import { type IncidentState, incidentStates } from '../kit/incident.ts';
import type { IncidentCount, ListedIncident } from '../kit/records/incident.ts';
import type { Database } from './database.ts';
import { eventRow, severityOf } from './event-row.ts';
import { aboutColumns, incidentRow, toView, viewOrOpen } from './incidents.ts';
import { type Row, RowReader } from './row.ts';

/** An incident to which nothing happened for so long is no longer open work, unless held. */
export const quietAfterDays = 7;
/** How many of the newest events are looked at for those to which nothing happened yet. */
const newestMax = 10_000;

export interface IncidentChoice {
  readonly states: readonly IncidentState[];
  readonly severities: readonly Severity[];
  /** Only those that this person made what they are; null: all. */
  readonly by: string | null;
  /** Only root events before this one; null: all. */
  readonly beforeId: number | null;
  readonly limit: number;
}

/** Those of the newest root events first. */
export async function listIncidents(
  db: Database,
  { states, severities, by, beforeId, limit }: IncidentChoice,
): Promise<ListedIncident[]> {
  const client = db.$client;
  const isEarlier = (id: ReturnType<typeof client>) =>
    client`(${beforeId}::bigint is null or ${id} < ${beforeId}::bigint)`;
  const isSevere = isSeverity(db, severities);
  const noRows = !states.includes('open') || by !== null;
  const untouched = noRows
    ? client``
    : client`union all (
        select e.id from (${unattended(db)}) e where ${isSevere} and ${isEarlier(client`e.id`)}
        order by e.id desc limit ${limit}
      )`;
  const rows = await client`
    with chosen as (
      (
        select e.event_id as id from incidents e
        where state = any (string_to_array(${states.join(',')}, ','))
          and (${by}::text is null or e.by = ${by}) and ${isSevere} and ${isAwake(db)}
          and ${isEarlier(client`e.event_id`)}
        order by e.event_id desc limit ${limit}
      ) ${untouched}
    )
    select ${viewOrOpen(db)}, ${aboutColumns(db)}, e.source,
      extract(epoch from e.received_at) * 1000 as received_at
    from (select id from chosen order by id desc limit ${limit}) c
      join events e on e.id = c.id left join incidents i on i.event_id = e.id
    order by e.id desc`;
  return rows.map(toListed);
}

function toListed(row: Row): ListedIncident {
  return {
    ...toView(row),
    source: eventRow.text(row, 'source'),
    type: incidentRow.text(row, 'type'),
    device: incidentRow.textOrNull(row, 'device'),
    itemId: incidentRow.textOrNull(row, 'item_id'),
    link: incidentRow.textOrNull(row, 'link'),
    receivedAt: eventRow.time(row, 'received_at'),
  };
}

const countRow = new RowReader<'state' | 'count' | 'oldest_id' | 'oldest_at'>('incidents');

/** Of all that is not resolved, by state and severity; what there is none of is absent. */
export async function countIncidents(
  db: Database,
  severities: readonly Severity[],
): Promise<IncidentCount[]> {
  const isSevere = isSeverity(db, severities);
  const rows = await db.$client`
    select state, severity, count(*)::int as count,
      (array_agg(id order by at, id))[1] as oldest_id, extract(epoch from min(at)) * 1000
        as oldest_at
    from (
      select event_id as id, state, severity, changed_at as at from incidents e
      where state <> 'resolved' and ${isSevere} and ${isAwake(db)}
      union all
      select e.id, 'open', e.severity, e.received_at from (${unattended(db)}) e
      where ${isSevere}
    ) all_of_them
    group by state, severity order by state, severity`;
  return rows.map((row) => ({
    state: countRow.oneOf(row, 'state', incidentStates),
    severity: severityOf(row),
    count: countRow.number(row, 'count'),
    oldestEventId: countRow.number(row, 'oldest_id'),
    oldestAt: countRow.time(row, 'oldest_at'),
  }));
}

/**
 * SQL: of the newest events those that were announced and have no incident of their own. What
 * travelled in a digest is what the digest is: whoever takes that takes all of it.
 */
function unattended({ $client: client }: Database) {
  return client`
    select r.id, r.severity, r.received_at from (
      select id, source, stream, severity, received_at from events
      order by id desc limit ${newestMax}
    ) r
    where r.source <> ${noticeSource} and r.stream <> ${changeStream}
      and r.received_at > now() - ${quietAfterDays} * interval '1 day'
      and not exists (select 1 from incidents i where i.event_id = r.id)
      and exists (
        select 1 from deliveries d where d.event_id = r.id and d.state <> 'suppressed'
      )
      and not exists (
        select 1 from deliveries m join incidents i on i.event_id = m.digest_id
        where m.event_id = r.id and m.digest_id is not null and i.state <> 'open'
      )`;
}

/**
 * SQL: an incident `e` is open work; what somebody holds, or has resolved, is not asked. What nobody
 * touched and travelled in a digest that somebody took is theirs, until something happens to it.
 */
function isAwake({ $client: client }: Database) {
  return client`(
    e.state <> 'open' or (
      greatest(e.changed_at, e.last_seen_at) > now() - ${quietAfterDays} * interval '1 day'
      and not exists (
        select 1 from deliveries m join incidents i on i.event_id = m.digest_id
        where m.event_id = e.event_id and m.digest_id is not null and e.by is null
          and i.state <> 'open' and not exists (
            select 1 from incident_changes c where c.incident_id = e.id and c.at > i.changed_at
          )
      )
    )
  )`;
}

function isSeverity({ $client: client }: Database, severities: readonly Severity[]) {
  return client`e.severity = any (string_to_array(${severities.join(',')}, ',')::smallint[])`;
}
