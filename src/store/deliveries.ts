// Takes due deliveries and records what became of them, in bulk.

import { unansweredReasons } from '../kit/errors.ts';
import type { EventBody, MessageForm, Severity } from '../kit/event.ts';
import type {
  DeadDelivery,
  DeliveredAttempt,
  DueDelivery,
  FailedAttempt,
  SinkCounts,
} from '../kit/records/delivery.ts';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { aheadMaxMs, isDue } from './due.ts';
import { heldLease, heldPriority } from './events.ts';

type PendingQuery = ReturnType<Database['$client']>;

/**
 * The due deliveries of a sink, most urgent first, then oldest first. `excluded` are in flight or not yet recorded.
 * @param only of this event
 */
export async function takeDue(
  db: Database,
  sink: string,
  limit: number,
  excluded: Iterable<number> = [],
  only: number | null = null,
): Promise<DueDelivery[]> {
  const client = db.$client;
  return withEvents(
    client,
    client`
      select event_id, attempts, form, priority, route, ${unansweredOf(client)} as unanswered from deliveries d
      where sink = ${sink} and state = 'pending' and priority < ${heldPriority} and ${isDue(db)}
        and event_id <> all (string_to_array(${[...excluded].join(',')}, ',')::bigint[])
        ${only === null ? client`` : client`and event_id = ${only}::bigint`}
      order by priority, event_id limit ${limit}`,
  );
}

/** So many due deliveries after a random place are candidates, of each priority. */
const probeCandidates = 20;

/**
 * A due delivery from a random place, rather one that was not tried yet: for probes, which must not repeat what failed. Costs the same
 * with a million waiting. May find none though some are due before the place; {@link takeDue} finds them.
 */
export async function takeRandomDue(
  db: Database,
  sink: string,
  excluded: Iterable<number>,
): Promise<DueDelivery | undefined> {
  const client = db.$client;
  const [due] = await withEvents(
    client,
    client`
      with edges as materialized (
        select p as priority,
          (select min(event_id) from deliveries where sink = ${sink} and state = 'pending' and priority = p) as first,
          (select max(event_id) from deliveries where sink = ${sink} and state = 'pending' and priority = p) as last
        from generate_series(0, ${heldPriority - 1}) p
      ), places as materialized (
        select priority, first + floor(random() * (last - first + 1))::bigint as place from edges where first is not null
      )
      select c.* from places cross join lateral (
        select event_id, attempts, form, priority, route, ${unansweredOf(client)} as unanswered from deliveries d
        where sink = ${sink} and state = 'pending' and d.priority = places.priority and event_id >= places.place
          and ${isDue(db)} and event_id <> all (string_to_array(${[...excluded].join(',')}, ',')::bigint[])
        order by event_id limit ${probeCandidates}
      ) c
      order by c.attempts > 0, random() limit 1`,
  );
  return due;
}

/** Of a row of deliveries, `d`. Only those that failed cost a look. */
function unansweredOf(client: Database['$client']): PendingQuery {
  return client`case when d.reason is null then 0 else (
    select count(*)::int from delivery_attempts a
    where a.event_id = d.event_id and a.sink = d.sink and a.reason = any (string_to_array(${unansweredReasons.join(',')}, ','))
  ) end`;
}

/**
 * What failed while its sink was down is due now; what got no answer again and again is not, nor what is due in a second anyway.
 * @returns how many
 */
export async function hastenFailed(db: Database, fence: Fence, sink: string, unansweredMax: number): Promise<number> {
  const client = db.$client;
  const rows = await client`
    with fence as (${heldLease(client, fence)})
    update deliveries d set scheduled_at = now()
    where sink = ${sink} and state = 'pending' and priority < ${heldPriority} and reason is not null
      and scheduled_at > now() + interval '1 second'
      and exists (select 1 from fence) and ${unansweredOf(client)} < ${unansweredMax}
    returning 1`;
  return rows.length;
}

/**
 * These are due now, however often they got no answer.
 * @returns how many
 */
export async function hastenDeliveries(
  db: Database,
  fence: Fence,
  sink: string,
  eventIds: readonly number[],
): Promise<number> {
  const client = db.$client;
  const rows = await client`
    with fence as (${heldLease(client, fence)})
    update deliveries d set scheduled_at = now()
    where sink = ${sink} and state = 'pending' and scheduled_at > now() and exists (select 1 from fence)
      and event_id = any (string_to_array(${eventIds.join(',')}, ',')::bigint[])
    returning 1`;
  return rows.length;
}

/** @param chosen rows of deliveries: event_id, attempts, form, priority, route, unanswered */
async function withEvents(client: Database['$client'], chosen: PendingQuery): Promise<DueDelivery[]> {
  const rows = await client`
    select d.event_id, d.attempts, d.form, d.priority, d.route, d.unanswered, e.source, e.external_id, e.subject, e.stream, e.type, e.severity,
      e.status, e.action, extract(epoch from e.occurred_at) * 1000 as occurred_ms,
      extract(epoch from e.received_at) * 1000 as received_ms, e.body::text as body, e.traceparent
    from (${chosen}) d join events e on e.id = d.event_id
    order by d.priority, d.event_id`;
  return rows.map(toDue);
}

