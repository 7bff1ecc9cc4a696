// Everything that waits for a sink or is dead there: it moves to another sink, or an operator gives
// it up. Rows change their sink or their state; none is deleted.
import { and, eq, inArray, sql } from 'drizzle-orm';
import type postgres from 'postgres';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { heldPriority } from './deliveries/pending.ts';
import { heldLease } from './leases.ts';
import { RowReader } from './row.ts';
import { deliveries } from './schema.ts';

export interface BacklogMove {
  readonly from: string;
  readonly to: string;
}

export interface Moved extends BacklogMove {
  /** How many deliveries wait or are dead. */
  readonly deliveries: number;
}

/** Stands before the id of a sink whose rows are on their way. No id has a blank. */
const onTheWay = 'moving ';

/**
 * Moves what is open at these sinks, with groups and state, all at once: two may change places. A
 * delivery of an event that the other sink already has stays where it is.
 *
 * @param fence of the role that works the places
 * @returns null if the role was lost, and nothing was changed
 */
export async function moveBacklogs(
  db: Database,
  fence: Fence,
  moves: readonly BacklogMove[],
): Promise<Moved[] | null> {
  return db.$client.begin(async (tx): Promise<Moved[] | null> => {
    const held = await heldLease(tx as unknown as Database['$client'], fence);
    if (held.length === 0) return null;
    const pairs = JSON.stringify(moves);
    const counts = await depart(tx, pairs);
    for (const move of moves) await arrive(tx, move);
    await moveState(tx, pairs);
    return moves.map((move) => ({ ...move, deliveries: counts.get(move.from) ?? 0 }));
  }) as Promise<Moved[] | null>;
}

/**
 * Of each event that is open at one of the sinks, moves the deliveries at all of them: two sinks
 * that change places have the same events.
 * @returns how many of those that move wait or are dead, by the sink that they leave
 */
async function depart(tx: postgres.TransactionSql, pairs: string): Promise<Map<string, number>> {
  const rows = await tx`
    with moved as (
      select * from json_to_recordset(${pairs}::text::json) as m("from" text, "to" text)
    ), opened as (
      select distinct event_id from deliveries
      where sink in (select "from" from moved) and (state = 'pending' or state = 'dead')
    ), gone as (
      update deliveries d set sink = ${onTheWay} || d.sink
      from opened o, moved m
      where d.event_id = o.event_id and d.sink = m."from"
        and (m."to" in (select "from" from moved) or not exists (
          select 1 from deliveries other
          where other.event_id = d.event_id and other.sink = m."to"
        ))
      returning d.state, m."from"
    )
    select "from", count(*)::int as count from gone
    where state = 'pending' or state = 'dead' group by "from"`;
  return new Map(rows.map((row) => [departed.text(row, 'from'), departed.number(row, 'count')]));
}

const departed = new RowReader<'from' | 'count'>('deliveries');

async function arrive(tx: postgres.TransactionSql, { from, to }: BacklogMove): Promise<void> {
  const name = onTheWay + from;
  await tx`
    update delivery_attempts a set sink = ${to} from deliveries d
    where d.sink = ${name} and a.event_id = d.event_id and a.sink = ${from}`;
  await tx`update deliveries set sink = ${to} where sink = ${name}`;
}

/** A place that is paused or in a storm stays so under its new name. */
async function moveState(tx: postgres.TransactionSql, pairs: string): Promise<void> {
  const moved = () =>
    tx`select * from json_to_recordset(${pairs}::text::json) as m("from" text, "to" text)`;
  for (const table of ['sinks', 'groups']) {
    await tx`
      update ${tx(table)} set sink = ${onTheWay} || sink
      where sink in (select "from" from (${moved()}) m)`;
    await tx`delete from ${tx(table)} where sink in (select "to" from (${moved()}) m)`;
    await tx`
      update ${tx(table)} t set sink = m."to" from (${moved()}) m
      where t.sink = ${onTheWay} || m."from"`;
  }
}

/**
 * An operator moves what waits and what is dead to another sink. A delivery of an event that the
 * other sink already has ends here as suppressed.
 * @returns how many it moved or ended
 */
export async function reassignBacklog(db: Database, from: string, to: string): Promise<number> {
  return db.$client.begin(async (tx): Promise<number> => {
    const ended = await tx`
      update deliveries d set state = 'suppressed', reason = 'moved', finalized_at = now()
      where d.sink = ${from} and d.state in ('pending', 'dead') and exists (
        select 1 from deliveries other where other.event_id = d.event_id and other.sink = ${to}
      )
      returning 1`;
    await tx`
      update delivery_attempts a set sink = ${to} from deliveries d
      where d.sink = ${from} and d.state in ('pending', 'dead')
        and a.event_id = d.event_id and a.sink = ${from}`;
    const moved = await tx`
      update deliveries set sink = ${to}
      where sink = ${from} and state in ('pending', 'dead') returning 1`;
    return ended.length + moved.length;
  }) as Promise<number>;
}

/**
 * An operator gives up what waits and what is dead for a sink. The rows stay, with that reason.
 * @returns how many
 */
export async function dropBacklog(db: Database, sink: string): Promise<number> {
  const rows = await db
    .update(deliveries)
    .set({
      state: 'suppressed',
      reason: 'dropped',
      groupKey: null,
      digestId: null,
      finalizedAt: sql`now()`,
      priority: sql`${deliveries.priority} % ${heldPriority}`,
    })
    .where(and(eq(deliveries.sink, sink), inArray(deliveries.state, ['pending', 'dead'])))
    .returning({ eventId: deliveries.eventId });
  return rows.length;
}
