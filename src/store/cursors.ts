// How far each source was read, and of which console. The cursor itself is moved by insertPage,
// with its events.

import { eq, sql } from 'drizzle-orm';
import type postgres from 'postgres';
import type {
  FormerName,
  FormerNames,
  ReadCursor,
  StoredPosition,
} from '../kit/records/position.ts';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { heldLease } from './leases.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import { cursors } from './schema.ts';

/** Where to read on; a source that was never read starts at null. */
export async function readCursor(db: Database, source: string): Promise<ReadCursor> {
  const [row] = await db
    .select({ cursor: cursors.cursor, generation: cursors.generation })
    .from(cursors)
    .where(eq(cursors.source, source));
  return row ?? { cursor: null, generation: 1 };
}

/** Undefined if the source was never read. */
export async function readPosition(
  db: Database,
  source: string,
): Promise<StoredPosition | undefined> {
  const [row] = await db.select().from(cursors).where(eq(cursors.source, source));
  return row;
}

/** Every source that was ever read. */
export function listPositions(db: Database): Promise<StoredPosition[]> {
  return db.select().from(cursors).orderBy(cursors.source);
}

/** Fenced: says of what console the position is; makes its row. */
export async function nameConsole(
  db: Database,
  fence: Fence,
  { source, console }: { readonly source: string; readonly console: string },
): Promise<void> {
  await db.$client`
    with fence as (${heldLease(db.$client, fence)})
    insert into cursors (source, console) select ${source}::text, ${console}::text from fence
    on conflict (source) do update set console = excluded.console`;
}

/**
 * An operator says that a position counts for this console. @returns false if the source was never
 * read
 */
export async function adoptConsole(
  db: Database,
  source: string,
  console: string,
): Promise<boolean> {
  const rows = await db
    .update(cursors)
    .set({ console })
    .where(eq(cursors.source, source))
    .returning({ source: cursors.source });
  return rows.length > 0;
}

/**
 * After a tenant was rebuilt: forgets the cursor and starts a new generation, in which old item
 * numbers are new again.
 * @param console of the source as it is configured, if that is known: then one that was never read
 * is made, and begins anew
 */
export async function resetSource(
  db: Database,
  source: string,
  console?: string,
): Promise<number | undefined> {
  const [row] = await db
    .update(cursors)
    .set({
      cursor: null,
      generation: sql`${cursors.generation} + 1`,
      updatedAt: sql`now()`,
      ...(console && { console }),
    })
    .where(eq(cursors.source, source))
    .returning({ generation: cursors.generation });
  if (row !== undefined || console === undefined) return row?.generation;
  await db.insert(cursors).values({ source, console }).onConflictDoNothing();
  return 1;
}

/**
 * Forgets what was read under the id. Its generation stays: another console under this id must not
 * meet old keys.
 */
export async function removeSource(db: Database, source: string): Promise<boolean> {
  const rows = await db.$client`
    update cursors set cursor = null, console = '', former = null, generation = generation + 1, updated_at = now()
    where source = ${source} and console is distinct from '' returning 1`;
  return rows.length > 0;
}

export interface Taking {
  readonly from: string;
  readonly to: string;
  /** Of `to`; null if that is not known, and then it stays the same. */
  readonly console: string | null;
}

/**
 * Moves a position to another id. If that id holds the position of another console, the two change
 * places. Events stay under the source that they were stored with, and the position remembers which
 * those are.
 *
 * What a page that is being read meanwhile would store under either id is refused: their
 * generations change.
 *
 * @param fence of the role that reads `to`; null for an operator
 * @returns `held` while another live process reads `from`; `lost` if the role or the position is
 * gone
 */
