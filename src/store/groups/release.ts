// Lets held or less urgent deliveries go out as single cards. Each statement is fenced.
import type { GroupChange } from '../../kit/records/group.ts';
import type { Fence } from '../../kit/records/role.ts';
import type { Database } from '../database.ts';
import { heldPriority } from '../deliveries/pending.ts';
import { deliveryRow } from '../deliveries/row.ts';
import { heldLease } from '../leases.ts';
import { countSent } from './waiting.ts';

export interface CardRelease {
  readonly sink: string;
  readonly group: GroupChange;
  /** How many go out at most. */
  readonly count: number;
}

/**
 * Lets the first `count` deliveries of a group, most urgent first, go out as single cards.
 * @returns how many those were; null if the role was lost
 */
export async function releaseCards(
  db: Database,
  fence: Fence,
  { sink, group, count }: CardRelease,
): Promise<number | null> {
  const from = db.$client`fence`;
  const [row] = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), chosen as (
      select event_id from deliveries
      where sink = ${sink} and state = 'pending' and priority >= ${heldPriority}
        and digest_id is null and group_key = ${group.key} and exists (select 1 from fence)
      order by priority, event_id limit ${count} for update
    ), released as (
      update deliveries d set priority = d.priority - ${heldPriority}, group_key = null,
        held_by = 'group', held_until = now()
      from chosen c where d.sink = ${sink} and d.event_id = c.event_id returning 1
    ), counted as (${countSent(db, { sink, group, sent: count, cards: count, from })})
    select (select count(*) from released)::int as count from fence`;
  return row === undefined ? null : deliveryRow.number(row, 'count');
}

export interface Raise {
  readonly sink: string;
  readonly eventId: number;
  /** A delivery that is more urgent already keeps its own. */
  readonly priority: number;
}

/**
 * Lets one pending delivery go out as if it were that urgent. Nothing happens to a delivery in a
 * group or in a digest.
 * @returns false if the role was lost, and nothing was written
 */
export async function raiseDelivery(
  db: Database,
  fence: Fence,
  { sink, eventId, priority }: Raise,
): Promise<boolean> {
  const rows = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), raised as (
      update deliveries set priority = least(priority, ${priority}::int), held_by = 'storm',
        held_until = now()
      where sink = ${sink} and event_id = ${eventId}::bigint and state = 'pending'
        and group_key is null and digest_id is null and exists (select 1 from fence)
    )
    select 1 from fence`;
  return rows.length > 0;
}
