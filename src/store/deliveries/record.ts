// Records what became of attempts, many in one statement.
import type { DeliveredAttempt, FailedAttempt } from '../../kit/records/delivery.ts';
import type { Fence } from '../../kit/records/role.ts';
import type { Database } from '../database.ts';
import { heldLease } from '../leases.ts';
import { aheadMaxMs } from './pending.ts';
import { deliveryRow } from './row.ts';

/**
 * Records that these were delivered. Not fenced: the message has arrived even if the role was lost
 * meanwhile, and a report that is dropped would have it sent again.
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
  const remoteIds = delivered.flatMap((d) => (d.remoteId ? [[d.eventId, d.remoteId]] : []));
  const versions = delivered.flatMap((d) => (d.version ? [[d.eventId, d.version]] : []));
  const client = db.$client;
  const orMember =
    digests.length === 0
      ? client``
      : client`or digest_id = any (string_to_array(${digests.join(',')}, ',')::bigint[])`;
  // The select makes one value of it for the whole statement, whichever plan that has.
  const andRemoteId =
    remoteIds.length === 0
      ? client``
      : client`, remote_id = (
          select ${JSON.stringify(Object.fromEntries(remoteIds))}::text::jsonb
        ) ->> event_id::text`;
  const [row] = await client`
    with done as (
      update deliveries set state = 'delivered', reason = null, finalized_at = now() ${andRemoteId}
      where sink = ${sink} and state <> 'delivered'
        and (event_id = any (string_to_array(${ids}, ',')::bigint[]) ${orMember})
      returning event_id
    ), noted as (
      insert into delivery_attempts (event_id, sink, outcome, duration_ms)
      select r.event_id, ${sink}::text, 'delivered', r.duration_ms
      from json_to_recordset(${recovered}::text::json) as r(event_id bigint, duration_ms integer)
        join done using (event_id)
    ) ${versions.length === 0 ? client`` : shown(db, sink, Object.fromEntries(versions))}
    select count(*)::int as count from done`;
  return deliveryRow.number(row!, 'count');
}

/** Messages that show what became of their events already: no edit needs to say it again. */
function shown({ $client: client }: Database, sink: string, versions: Record<string, number>) {
  return client`, shown as (
    update message_edits m set done = greatest(m.done, v.value::integer)
    from json_each_text(${JSON.stringify(versions)}::text::json) v, done
    where m.event_id = done.event_id and m.sink = ${sink} and v.key = m.event_id::text
  )`;
}

/**
 * Records failed attempts, and reschedules their deliveries or ends them. The members of a digest
 * end with it. Fenced.
 * @returns ids of the events whose deliveries are dead now; null if the role was lost, and nothing
 * was written
 */
export async function recordFailed(
  db: Database,
  fence: Fence,
  { sink, failed }: { readonly sink: string; readonly failed: readonly FailedAttempt[] },
): Promise<number[] | null> {
  const records = JSON.stringify(failed.map(recordOf));
  const rows = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), input as (
      select * from json_to_recordset(${records}::text::json) as r(
        event_id bigint, attempts integer, state text, delay_ms float8, form text, outcome text,
        reason text, status integer, duration_ms integer, answer text)
      where exists (select 1 from fence)
    ), changed as (
      update deliveries d set attempts = i.attempts, form = i.form, state = i.state,
        reason = i.reason, finalized_at = case when i.state = 'dead' then now() end,
        scheduled_at =
          now() + least(i.delay_ms, ${aheadMaxMs}::float8) * interval '1 millisecond'
      from input i
      where d.event_id = i.event_id and d.sink = ${sink} and d.state = 'pending'
      returning d.event_id, d.state, d.reason
    ), members as (
      update deliveries d set state = 'dead', reason = c.reason, finalized_at = now()
      from changed c
      where c.state = 'dead' and d.digest_id = c.event_id and d.sink = ${sink}
        and d.state = 'pending'
      returning d.event_id
    ), noted as (
      insert into delivery_attempts (event_id, sink, outcome, reason, status, duration_ms, answer)
      select event_id, ${sink}::text, outcome, reason, status, duration_ms, answer from input
    )
    select null::bigint as event_id from fence
    union all select event_id from changed where state = 'dead'
    union all select event_id from members`;
  if (rows.length === 0) return null;
  // The row of the fence has no id.
  return rows.flatMap((row) => deliveryRow.numberOrNull(row, 'event_id') ?? []);
}

function recordOf(attempt: FailedAttempt) {
  return {
    event_id: attempt.eventId,
    attempts: attempt.attempts,
    state: attempt.state,
    delay_ms: Math.round(attempt.delayMs),
    form: attempt.form,
    outcome: attempt.outcome,
    reason: attempt.reason,
    status: attempt.status,
    duration_ms: Math.round(attempt.durationMs),
    answer: attempt.answer,
  };
}
