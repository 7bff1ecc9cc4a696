// What waits for a sink, or is dead there, as a whole: goes to another sink, or is given up by an
// operator. Rows change hands, none is deleted.

import type postgres from 'postgres';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { heldPriority } from './deliveries/pending.ts';
import { heldLease } from './leases.ts';

/** What became of one move. */
export interface Moved {
  readonly from: string;
  readonly to: string;
  /** Deliveries that wait or are dead. */
  readonly deliveries: number;
}

/** Ids hold no blank: nobody is called so. */
const onTheWay = 'moving ';

/**
 * Moves what is open at these sinks, with groups and state, all at once: two may change places.
 * Where the event stands at the other sink already, its delivery stays.
 *
 * @param fence of the role that works the places
 * @returns null if the role was lost, and nothing was changed
 */
export async function moveBacklogs(
  db: Database,
  fence: Fence,
  moves: readonly { readonly from: string; readonly to: string }[],
): Promise<Moved[] | null> {
  return db.$client.begin(async (tx): Promise<Moved[] | null> => {
    const held = await heldLease(tx as unknown as Database['$client'], fence);
    if (held.length === 0) return null;
    const pairs = JSON.stringify(moves);
    // Of an event that is open at one of them, the deliveries at all of them: two sinks that change
    // places have the same events.
    const counted = await tx`
      with moved as (select * from json_to_recordset(${pairs}::text::json) as m("from" text, "to" text)), opened as (
        select distinct event_id from deliveries
        where sink in (select "from" from moved) and (state = 'pending' or state = 'dead')
      ), gone as (update deliveries d set sink = ${onTheWay} || d.sink
      from opened o, moved m where d.event_id = o.event_id and d.sink = m."from"
        and (m."to" in (select "from" from moved)
          or not exists (select 1 from deliveries other where other.event_id = d.event_id and other.sink = m."to"))
      returning d.state, m."from")
      select "from", count(*)::int as count from gone where state = 'pending' or state = 'dead' group by "from"`;
    for (const { from: old, to } of moves) await arrive(tx, old, to);
    await moveState(tx, pairs);
    const counts = new Map(counted.map((row) => [String(row.from), Number(row.count)]));
    return moves.map((move) => ({ ...move, deliveries: counts.get(move.from) ?? 0 }));
  }) as Promise<Moved[] | null>;
}

async function arrive(tx: postgres.TransactionSql, from: string, to: string): Promise<void> {
  const name = onTheWay + from;
  await tx`
    update delivery_attempts a set sink = ${to} from deliveries d
    where d.sink = ${name} and a.event_id = d.event_id and a.sink = ${from}`;
  await tx`update deliveries set sink = ${to} where sink = ${name}`;
}

/** A place that is paused, or in a storm, is so under any name. */
async function moveState(tx: postgres.TransactionSql, pairs: string): Promise<void> {
  const moved = () =>
    tx`select * from json_to_recordset(${pairs}::text::json) as m("from" text, "to" text)`;
  for (const table of ['sinks', 'groups']) {
    await tx`update ${tx(table)} set sink = ${onTheWay} || sink where sink in (select "from" from (${moved()}) m)`;
    await tx`delete from ${tx(table)} where sink in (select "to" from (${moved()}) m)`;
    await tx`update ${tx(table)} t set sink = m."to" from (${moved()}) m where t.sink = ${onTheWay} || m."from"`;
  }
}

/**
 * An operator moves what waits and what is dead to another sink; an event that stands there already
 * ends here as suppressed. @returns how many
 */
export async function reassignBacklog(db: Database, from: string, to: string): Promise<number> {
  return db.$client.begin(async (tx): Promise<number> => {
    const ended = await tx`
      update deliveries d set state = 'suppressed', reason = 'moved', finalized_at = now()
      where d.sink = ${from} and d.state in ('pending', 'dead')
        and exists (select 1 from deliveries other where other.event_id = d.event_id and other.sink = ${to})
      returning 1`;
    await tx`
      update delivery_attempts a set sink = ${to} from deliveries d
      where d.sink = ${from} and d.state in ('pending', 'dead') and a.event_id = d.event_id and a.sink = ${from}`;
    const moved = await tx`
      update deliveries set sink = ${to} where sink = ${from} and state in ('pending', 'dead') returning 1`;
    return ended.length + moved.length;
  }) as Promise<number>;
}

/**
 * An operator gives up what waits and what is dead for a sink. The rows stay, with that reason.
 * @returns how many
 */
export async function dropBacklog(db: Database, sink: string): Promise<number> {
  const rows = await db.$client`
    update deliveries set state = 'suppressed', reason = 'dropped', finalized_at = now(), group_key = null, digest_id = null,
      priority = priority % ${heldPriority}
    where sink = ${sink} and state in ('pending', 'dead') returning 1`;
  return rows.length;
}
