// Makes pending deliveries due sooner, or whole again. Each statement is fenced.
import type { Fence } from '../../kit/records/role.ts';
import type { Database } from '../database.ts';
import { heldLease } from '../leases.ts';
import { heldPriority, unansweredOf } from './pending.ts';

/**
 * What failed while its sink was down is due now; what got no answer again and again is not, nor
 * what is due in a second anyway.
 * @returns how many
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
  { sink, eventIds }: { readonly sink: string; readonly eventIds: readonly number[] },
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

export interface Restoration {
  readonly sink: string;
  /** With the attempts that they had. */
  readonly deliveries: readonly { readonly eventId: number; readonly attempts: number }[];
  /** Those that got no answer so many times keep their time. */
  readonly unansweredMax: number;
}

/**
 * Pending deliveries are whole cards again, with the attempts that they had, and due now. Fenced:
 * nothing happens once the role was lost.
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
      select * from json_to_recordset(${records}::text::json) as r(event_id bigint, attempts integer)
      where exists (select 1 from fence)
    )
    update deliveries d set form = 'full', attempts = i.attempts,
      scheduled_at = case when ${unansweredOf(client)} < ${unansweredMax} then now() else d.scheduled_at end
    from input i where d.event_id = i.event_id and d.sink = ${sink} and d.state = 'pending'`;
}
