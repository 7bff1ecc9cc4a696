// Makes pending deliveries due sooner, or restores their whole cards. Each statement is fenced.
import type { Fence } from '../../kit/records/role.ts';
import type { Database } from '../database.ts';
import { heldLease } from '../leases.ts';
import { heldPriority, unansweredOf } from './pending.ts';

/**
 * After an outage: what failed in it is due now. What got no answer `unansweredMax` times keeps its
 * time, and so does what is due within a second anyway.
 * @returns how many it hastened
 */
export async function hastenFailed(
  db: Database,
  fence: Fence,
  { sink, unansweredMax }: { readonly sink: string; readonly unansweredMax: number },
): Promise<number> {
  const client = db.$client;
  const rows = await client`
    with fence as (${heldLease(client, fence)})
    update deliveries d set scheduled_at = now()
    where sink = ${sink} and state = 'pending' and priority < ${heldPriority}
      and reason is not null and scheduled_at > now() + interval '1 second'
      and exists (select 1 from fence) and ${unansweredOf(client)} < ${unansweredMax}
    returning 1`;
  return rows.length;
}

/**
 * These deliveries are due now, however often they got no answer.
 * @returns how many it hastened
 */
export async function hastenDeliveries(
  db: Database,
  fence: Fence,
  { sink, eventIds }: { readonly sink: string; readonly eventIds: readonly number[] },
): Promise<number> {
  const client = db.$client;
  const rows = await client`
    with fence as (${heldLease(client, fence)})
    update deliveries d set scheduled_at = now()
    where sink = ${sink} and state = 'pending' and scheduled_at > now()
      and exists (select 1 from fence)
      and event_id = any (string_to_array(${eventIds.join(',')}, ',')::bigint[])
    returning 1`;
  return rows.length;
}

export interface Restoration {
  readonly sink: string;
  /** With the attempts that they had before the sink went down. */
  readonly deliveries: readonly { readonly eventId: number; readonly attempts: number }[];
  /** A delivery that got no answer this many times keeps its time. */
  readonly unansweredMax: number;
}

/**
 * Pending deliveries become whole cards again, with the attempts that they had, and are due now.
 * Once the role was lost it changes nothing.
 */
export async function restoreDeliveries(
  db: Database,
  fence: Fence,
  { sink, deliveries, unansweredMax }: Restoration,
): Promise<void> {
  if (deliveries.length === 0) return;
  const client = db.$client;
  const records = JSON.stringify(
    deliveries.map(({ eventId, attempts }) => ({ event_id: eventId, attempts })),
  );
  await client`
    with fence as (${heldLease(client, fence)}), input as (
      select * from json_to_recordset(${records}::text::json)
        as r(event_id bigint, attempts integer)
      where exists (select 1 from fence)
    )
    update deliveries d set form = 'full', attempts = i.attempts,
      scheduled_at = case
        when ${unansweredOf(client)} < ${unansweredMax} then now() else d.scheduled_at
      end
    from input i
    where d.event_id = i.event_id and d.sink = ${sink} and d.state = 'pending'`;
}
