// The incident of an event as one column of a statement that reads the event, so that a card shows
// what became of it: an event without one costs a look into a small index.
import { type IncidentView, type VendorWords, vendorNames } from '../kit/incident.ts';
import type { Database } from './database.ts';
import { toView, viewColumns } from './incidents.ts';
import { type Row, RowReader } from './row.ts';

const incidentColumn = new RowReader<'incident' | 'root_id'>('incidents');

/**
 * SQL: a value for the column `incident` of an event `e`, which {@link toIncident} reads.
 * @param rootId SQL: the id of the event whose incident it is, if that is another one
 */
export function incidentOf(db: Database, rootId = db.$client`e.id`) {
  // Whoever has no incident at all pays one look for a statement, and none for its events.
  return db.$client`(case when exists (select 1 from incidents) then (
    select row_to_json(v)::text
    from (
      select ${viewColumns(db)}, ${vendorWords(db)} as vendor from incidents i
      where i.event_id = ${rootId}
    ) v
  ) end)`;
}

/**
 * SQL: the last of each of the words that the vendor changed of an incident `i`, by name. Most
 * changes are recurrences, which have none.
 */
function vendorWords({ $client: client }: Database) {
  return client`(
    select json_object_agg(name, word) from (
      select distinct on (n.name) n.name, c.values->>('to.' || n.name) as word
      from incident_changes c
        cross join unnest(string_to_array(${vendorNames.join(',')}, ',')) as n(name)
      where c.incident_id = i.id and c.via = 'vendor'
        and c.values->>('to.' || n.name) is not null
      order by n.name, c.id desc
    ) latest
  )`;
}

/** Undefined: nothing happened to the event. */
export function toIncident(row: Row): IncidentView | undefined {
  const view = incidentColumn.jsonOrNull<Row>(row, 'incident');
  if (view === null) return undefined;
  const { vendor } = view as { readonly vendor?: VendorWords | null };
  return vendor ? { ...toView(view), vendor } : toView(view);
}

/**
 * The incidents of root events with the vendor's words of now, by the id of the event; without those
 * of events to which nothing happened.
 */
export async function readCurrents(
  db: Database,
  rootIds: readonly number[],
): Promise<ReadonlyMap<number, IncidentView>> {
  const rows = await db.$client`
    select e.id as root_id, ${incidentOf(db)} as incident
    from unnest(string_to_array(${rootIds.join(',')}, ',')::bigint[]) as e(id)`;
  return new Map(
    rows.flatMap((row) => {
      const incident = toIncident(row);
      return incident ? [[incidentColumn.number(row, 'root_id'), incident]] : [];
    }),
  );
}

/**
 * The incident of a root event with the vendor's words of now.
 * @returns undefined: nothing happened to the event, or it is no root event
 */
export async function readCurrent(
  db: Database,
  eventId: number,
): Promise<IncidentView | undefined> {
  return (await readCurrents(db, [eventId])).get(eventId);
}