function toDue(row: Record<string, unknown>): DueDelivery {
  return {
    priority: Number(row.priority),
    attempts: Number(row.attempts),
    form: row.form as MessageForm,
    ...(Number(row.unanswered) > 0 && { unanswered: Number(row.unanswered) }),
    ...(row.route !== null && { route: String(row.route) }),
    ...(row.traceparent !== null && { traceParent: String(row.traceparent) }),
    event: {
      id: Number(row.event_id),
      source: String(row.source),
      externalId: String(row.external_id),
      subject: String(row.subject),
      stream: String(row.stream),
      type: String(row.type),
      severity: Number(row.severity) as Severity,
      status: row.status as string | null,
      action: row.action as string | null,
      occurredAt: row.occurred_ms === null ? null : new Date(Number(row.occurred_ms)).toISOString(),
      receivedAt: new Date(Number(row.received_ms)).toISOString(),
      body: JSON.parse(String(row.body)) as EventBody,
    },
  };
}

/**
 * Records facts: these were delivered. Not fenced, because a fact is true whoever reports it, and dropping it would send again.
 * @returns how many had not been recorded before
 */
export async function recordDelivered(
  db: Database,
  sink: string,
  delivered: readonly DeliveredAttempt[],
): Promise<number> {
  const ids = delivered.map((d) => d.eventId).join(',');
  const recovered = JSON.stringify(
    delivered
      .filter((d) => d.afterFailure)
      .map((d) => ({ event_id: d.eventId, duration_ms: Math.round(d.durationMs) })),
  );
  const digests = delivered.filter((d) => d.isDigest).map((d) => d.eventId);
  const client = db.$client;
  const orMember =
    digests.length === 0 ? client`` : client`or digest_id = any (string_to_array(${digests.join(',')}, ',')::bigint[])`;
  const [row] = await client`
    with done as (
      update deliveries set state = 'delivered', reason = null, finalized_at = now()
      where sink = ${sink} and (event_id = any (string_to_array(${ids}, ',')::bigint[]) ${orMember}) and state <> 'delivered'
      returning event_id
    ), noted as (
      insert into delivery_attempts (event_id, sink, outcome, duration_ms)
      select r.event_id, ${sink}::text, 'delivered', r.duration_ms
      from json_to_recordset(${recovered}::text::json) as r(event_id bigint, duration_ms integer) join done using (event_id)
    )
    select count(*)::int as count from done`;
  return Number(row?.count ?? 0);
}

/**
 * Records failed attempts and reschedules or ends their deliveries. Fenced.
 * The members of a digest end with it. @returns ids of the deliveries that are dead now, or null if the role was lost and nothing was written
 */
