// Reads the deliveries of a sink that are due, with their events.
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { Database } from '../database.ts';
import { eventColumns } from '../event-row.ts';
import { readCurrents } from '../incident-of.ts';
import type { Row } from '../row.ts';
import { heldPriority, isDue, unansweredOf } from './pending.ts';
import { deliveryRow, toDue } from './row.ts';

type PendingQuery = ReturnType<Database['$client']>;

export interface DueChoice {
  readonly sink: string;
  readonly limit: number;
  /** Ids of events whose deliveries are in flight or not yet recorded. */
  readonly excluded?: Iterable<number>;
  /** Id of an event: its delivery or none. */
  readonly only?: number;
}

/** The due deliveries of a sink, most urgent first, then oldest first. */
export async function takeDue(db: Database, choice: DueChoice): Promise<DueDelivery[]> {
  const { sink, limit, excluded = [], only } = choice;
  const client = db.$client;
  return withEvents(
    db,
    client`
      select ${deliveryColumns(db)} from deliveries d
      where sink = ${sink} and state = 'pending' and priority < ${heldPriority} and ${isDue(db)}
        and event_id <> all (string_to_array(${[...excluded].join(',')}, ',')::bigint[])
        ${only === undefined ? client`` : client`and event_id = ${only}::bigint`}
      order by priority, event_id limit ${limit}`,
  );
}

/** How many due deliveries of each priority, after a random place, a probe is chosen from. */
const probeCandidates = 20;

/**
 * A due delivery from a random place, preferably one that was not tried yet: for probes, which must
 * not repeat what failed. Costs the same with a million waiting. It may find none though some are
 * due before the place; {@link takeDue} finds those.
 */
export async function takeRandomDue(
  db: Database,
  sink: string,
  excluded: Iterable<number>,
): Promise<DueDelivery | undefined> {
  const client = db.$client;
  const [due] = await withEvents(
    db,
    client`
      with edges as materialized (
        select p as priority, (
            select min(event_id) from deliveries
            where sink = ${sink} and state = 'pending' and priority = p
          ) as first, (
            select max(event_id) from deliveries
            where sink = ${sink} and state = 'pending' and priority = p
          ) as last
        from generate_series(0, ${heldPriority - 1}) p
      ), places as materialized (
        select priority, first + floor(random() * (last - first + 1))::bigint as place
        from edges where first is not null
      )
      select c.* from places cross join lateral (
        select ${deliveryColumns(db)} from deliveries d
        where sink = ${sink} and state = 'pending' and d.priority = places.priority
          and event_id >= places.place and ${isDue(db)}
          and event_id <> all (string_to_array(${[...excluded].join(',')}, ',')::bigint[])
        order by event_id limit ${probeCandidates}
      ) c
      order by c.attempts > 0, random() limit 1`,
  );
  return due;
}

/** What {@link withEvents} needs of a row `d` of deliveries. */
function deliveryColumns({ $client: client }: Database) {
  return client`event_id, attempts, form, priority, route, held_by,
    extract(epoch from held_until) * 1000 as held_until, ${unansweredOf(client)} as unanswered,
    kind, case when kind = 'step' then to_event end as step_of, case when kind = 'reply' then (
      select r.remote_id from deliveries r where r.event_id = d.to_event and r.sink = d.sink
    ) end as thread_id`;
}

/**
 * Incidents are looked up by a statement of their own, and only where there are any: as a part of
 * this one they cost whoever has none its planning.
 * @param chosen rows with {@link deliveryColumns}
 */
async function withEvents(db: Database, chosen: PendingQuery): Promise<DueDelivery[]> {
  const rows = await db.$client`
    select ${eventColumns(db)}, e.traceparent, d.attempts, d.form, d.priority, d.route, d.held_by,
      d.held_until, d.unanswered, d.kind, d.thread_id, coalesce(d.step_of, e.id) as root_id,
      exists (select 1 from incidents) as has_incidents
    from (${chosen}) d join events e on e.id = d.event_id
    order by d.priority, d.event_id`;
  const [first] = rows;
  if (first === undefined || !deliveryRow.boolean(first, 'has_incidents'))
    return rows.map((row) => toDue(row));
  const rootOf = (row: Row) => deliveryRow.number(row, 'root_id');
  const incidents = await readCurrents(db, rows.map(rootOf));
  return rows.map((row) => toDue(row, incidents.get(rootOf(row))));
}
