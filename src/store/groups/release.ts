// Lets held or less urgent deliveries go out as single cards. Each statement is fenced.
import type { GroupChange } from '../../kit/records/group.ts';
import type { Fence } from '../../kit/records/role.ts';
import type { Database } from '../database.ts';
import { heldPriority } from '../deliveries/pending.ts';
import { heldLease } from '../leases.ts';
import { noted } from './waiting.ts';

/**
 * The first `count` of the group, most urgent first, are due as single cards. @returns how many
 * those were; null if the role was lost
 */
export async function releaseCards(
  db: Database,
  fence: Fence,
  { sink, group, count }: { sink: string; group: GroupChange; count: number },
): Promise<number | null> {
  const [row] = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), chosen as (
      select event_id from deliveries
      where sink = ${sink} and state = 'pending' and priority >= ${heldPriority} and digest_id is null and group_key = ${group.key}
        and exists (select 1 from fence)
      order by priority, event_id limit ${count} for update
    ), released as (
      update deliveries d set priority = d.priority - ${heldPriority}, group_key = null
      from chosen c where d.sink = ${sink} and d.event_id = c.event_id returning 1
    ), noted as (${noted(db, { sink, group, sent: count, cards: count, from: db.$client`fence` })})
    select (select count(*) from released)::int as released from fence`;
  return row === undefined ? null : Number(row.released);
}

/**
 * Lets one pending delivery go out as if it were that urgent.
 * It must be in no group and no digest, or nothing happens.
 *
 * @returns false if the role was lost; nothing was written then
 */
export async function raiseDelivery(
  db: Database,
  fence: Fence,
  { sink, eventId, priority }: { sink: string; eventId: number; priority: number },
): Promise<boolean> {
  const rows = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), raised as (
      update deliveries set priority = least(priority, ${priority}::int)
      where sink = ${sink} and event_id = ${eventId}::bigint and state = 'pending' and group_key is null
        and digest_id is null and exists (select 1 from fence)
    ) select 1 from fence`;
  return rows.length > 0;
}
