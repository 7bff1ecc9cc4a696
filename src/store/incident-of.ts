// The incident of an event as one column of a statement that reads the event, so that a card shows
// what became of it: an event without one costs a look into a small index.
import type { IncidentView } from '../kit/incident.ts';
import type { Database } from './database.ts';
import { toView, viewColumns } from './incidents.ts';
import { type Row, RowReader } from './row.ts';

const incidentColumn = new RowReader<'incident'>('incidents');

/** SQL: a value for the column `incident` of an event `e`, which {@link toIncident} reads. */
export function incidentOf(db: Database) {
  return db.$client`(
    select row_to_json(v)::text
    from (select ${viewColumns(db)} from incidents i where i.event_id = e.id) v
  )`;
}

/** Undefined: nothing happened to the event. */
export function toIncident(row: Row): IncidentView | undefined {
  const view = incidentColumn.jsonOrNull<Row>(row, 'incident');
  return view === null ? undefined : toView(view);
}
