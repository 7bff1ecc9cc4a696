// Whether a reply or a step may still be sent. A step is claimed right before it is sent: whoever
// acknowledges its incident before that stops it, and whoever does so later comes after it.
import type { Fence } from '../../kit/records/role.ts';
import type { ReplySuppression } from '../../kit/records/suppression.ts';
import type { Database } from '../database.ts';
import { claimedStep } from '../incident-changes.ts';
import { heldLease } from '../leases.ts';
import { RowReader } from '../row.ts';
import { deliveryRow } from './row.ts';

const claimRow = new RowReader<'is_held' | 'is_claimed'>('deliveries');

export interface StepKey {
  readonly sink: string;
  readonly eventId: number;
}

/**
 * Claims a step that is still pending, and whose incident is still open: nobody can stop it from
 * then on. A step of an incident that is not open any more is suppressed: a process that claimed it
 * and died had left it pending. Fenced.
 * @returns `stopped`: nobody may send it; `lost`: the role was lost, and nothing was written
 */
export async function claimStep(
  db: Database,
  fence: Fence,
  { sink, eventId }: StepKey,
): Promise<'claimed' | 'stopped' | 'lost'> {
  const client = db.$client;
  const [row] = await client`
    with fence as (${heldLease(client, fence)}), step as (
      select d.event_id, coalesce(i.state, 'open') as incident
      from deliveries d left join incidents i on i.event_id = d.to_event
      where d.event_id = ${eventId}::bigint and d.sink = ${sink} and d.state = 'pending'
        and d.kind = 'step' and exists (select 1 from fence)
      for update of d
    ), changed as (
      update deliveries d set
        reason = case when s.incident = 'open' then ${claimedStep}::text else s.incident end,
        state = case when s.incident = 'open' then d.state else 'suppressed' end,
        finalized_at = case when s.incident = 'open' then null else now() end
      from step s where d.event_id = s.event_id and d.sink = ${sink}
      returning s.incident
    )
    select exists (select 1 from fence) as is_held,
      exists (select 1 from changed where incident = 'open') as is_claimed`;
  if (!claimRow.boolean(row!, 'is_held')) return 'lost';
  return claimRow.boolean(row!, 'is_claimed') ? 'claimed' : 'stopped';
}

export interface Suppressed extends StepKey {
  readonly reason: ReplySuppression;
}

/**
 * Nobody can read the reply: it is not sent. Fenced.
 * @returns how many it suppressed; null if the role was lost
 */
export async function suppressReply(
  db: Database,
  fence: Fence,
  { sink, eventId, reason }: Suppressed,
): Promise<number | null> {
  const client = db.$client;
  const [row] = await client`
    with fence as (${heldLease(client, fence)}), gone as (
      update deliveries set state = 'suppressed', reason = ${reason}::text, finalized_at = now()
      where event_id = ${eventId}::bigint and sink = ${sink} and state = 'pending'
        and kind = 'reply' and exists (select 1 from fence)
      returning 1
    )
    select exists (select 1 from fence) as is_held, (select count(*)::int from gone) as count`;
  return claimRow.boolean(row!, 'is_held') ? deliveryRow.number(row!, 'count') : null;
}
