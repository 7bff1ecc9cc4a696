// What happened to an incident between two versions of it that is no message of its own: notes,
// what the vendor changed, recurrences of what is open, renewals.
import type { IncidentView, News, NewsLine } from '../kit/incident.ts';
import { incidentChangeKinds } from '../kit/incident.ts';
import type { Database } from './database.ts';
import { aboutColumns, aboutOf } from './incidents.ts';
import { RowReader } from './row.ts';

export interface QuietChanges {
  readonly about: News['about'];
  /** The newest of them, the oldest first; of recurrences the last alone, and any with a word. */
  readonly lines: readonly NewsLine[];
  /** How many more there were. */
  readonly more: number;
}

const linesMax = 10;
const quietRow = new RowReader<
  'kind' | 'actor' | 'via' | 'note' | 'values' | 'count' | 'type' | 'device' | 'item_id' | 'link'
>('incident_changes');

/**
 * Each change makes one version, so the versions after `done` are that many of the last rows.
 * @returns null if there are none
 */
export async function readQuietChanges(
  db: Database,
  { incident, done }: { readonly incident: IncidentView; readonly done: number },
): Promise<QuietChanges | null> {
  const rows = await db.$client`
    with span as (
      select c.* from incident_changes c where c.incident_id = ${incident.id}
      order by c.id desc
      offset (select greatest(0, version - ${incident.version}) from incidents
        where id = ${incident.id})
      limit ${Math.max(0, incident.version - done)}
    ), quiet as (
      select span.*, row_number() over (partition by kind = 'seen_again' order by id desc) as nth
      from span
      where kind in ('noted', 'vendor_changed')
        or (from_state = to_state and kind in ('seen_again', 'acknowledged', 'snoozed'))
    ), shown as (
      select *, count(*) over () as count from quiet
      where kind <> 'seen_again' or nth = 1 or values::text like '%"to.%'
    )
    select s.kind, s.actor, s.via, s.note, s.values::text as values, s.count, ${aboutColumns(db)}
    from shown s join events e on e.id = ${incident.eventId}::bigint
    order by s.id desc limit ${linesMax}`;
  if (rows.length === 0) return null;
  const lines = rows.map((row): NewsLine => {
    const note = quietRow.textOrNull(row, 'note');
    return {
      kind: quietRow.oneOf(row, 'kind', incidentChangeKinds),
      actor: quietRow.text(row, 'actor'),
      via: quietRow.text(row, 'via'),
      values: quietRow.jsonOrNull<Record<string, string>>(row, 'values') ?? {},
      ...(note !== null && { note }),
    };
  });
  return {
    about: aboutOf(rows[0]!, incident),
    lines: lines.reverse(),
    more: quietRow.number(rows[0]!, 'count') - lines.length,
  };
}
