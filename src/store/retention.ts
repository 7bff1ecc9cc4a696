// Removes what is older than anybody wants to keep, a little at a time. Never what is still to be
// delivered.
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { heldLease } from './leases.ts';

/**
 * So many of its newest events a source keeps whatever their age: what is read twice near the
 * cursor must be known again.
 */
const keptNewest = 1000;
/**
 * Among so many of the newest of all they are looked for; a source with fewer there is a quiet one,
 * and keeps all.
 */
const newestOfAll = 100_000;

/** By source, the id from which on everything stays; what is not in it stays whole. */
export type KeptFrom = ReadonlyMap<string, number>;

export async function readKeptFrom(db: Database): Promise<KeptFrom> {
  const rows = await db.$client`
    select source, min(id) as id from (
      select source, id, row_number() over (partition by source order by id desc) as place
      from (select source, id from events order by id desc limit ${newestOfAll}) newest
    ) ranked where place <= ${keptNewest} group by source having count(*) = ${keptNewest}`;
  return new Map(rows.map((row) => [String(row.source), Number(row.id)]));
}

/** What one batch came to. */
export interface Removed {
  /** To go on after; null if there is nothing more of that age. */
  readonly lastId: number | null;
  readonly count: number;
}

export interface RemovalBatch {
  readonly kept: KeptFrom;
  /** Of so many events after this id. */
  readonly afterId: number;
  readonly limit: number;
  /** Those that are older. */
  readonly ageMs: number;
  /** This machine's clock, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * Looks at the next `limit` events after `afterId`, and removes those that are older than `ageMs`,
 * with their deliveries and attempts. One statement. Fenced. They must be so by the database's
 * clock and by this machine's: one that leaps forward removes nothing.
 * @returns null if the role was lost
 */
export async function removeExpired(
  db: Database,
  fence: Fence,
  { kept, afterId, limit, ageMs, nowMs }: RemovalBatch,
): Promise<Removed | null> {
  const bounds = JSON.stringify([...kept].map(([source, id]) => ({ source, id })));
  const [row] = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), looked as (
      select id, source from (
        select id, source, received_at from events where id > ${afterId} and exists (select 1 from fence) order by id limit ${limit}
      ) next where received_at < least(now(), to_timestamp(${nowMs}::float8 / 1000)) - ${ageMs} * interval '1 millisecond'
    ), expired as (
      select l.id from looked l join json_to_recordset(${bounds}::text::json) as k(source text, id bigint) on k.source = l.source and l.id < k.id
      where not exists (select 1 from deliveries d where d.event_id = l.id and d.state = 'pending')
    ), attempts as (
      delete from delivery_attempts a using expired e where a.event_id = e.id
    ), settled as (
      delete from deliveries d using expired e where d.event_id = e.id
    ), gone as (
      delete from events v using expired e where v.id = e.id returning 1
    )
    select (select max(id) from looked) as last, (select count(*) from gone)::int as count from fence`;
  return row === undefined
    ? null
    : { lastId: row.last === null ? null : Number(row.last), count: Number(row.count) };
}