export async function takePosition(
  db: Database,
  fence: Fence | null,
  { from, to, console }: Taking,
): Promise<StoredPosition | 'held' | 'lost'> {
  return db.$client.begin(async (tx): Promise<StoredPosition | 'held' | 'lost'> => {
    if (fence !== null && (await heldBy(tx, fence)).length === 0) return 'lost';
    // Locked, so that nobody takes the role before this has ended.
    const [role] =
      await tx`select holder::text from leases where name = ${`source:${from}`} for update`;
    const holder = (role?.holder ?? null) as string | null;
    const live =
      await tx`select 1 from replicas where id::text = ${holder} and expires_at > clock_timestamp()`;
    if (live.length > 0 && holder !== fence?.holder) return 'held';
    const rows = await tx`
      select source, cursor, generation, console, former::text as former, updated_at::text as updated_at
      from cursors
      where source in (${from}, ${to}) for update`;
    const positions = rows.map(toPosition);
    const old = positions.find(({ source }) => source === from);
    if (old === undefined || old.cursor === null) return 'lost';
    const [newest] = await tx`select coalesce(max(id), 0)::bigint as id from events`;
    const [next, rest] = exchanged({
      old,
      occupant: positions.find(({ source }) => source === to),
      to,
      console,
      newestId: Number(newest?.id),
    });
    for (const row of [next, rest]) await write(tx, row);
    return next;
  }) as Promise<StoredPosition | 'held' | 'lost'>;
}

function heldBy(tx: postgres.TransactionSql, fence: Fence) {
  return heldLease(tx as unknown as Database['$client'], fence);
}

const cursorRow = new RowReader<ColumnOf<typeof cursors>>('cursors');

/** Of all columns of a row, `former` as text. */
export function toPosition(row: Row): StoredPosition {
  return {
    source: cursorRow.text(row, 'source'),
    cursor: cursorRow.textOrNull(row, 'cursor'),
    generation: cursorRow.number(row, 'generation'),
    console: cursorRow.textOrNull(row, 'console'),
    former: cursorRow.jsonOrNull<FormerNames>(row, 'former'),
    updatedAt: cursorRow.text(row, 'updated_at'),
  };
}

async function write(
  tx: postgres.TransactionSql,
  { source, cursor, generation, console, former }: StoredPosition,
) {
  const names = former && JSON.stringify(former);
  await tx`
    insert into cursors (source, cursor, generation, console, former)
    values (${source}, ${cursor}, ${generation}, ${console}, ${names}::text::json)
    on conflict (source) do update set cursor = excluded.cursor, generation = excluded.generation,
      console = excluded.console, former = excluded.former, updated_at = now()`;
}

interface Exchange {
  readonly old: StoredPosition;
  readonly occupant: StoredPosition | undefined;
  readonly to: string;
  readonly console: string | null;
  /** Id of the newest event that is stored. */
  readonly newestId: number;
}

/**
 * What stands under the two ids afterwards. Where events of another console may stand under an id,
 * the generation is one that neither ever had, so that equal numbers are not taken for the same
 * event.
 */
function exchanged({
  old,
  occupant,
  to,
  console,
  newestId,
}: Exchange): readonly [StoredPosition, StoredPosition] {
  const unused = Math.max(old.generation, occupant?.generation ?? 0) + 1;
  const generation = occupant === undefined ? old.generation : unused;
  const next = {
    ...old,
    source: to,
    console: console ?? old.console,
    generation,
    former: withName(old, generation, newestId),
  };
  const empty = { ...old, cursor: null, console: '', generation: unused, former: null };
  if (!occupant?.cursor || !occupant.console) return [next, empty];
  return [
    next,
    {
      ...occupant,
      source: old.source,
      generation: unused,
      former: withName(occupant, unused, newestId),
    },
  ];
}

function withName(
  { source, generation, former }: StoredPosition,
  next: number,
  newestId: number,
): FormerNames {
  const known = former?.generation === generation ? former.names : [];
  return { generation: next, names: [...known, { source, generation, until: newestId }] };
}

/**
 * The external ids among these that are stored under a former name already. @param externalIds as
 * the source gives them
 */
export async function knownUnderFormer(
  db: Database,
  former: readonly FormerName[],
  externalIds: readonly string[],
): Promise<Set<string>> {
  const known = new Set<string>();
  for (const { source, generation, until } of former) {
    const keys = new Map(externalIds.map((id) => [externalIdIn(generation, id), id]));
    const rows = await db.$client`
      select external_id from events where source = ${source} and id <= ${until}
        and external_id in (select json_array_elements_text(${JSON.stringify([...keys.keys()])}::text::json))`;
    for (const row of rows) known.add(keys.get(String(row.external_id))!);
  }
  return known;
}

/** The dedupe key of an item in a generation. */
export function externalIdIn(generation: number, externalId: string): string {
  return generation > 1 ? `g${generation}/${externalId}` : externalId;
}
