// The state of each sink, kept so that a takeover or a restart goes on where the last holder was.
import { eq } from 'drizzle-orm';
import type { Fence } from '../kit/records/role.ts';
import type { SinkPlace, SinkState, SinkStateName, StormFacts } from '../kit/records/sink-state.ts';
import type { Database } from './database.ts';
import { heldLease } from './leases.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import { sinks } from './schema.ts';

export type { StormFacts } from '../kit/records/sink-state.ts';

/** `age`: milliseconds in this state. */
const sinkRow = new RowReader<ColumnOf<typeof sinks> | 'age'>('sinks');
const stateNames: readonly SinkStateName[] = ['ok', 'backing_off', 'paused'];

/** Undefined if the sink was never anything but ok, and never in a storm. */
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

/**
 * Of all that were ever anything but ok, by id, and for how many milliseconds they have been so, by
 * the database's clock.
 */
export async function readSinkStates(
  db: Database,
): Promise<Map<string, Pick<SinkState, 'state' | 'reason'> & { ageMs: number }>> {
  const rows =
    await db.$client`select sink, state, reason, extract(epoch from now() - since) * 1000 as age from sinks`;
  return new Map(
    rows.map((row) => [
      sinkRow.text(row, 'sink'),
      {
        state: sinkRow.oneOf(row, 'state', stateNames),
        reason: sinkRow.textOrNull(row, 'reason'),
        ageMs: sinkRow.number(row, 'age'),
      },
    ]),
  );
}

/** Fenced. @returns false if the role was lost */
export async function writeSinkState(
  db: Database,
  fence: Fence,
  { sink, state, reason }: { sink: string; state: SinkStateName; reason: string | null },
): Promise<boolean> {
  const rows = await db.$client`
    with fence as (${heldLease(db.$client, fence)})
    insert into sinks (sink, state, reason) select ${sink}::text, ${state}::text, ${reason}::text from fence
    on conflict (sink) do update set state = excluded.state, reason = excluded.reason, since = now()
    returning 1`;
  return rows.length > 0;
}

/** Fenced. @param storm null once it is over @returns false if the role was lost */
export async function writeStorm(
  db: Database,
  fence: Fence,
  { sink, storm }: { readonly sink: string; readonly storm: StormFacts | null },
): Promise<boolean> {
  const facts = storm && JSON.stringify(storm);
  const rows = await db.$client`
    with fence as (${heldLease(db.$client, fence)})
    insert into sinks (sink, state, storm) select ${sink}::text, 'ok', ${facts}::json from fence
    on conflict (sink) do update set storm = excluded.storm
    returning 1`;
  return rows.length > 0;
}

/** Where each sink posted to when it was last worked. */
export async function listPlaces(db: Database): Promise<SinkPlace[]> {
  const { sink, place } = sinks;
  return (await db.select({ sink, place }).from(sinks).orderBy(sink)).map(toPlace);
}

/** Of a sink's row. */
export function toPlace(row: Row): SinkPlace {
  return { id: sinkRow.text(row, 'sink'), place: sinkRow.textOrNull(row, 'place') };
}

export interface PlaceChange extends SinkPlace {
  /** The place that was read before. */
  readonly before: string | null;
}

/**
 * Fenced: notes where these sinks post to. A place that another process has changed since it was
 * read stays as it is.
 * @returns false if one of them was not noted: the role was lost, or another process came first
 */
export async function writePlaces(
  db: Database,
  fence: Fence,
  changes: readonly PlaceChange[],
): Promise<boolean> {
  const client = db.$client;
  const rows = await client`
    with fence as (${heldLease(client, fence)}),
      change as (select * from json_to_recordset(${JSON.stringify(changes)}::text::json) as c(id text, place text, before text))
    insert into sinks (sink, state, place) select change.id, 'ok', change.place from fence, change
    on conflict (sink) do update set place = excluded.place
      where sinks.place is not distinct from (select before from change where change.id = sinks.sink)
    returning 1`;
  return rows.length === changes.length;
}
