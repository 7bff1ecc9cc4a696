// How far each source was read, and which console that position belongs to. The cursor itself is
// moved by insertPage, together with the events of its page.
import { and, eq, sql } from 'drizzle-orm';
import type {
  FormerName,
  FormerNames,
  ReadCursor,
  StoredPosition,
} from '../kit/records/position.ts';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { eventRow } from './event-row.ts';
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

/** Every source that was ever read, by id. */
export function listPositions(db: Database): Promise<StoredPosition[]> {
  return db.select().from(cursors).orderBy(cursors.source);
}

const cursorRow = new RowReader<ColumnOf<typeof cursors>>('cursors');

/** @param row all columns of the table, `former` as text */
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

/** Writes down which console the source's position belongs to; makes its row. Fenced. */
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
 * An operator says that a position belongs to this console.
 * @returns false if the source was never read
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
 * @param console of the source as it is configured, if that is known: a source that was never read
 * then gets a row, and starts at the beginning
 * @returns the generation that counts now; undefined if the source was never read, and got no row
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
 * Forgets what was read under the id. The row keeps counting generations, so that another console
 * that is read under this id later never meets the old keys.
 * @returns false if nothing was there
 */
export async function removeSource(db: Database, source: string): Promise<boolean> {
  const { generation, console } = cursors;
  const rows = await db
    .update(cursors)
    .set({
      cursor: null,
      console: '',
      former: null,
      generation: sql`${generation} + 1`,
      updatedAt: sql`now()`,
    })
    .where(and(eq(cursors.source, source), sql`${console} is distinct from ''`))
    .returning({ source: cursors.source });
  return rows.length > 0;
}

/**
 * The external ids among these that are already stored under a former name.
 * @param externalIds as the source gives them
 */
export async function knownUnderFormer(
  db: Database,
  former: readonly FormerName[],
  externalIds: readonly string[],
): Promise<Set<string>> {
  const known = new Set<string>();
  for (const { source, generation, until } of former) {
    const idOf = new Map(externalIds.map((id) => [externalIdIn(generation, id), id]));
    const stored = JSON.stringify([...idOf.keys()]);
    const rows = await db.$client`
      select external_id from events where source = ${source} and id <= ${until}
        and external_id in (select json_array_elements_text(${stored}::text::json))`;
    for (const row of rows) known.add(idOf.get(eventRow.text(row, 'external_id'))!);
  }
  return known;
}

/** The dedupe key of an item in a generation. */
export function externalIdIn(generation: number, externalId: string): string {
  return generation > 1 ? `g${generation}/${externalId}` : externalId;
}