export async function recordFailed(
  db: Database,
  fence: Fence,
  sink: string,
  failed: readonly FailedAttempt[],
): Promise<number[] | null> {
  const records = JSON.stringify(
    failed.map((f) => ({
      event_id: f.eventId,
      attempts: f.attempts,
      state: f.state,
      delay_ms: Math.round(f.delayMs),
      form: f.form,
      outcome: f.outcome,
      reason: f.reason,
      status: f.status,
      duration_ms: Math.round(f.durationMs),
      answer: f.answer,
    })),
  );
  const rows = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), input as (
      select * from json_to_recordset(${records}::text::json) as r(
        event_id bigint, attempts integer, state text, delay_ms float8, form text, outcome text, reason text, status integer,
        duration_ms integer, answer text)
      where exists (select 1 from fence)
    ), changed as (
      update deliveries d set attempts = i.attempts, form = i.form, state = i.state, reason = i.reason,
        scheduled_at = now() + least(i.delay_ms, ${aheadMaxMs}::float8) * interval '1 millisecond', finalized_at = case when i.state = 'dead' then now() end
      from input i where d.event_id = i.event_id and d.sink = ${sink} and d.state = 'pending'
      returning d.event_id, d.state, d.reason
    ), members as (
      update deliveries d set state = 'dead', reason = c.reason, finalized_at = now()
      from changed c where c.state = 'dead' and d.digest_id = c.event_id and d.sink = ${sink} and d.state = 'pending'
      returning d.event_id
    ), noted as (
      insert into delivery_attempts (event_id, sink, outcome, reason, status, duration_ms, answer)
      select event_id, ${sink}::text, outcome, reason, status, duration_ms, answer from input
    )
    select null::bigint as event_id from fence union all select event_id from changed where state = 'dead'
    union all select event_id from members`;
  if (rows.length === 0) return null;
  return rows.filter((row) => row.event_id !== null).map((row) => Number(row.event_id));
}

/**
 * Pending deliveries are whole cards again, with the attempts that they had, and due now; those that got no answer `unansweredMax` times
 * keep their time. Fenced: nothing happens once the role was lost.
 */
export async function restoreDeliveries(
  db: Database,
  fence: Fence,
  sink: string,
  deliveries: readonly { readonly eventId: number; readonly attempts: number }[],
  unansweredMax: number,
): Promise<void> {
  if (deliveries.length === 0) return;
  const client = db.$client;
  const records = JSON.stringify(deliveries.map(({ eventId, attempts }) => ({ event_id: eventId, attempts })));
  await client`
    with fence as (${heldLease(client, fence)}), input as (
      select * from json_to_recordset(${records}::text::json) as r(event_id bigint, attempts integer)
      where exists (select 1 from fence)
    )
    update deliveries d set form = 'full', attempts = i.attempts,
      scheduled_at = case when ${unansweredOf(client)} < ${unansweredMax} then now() else d.scheduled_at end
    from input i where d.event_id = i.event_id and d.sink = ${sink} and d.state = 'pending'`;
}

/** What goes out with events of severity HIGH or before them. */
const urgentPriority = 1;

/** What waits and what is dead, by sink; for gauges and for `once`. */
export async function countDeliveries(db: Database): Promise<SinkCounts[]> {
  const rows = await db.$client`
    with counts as (
      select sink, count(*) filter (where state = 'pending') as pending, count(*) filter (where state = 'dead') as dead,
        count(*) filter (where state = 'pending' and priority >= ${heldPriority} and digest_id is null) as grouped,
        min(event_id) filter (where state = 'pending' and priority < ${heldPriority}) as oldest,
        min(event_id) filter (where state = 'pending' and priority <= ${urgentPriority}) as urgent
      from deliveries where state = 'pending' or state = 'dead' group by sink
    )
    select c.*, coalesce(extract(epoch from now() - o.received_at), 0)::float8 as age,
      coalesce(extract(epoch from now() - u.received_at), 0)::float8 as urgent_age
    from counts c left join events o on o.id = c.oldest left join events u on u.id = c.urgent`;
  return rows.map((row) => ({
    sink: String(row.sink),
    pending: Number(row.pending),
    grouped: Number(row.grouped),
    dead: Number(row.dead),
    oldestPendingSeconds: Math.max(0, Number(row.age)),
    oldestUrgentSeconds: Math.max(0, Number(row.urgent_age)),
  }));
}

/** How many are dead, by sink. Reads nothing else. */
export async function countDead(db: Database): Promise<Map<string, number>> {
  const rows = await db.$client`
    select sink, count(*)::int as count from deliveries where state = 'dead' group by sink`;
  return new Map(rows.map((row) => [String(row.sink), Number(row.count)]));
}

/** Dead deliveries, newest first. @param sink null for all */
export async function listDead(db: Database, sink: string | null, limit: number): Promise<DeadDelivery[]> {
  const rows = await db.$client`
    select d.event_id, d.sink, d.reason, d.attempts, extract(epoch from d.finalized_at) * 1000 as dead_ms, e.type, e.severity,
      e.body->>'itemId' as item_id, e.body->'device'->>'name' as device, a.status, a.answer
    from deliveries d join events e on e.id = d.event_id
      left join lateral (
        select status, answer from delivery_attempts a
        where a.event_id in (d.event_id, d.digest_id) and a.sink = d.sink and (a.status is not null or a.answer is not null)
        order by id desc limit 1
      ) a on true
    where d.state = 'dead' and (${sink}::text is null or d.sink = ${sink})
    order by d.event_id desc limit ${limit}`;
  return rows.map((row) => ({
    eventId: Number(row.event_id),
    itemId: row.item_id as string | null,
    sink: String(row.sink),
    type: String(row.type),
    severity: Number(row.severity),
    device: row.device as string | null,
    reason: String(row.reason),
    attempts: Number(row.attempts),
    deadSince: new Date(Number(row.dead_ms)).toISOString(),
    lastStatus: row.status === null ? null : Number(row.status),
    lastAnswer: row.answer as string | null,
  }));
}

/**
 * Puts dead deliveries back: pending, due now, whole card, attempts from the start. A digest comes back with its members; a member
 * without its digest comes back as a card of its own.
 * @param eventIds null for all of them
 * @returns how many were put back
 */
export async function redriveDead(
  db: Database,
  sink: string | null,
  eventIds: readonly number[] | null,
): Promise<number> {
  const ids = (eventIds ?? []).join(',');
  const [row] = await db.$client`
    with chosen as (
      select event_id, sink, digest_id from deliveries
      where state = 'dead' and (${sink}::text is null or sink = ${sink})
        and (${eventIds === null} or event_id = any (string_to_array(${ids}, ',')::bigint[])
          or digest_id = any (string_to_array(${ids}, ',')::bigint[]))
    ), placed as (
      select c.*, exists (select 1 from chosen d where d.event_id = c.digest_id and d.sink = c.sink) as is_member from chosen c
    ), back as (
      update deliveries d set state = 'pending', reason = null, finalized_at = null, attempts = 0, form = 'full', scheduled_at = now(),
        priority = case when p.is_member then d.priority else d.priority % ${heldPriority} end,
        group_key = case when p.is_member then d.group_key end, digest_id = case when p.is_member then d.digest_id end
      from placed p where d.event_id = p.event_id and d.sink = p.sink
      returning 1
    ) select count(*)::int as count from back`;
  return Number(row?.count ?? 0);
}
