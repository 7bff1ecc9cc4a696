// The first acknowledgement and the first resolution of each incident, in the order in which they
// were stored, with the times that they end.
import type { Severity } from '../kit/event.ts';
import { type IncidentState, incidentStates } from '../kit/incident.ts';
import type { Database } from './database.ts';
import { severityOf } from './event-row.ts';
import { RowReader } from './row.ts';

/**
 * A change counts once it is this old: until then one with a smaller id may still come to be seen.
 */
const settledSeconds = 5;

/** Something that happened to an incident for the first time. */
export interface First {
  /** `acknowledged` or `resolved`. */
  readonly state: IncidentState;
  readonly severity: Severity;
  /** When its root event was received, in milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** From the first delivered message on; never less than nothing. */
  readonly seconds: number;
}

/** The next changes: how far they go, and the firsts among them. */
export interface FirstsPage {
  /** Id of the last change that was looked at; that of before if there is none. */
  readonly lastId: number;
  readonly firsts: readonly First[];
}

const row = new RowReader<
  'id' | 'to_state' | 'received_at' | 'seconds' | 'is_first' | 'is_settled'
>('incident_changes');

/** Id of the last change that is old enough to count; 0: there is none. */
export async function lastSettledChange(db: Database): Promise<number> {
  const [found] = await db.$client`
    select coalesce(max(id), 0) as id from incident_changes c where ${isSettled(db)}`;
  return row.number(found!, 'id');
}

/**
 * Looks at the `limit` changes after `afterId` that are old enough. The vendor's do not count, nor
 * what has no delivered message, or whose event is no longer stored. If there is nothing new, it
 * costs a look into the primary key.
 */
export async function readFirsts(
  db: Database,
  { afterId, limit }: { readonly afterId: number; readonly limit: number },
): Promise<FirstsPage> {
  const rows = await db.$client`
    select c.id, c.to_state, ${isSettled(db)} as is_settled, e.severity,
      extract(epoch from e.received_at) * 1000 as received_at,
      extract(epoch from c.at - d.delivered_at) as seconds,
      c.to_state in ('acknowledged', 'resolved') and c.from_state <> c.to_state
        and c.via <> 'vendor' and d.delivered_at is not null
        and not exists (
          select 1 from incident_changes b
          where b.incident_id = c.incident_id and b.id < c.id and b.to_state = c.to_state
        ) as is_first
    from (
      select * from incident_changes where id > ${afterId}::bigint order by id limit ${limit}
    ) c left join incidents i on i.id = c.incident_id left join events e on e.id = i.event_id
      left join lateral (
        select min(finalized_at) as delivered_at from deliveries
        where event_id = e.id and kind = 'card' and state = 'delivered'
      ) d on true
    order by c.id`;
  const unsettled = rows.findIndex((one) => !row.boolean(one, 'is_settled'));
  const looked = unsettled === -1 ? rows : rows.slice(0, unsettled);
  const last = looked.at(-1);
  return {
    lastId: last === undefined ? afterId : row.number(last, 'id'),
    firsts: looked
      .filter((one) => row.boolean(one, 'is_first'))
      .map((one) => ({
        state: row.oneOf(one, 'to_state', incidentStates),
        severity: severityOf(one),
        receivedAtMs: row.number(one, 'received_at'),
        seconds: Math.max(0, row.number(one, 'seconds')),
      })),
  };
}

/** SQL: a change `c` is old enough. One of a time to come was written before the clock went back. */
function isSettled({ $client: client }: Database) {
  return client`(
    c.at <= now() - ${settledSeconds} * interval '1 second' or c.at > now() + interval '1 second'
  )`;
}
