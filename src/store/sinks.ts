// The state of each sink, stored so that a takeover or a restart goes on where the last holder of
// the role was.
import { eq, sql } from 'drizzle-orm';
import type { Fence } from '../kit/records/role.ts';
import type { SinkPlace, SinkState, SinkStateName, StormFacts } from '../kit/records/sink-state.ts';
import type { Database } from './database.ts';
import { heldLease } from './leases.ts';
import { type ColumnOf, millisecondsOf, type Row, RowReader } from './row.ts';
import { sinks } from './schema.ts';

/** Undefined if nothing was ever written about the sink: it is ok, and in no storm. */
export async function readSinkState(db: Database, sink: string): Promise<SinkState | undefined> {
  const [row] = await db.select().from(sinks).where(eq(sinks.sink, sink));
  return (
    row && {
      state: row.state,
      reason: row.reason,
      sinceMs: Date.parse(row.since),
      storm: row.storm,
    }
  );
}

/** Every sink that anything was ever written about, by id. */
export async function listSinkRows(db: Database): Promise<(SinkState & SinkPlace)[]> {
  const rows = await db.select().from(sinks).orderBy(sinks.sink);
  return rows.map(({ sink: id, state, reason, since, storm, place }) => {
    return { id, state, reason, sinceMs: Date.parse(since), storm, place };
  });
}

/** How long a sink has been in its state: milliseconds, by the database's clock. */
export type AgedSinkState = Pick<SinkState, 'state' | 'reason'> & { readonly ageMs: number };

/** By id, every sink that anything was ever written about. */
export async function readSinkStates(db: Database): Promise<Map<string, AgedSinkState>> {
  const { sink, state, reason, since } = sinks;
  const ageMs = millisecondsOf(sql`now() - ${since}`);
  const rows = await db.select({ sink, state, reason, ageMs }).from(sinks);
  return new Map(rows.map(({ sink: id, ...aged }) => [id, aged]));
}

export interface SinkStateChange {
  readonly sink: string;
  readonly state: SinkStateName;
  readonly reason: string | null;
}

/** The sink is in this state from now on. Fenced. @returns false if the role was lost */
export async function writeSinkState(
  db: Database,
  fence: Fence,
  { sink, state, reason }: SinkStateChange,
): Promise<boolean> {
  const rows = await db.$client`
    with fence as (${heldLease(db.$client, fence)})
    insert into sinks (sink, state, reason)
    select ${sink}::text, ${state}::text, ${reason}::text from fence
    on conflict (sink) do update
      set state = excluded.state, reason = excluded.reason, since = now()
    returning 1`;
  return rows.length > 0;
}

export interface StormChange {
  readonly sink: string;
  /** Null once it is over. */
  readonly storm: StormFacts | null;
}

/** Fenced. @returns false if the role was lost */
export async function writeStorm(
  db: Database,
  fence: Fence,
  { sink, storm }: StormChange,
): Promise<boolean> {
  const facts = storm && JSON.stringify(storm);
  const rows = await db.$client`
    with fence as (${heldLease(db.$client, fence)})
    insert into sinks (sink, state, storm) select ${sink}::text, 'ok', ${facts}::json from fence
    on conflict (sink) do update set storm = excluded.storm
    returning 1`;
  return rows.length > 0;
}

/** Where each sink posted to when it was last worked, by id. */
export async function listPlaces(db: Database): Promise<SinkPlace[]> {
  const { sink: id, place } = sinks;
  return db.select({ id, place }).from(sinks).orderBy(id);
}

const sinkRow = new RowReader<ColumnOf<typeof sinks>>('sinks');

/** @param row of the table, with the columns `sink` and `place` */
export function toPlace(row: Row): SinkPlace {
  return { id: sinkRow.text(row, 'sink'), place: sinkRow.textOrNull(row, 'place') };
}

export interface PlaceChange extends SinkPlace {
  /** The place that was read before. */
  readonly before: string | null;
}

/**
 * Notes where these sinks post to. A place that another process has changed since it was read stays
 * as it is. Fenced.
 * @returns false if one of them was not noted: the role was lost, or another process came first
 */
export async function writePlaces(
  db: Database,
  fence: Fence,
  changes: readonly PlaceChange[],
): Promise<boolean> {
  const client = db.$client;
  const records = JSON.stringify(changes);
  const rows = await client`
    with fence as (${heldLease(client, fence)}), change as (
      select * from json_to_recordset(${records}::text::json) as c(id text, place text, before text)
    )
    insert into sinks (sink, state, place) select change.id, 'ok', change.place from fence, change
    on conflict (sink) do update set place = excluded.place
      where sinks.place is not distinct from (
        select before from change where change.id = sinks.sink
      )
    returning 1`;
  return rows.length === changes.length;
}
