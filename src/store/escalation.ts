// Incidents whose route escalates them: which may be due, what is known of each, and what its next
// step changes. Times are compared by the database's clock alone.
import type { Severity, StoredEvent } from '../kit/event.ts';
import { type IncidentState, incidentStates } from '../kit/incident.ts';
import type { Database } from './database.ts';
import { eventColumns, toEvent } from './event-row.ts';
import { RowReader } from './row.ts';

/** An incident that is escalated. Times are milliseconds since the epoch. */
export interface EscalatedIncident {
  readonly id: number;
  readonly version: number;
  readonly state: IncidentState;
  /** The highest that was seen. */
  readonly severity: Severity;
  readonly route: string;
  /** How many moments of its route have passed. */
  readonly step: number;
  /** The root event. */
  readonly event: StoredEvent;
  /** When it happened last: at first, or again, or more severely. */
  readonly happenedAtMs: number;
  /** When it became open again after somebody had taken it; null: nobody had. */
  readonly reopenedAtMs: number | null;
  /** When its last step was made; null: none was. */
  readonly escalatedAtMs: number | null;
  /** When the first of its messages was delivered; null: none was. */
  readonly deliveredAtMs: number | null;
  /** Sinks whose message is pending or dead. */
  readonly undelivered: readonly string[];
  /** Each message that is pending waits for its group or its hours, and its sink works. */
  readonly isHeld: boolean;
  readonly nowMs: number;
}

const row = new RowReader<
  | 'incident_id'
  | 'version'
  | 'state'
  | 'highest'
  | 'route'
  | 'step'
  | 'happened_at'
  | 'reopened_at'
  | 'escalated_at'
  | 'delivered_at'
  | 'undelivered'
  | 'is_held'
  | 'now'
  | 'past_last_step'
  | 'untold'
>('incidents');

/**
 * Ids of incidents whose time has come, the first first. A time further ahead than any step is
 * was written before the clock went back, and has come too.
 */
export async function dueEscalations(
  db: Database,
  { limit, aheadMaxMs }: { readonly limit: number; readonly aheadMaxMs: number },
): Promise<number[]> {
  const rows = await db.$client`
    select id as incident_id from incidents
    where step_at is not null and exists (select 1 from events e where e.id = event_id)
      and (step_at <= now() or step_at > now() + ${aheadMaxMs}::float8 * interval '1 millisecond')
    order by step_at limit ${limit}`;
  return rows.map((one) => row.number(one, 'incident_id'));
}

/** @returns null if it has no route, or no root event any more */
export async function readEscalation(db: Database, id: number): Promise<EscalatedIncident | null> {
  const client = db.$client;
  const [found] = await client`
    select ${eventColumns(db)}, i.id as incident_id, i.version, i.state, i.severity as highest,
      i.route, i.step, extract(epoch from clock_timestamp()) * 1000 as now,
      extract(epoch from greatest(e.received_at, c.happened_at)) * 1000 as happened_at,
      extract(epoch from c.reopened_at) * 1000 as reopened_at,
      extract(epoch from c.escalated_at) * 1000 as escalated_at,
      extract(epoch from d.delivered_at) * 1000 as delivered_at,
      coalesce(d.undelivered, '') as undelivered, coalesce(d.is_held, false) as is_held
    from incidents i join events e on e.id = i.event_id
      cross join lateral (
        select max(at) filter (where from_state <> 'open' and to_state = 'open') as reopened_at,
          max(at) filter (where kind in ('seen_again', 'severity_raised', 'reopened'))
            as happened_at,
          max(at) filter (where kind = 'escalated') as escalated_at
        from incident_changes where incident_id = i.id
      ) c
      cross join lateral (
        select min(finalized_at) filter (where o.state = 'delivered') as delivered_at,
          string_agg(o.sink, ',' order by o.sink) filter (where o.state in ('pending', 'dead'))
            as undelivered,
          bool_and(
            o.group_key is not null and o.digest_id is null and coalesce(s.state, 'ok') = 'ok'
          ) filter (where o.state = 'pending') as is_held
        from deliveries o left join sinks s on s.sink = o.sink
        where o.event_id = i.event_id and o.kind = 'card'
      ) d
    where i.id = ${id} and i.route is not null`;
  return found === undefined ? null : toEscalated(found);
}

const severities: readonly Severity[] = [0, 1, 2, 3, 4, 5];

function toEscalated(found: Parameters<typeof toEvent>[0]): EscalatedIncident {
  return {
    id: row.number(found, 'incident_id'),
    version: row.number(found, 'version'),
    state: row.oneOf(found, 'state', incidentStates),
    severity: row.oneOf(found, 'highest', severities),
    route: row.text(found, 'route'),
    step: row.number(found, 'step'),
    event: toEvent(found),
    happenedAtMs: row.number(found, 'happened_at'),
    reopenedAtMs: row.numberOrNull(found, 'reopened_at'),
    escalatedAtMs: row.numberOrNull(found, 'escalated_at'),
    deliveredAtMs: row.numberOrNull(found, 'delivered_at'),
    undelivered: row.text(found, 'undelivered').split(',').filter(Boolean),
    isHeld: row.boolean(found, 'is_held'),
    nowMs: row.number(found, 'now'),
  };
}

/** Escalations of open incidents, within the last day, that have not got anybody to act. */
export interface StuckEscalations {
  /** Incidents whose last step was made; it may be made again when they happen again. */
  readonly pastLastStep: number;
  /** Steps made over ten minutes ago that reached none of their sinks, and that nothing stopped. */
  readonly untold: number;
}

export async function countStuckEscalations(db: Database): Promise<StuckEscalations> {
  const [found] = await db.$client`
    with escalated as materialized (
      select i.id, i.event_id, i.step_at from incidents i
      where i.state = 'open' and i.escalated_to is not null
    )
    select (
        select count(*)::int from escalated i cross join lateral (
          select c.at, c.values->>'last' as last from incident_changes c
          where c.incident_id = i.id and c.kind = 'escalated' order by c.id desc limit 1
        ) c
        where c.at > now() - interval '1 day' and (i.step_at is null or c.last is not null)
      ) as past_last_step, (
        select count(*)::int from (
          select from escalated i
            join deliveries d on d.to_event = i.event_id and d.kind = 'step'
            join events e on e.id = d.event_id
          where e.received_at between now() - interval '1 day' and now() - interval '10 minutes'
          group by d.event_id
          having bool_or(d.state in ('pending', 'dead')) and not bool_or(d.state = 'delivered')
        ) steps
      ) as untold`;
  return {
    pastLastStep: row.number(found!, 'past_last_step'),
    untold: row.number(found!, 'untold'),
  };
}

/**
 * Says when the incident is looked at again. Does nothing if it has changed since it was read.
 * @param plan `step`: how many moments have passed; `atMs` null: it is looked at no more
 */
export async function planEscalation(
  db: Database,
  { id, version, step: before }: Pick<EscalatedIncident, 'id' | 'version' | 'step'>,
  { step, atMs }: { readonly step: number; readonly atMs: number | null },
): Promise<void> {
  await db.$client`
    update incidents
    set step = ${step}, step_at = to_timestamp(${atMs}::float8 / 1000)
    where id = ${id} and version = ${version} and step = ${before}`;
}
