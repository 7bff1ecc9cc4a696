// Whether a reply or a step may still be sent. A step is claimed right before it is sent: whoever
// acknowledges its incident or silences it before that stops it, and whoever does so later comes
// after it.
import type { Fence } from '../../kit/records/role.ts';
import type { ReplySuppression } from '../../kit/records/suppression.ts';
import type { Database } from '../database.ts';
import { claimedStep } from '../incident-changes.ts';
import { heldLease } from '../leases.ts';
import { RowReader } from '../row.ts';
import { deliveryRow } from './row.ts';

const claimRow = new RowReader<'is_held' | 'is_doubtful' | 'reason'>('deliveries');

export interface StepKey {
  readonly sink: string;
  readonly eventId: number;
}

export interface StepClaim extends StepKey {
  /** The silence that covers it; null: none does. */
  readonly silenceId: number | null;
  /** Whether a process that died has sent it can be found out; false: it has not, by what is known. */
  readonly canFind?: boolean;
}

/**
 * Claims a step that is still pending, that no silence covers, and whose incident is still open:
 * nobody can stop it from then on. Any other step is suppressed, with the state of its incident or
 * `silenced` as its reason: also one that a process had claimed that died. Fenced.
 * @returns `silenced`: it was suppressed now by the silence; `stopped`: nobody may send it either;
 * `doubtful`: it is to be stopped, but may have been sent by a process that died, and nothing was
 * written; `lost`: the role was lost, and nothing was written
 */
export async function claimStep(
  db: Database,
  fence: Fence,
  { sink, eventId, silenceId, canFind = false }: StepClaim,
): Promise<'claimed' | 'silenced' | 'stopped' | 'doubtful' | 'lost'> {
  const client = db.$client;
  const [row] = await client`
    with fence as (${heldLease(client, fence)}), step as (
      select d.event_id, case when coalesce(i.state, 'open') <> 'open' then i.state
          when ${silenceId}::bigint is not null then 'silenced' else ${claimedStep}::text end as reason,
        ${canFind} and d.reason is not distinct from ${claimedStep}::text as was_claimed
      from deliveries d left join incidents i on i.event_id = d.to_event
      where d.event_id = ${eventId}::bigint and d.sink = ${sink} and d.state = 'pending'
        and d.kind = 'step' and exists (select 1 from fence)
      for update of d
    ), changed as (
      update deliveries d set
        reason = s.reason,
        state = case when s.reason = ${claimedStep}::text then d.state else 'suppressed' end,
        finalized_at = case when s.reason = ${claimedStep}::text then null else now() end,
        silence_id = case when s.reason = 'silenced' then ${silenceId}::bigint end
      from step s where d.event_id = s.event_id and d.sink = ${sink}
        and (s.reason = ${claimedStep}::text or not s.was_claimed)
      returning s.reason
    )
    select exists (select 1 from fence) as is_held, (select reason from changed) as reason,
      exists (select 1 from step where was_claimed and reason <> ${claimedStep}::text) as is_doubtful`;
  if (!claimRow.boolean(row!, 'is_held')) return 'lost';
  if (claimRow.boolean(row!, 'is_doubtful')) return 'doubtful';
  const reason = claimRow.textOrNull(row!, 'reason');
  if (reason === claimedStep) return 'claimed';
  return reason === 'silenced' ? 'silenced' : 'stopped';
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
