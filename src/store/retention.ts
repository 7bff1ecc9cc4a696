// Removes events that are older than the operator keeps them, a batch at a time. An event with a
// delivery that is still pending stays.
import { count, desc, eq, lte, min, sql } from 'drizzle-orm';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { heldLease } from './leases.ts';
import { RowReader } from './row.ts';
import { events } from './schema.ts';

/**
 * Each source keeps this many of its newest events, whatever their age: what is read twice near
 * the cursor must be recognised.
 */
const keptNewest = 1000;
/**
 * They are looked for among this many of the newest events of all. A source with fewer there is a
 * quiet one, and keeps everything.
 */
const newestOfAll = 100_000;

/** By source, the id from which on its events stay. A source that is absent keeps everything. */
export type KeptFrom = ReadonlyMap<string, number>;

export async function readKeptFrom(db: Database): Promise<KeptFrom> {
  const newest = db
    .select({ source: events.source, id: events.id })
    .from(events)
    .orderBy(desc(events.id))
    .limit(newestOfAll)
    .as('newest');
  const place = sql<number>`row_number() over (
    partition by ${newest.source} order by ${newest.id} desc
  )`;
  const ranked = db
    .select({ source: newest.source, id: newest.id, place: place.as('place') })
    .from(newest)
    .as('ranked');
  const rows = await db
    .select({ source: ranked.source, id: min(ranked.id) })
    .from(ranked)
    .where(lte(ranked.place, keptNewest))
    .groupBy(ranked.source)
    .having(eq(count(), keptNewest));
  // A group has a row, and a row has an id.
  return new Map(rows.map(({ source, id }) => [source, id!]));
}

/** What one batch came to. */
export interface Removed {
  /** Where the next batch begins; null if there are no more events of that age. */
  readonly lastId: number | null;
  readonly count: number;
}

export interface RemovalBatch {
  readonly kept: KeptFrom;
  /** The batch looks at `limit` events after this id. */
  readonly afterId: number;
  readonly limit: number;
  /** Events that are older are removed. */
  readonly ageMs: number;
  /** This machine's clock, in milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * Looks at the next `limit` events after `afterId`, and removes those that are older than `ageMs`,
 * with their deliveries, attempts and incidents. One statement. Fenced. An event must be that old by the
 * database's clock and by this machine's: a clock that leaps forward removes nothing.
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
        select id, source, received_at from events
        where id > ${afterId} and exists (select 1 from fence) order by id limit ${limit}
      ) next
      where received_at < least(now(), to_timestamp(${nowMs}::float8 / 1000))
        - ${ageMs} * interval '1 millisecond'
    ), expired as (
      select l.id from looked l
        join json_to_recordset(${bounds}::text::json) as k(source text, id bigint)
          on k.source = l.source and l.id < k.id
      where not exists (
        select 1 from deliveries d where d.event_id = l.id and d.state = 'pending'
      )
    ), attempts as (
      delete from delivery_attempts a using expired e where a.event_id = e.id
    ), settled as (
      delete from deliveries d using expired e where d.event_id = e.id
    ), incidents as (
      delete from incidents i using expired e where i.event_id = e.id returning i.id
    ), changes as (
      delete from incident_changes c using incidents i where c.incident_id = i.id
    ), edits as (
      delete from message_edits m using expired e where m.event_id = e.id
    ), gone as (
      delete from events v using expired e where v.id = e.id returning 1
    )
    select (select max(id) from looked) as last_id, (select count(*) from gone)::int as count
    from fence`;
  return row === undefined
    ? null
    : { lastId: removed.numberOrNull(row, 'last_id'), count: removed.number(row, 'count') };
}

const removed = new RowReader<'last_id' | 'count'>('events');
