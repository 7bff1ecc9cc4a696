// How far each source was read. The cursor itself is moved by insertPage, with its events.
import { eq, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { cursors } from './schema.ts';

export interface ReadCursor {
  readonly cursor: string | null;
  readonly generation: number;
}

/** Where to read on; a source that was never read starts at null. */
export async function readCursor(db: Database, source: string): Promise<ReadCursor> {
  const [row] = await db
    .select({ cursor: cursors.cursor, generation: cursors.generation })
    .from(cursors)
    .where(eq(cursors.source, source));
  return row ?? { cursor: null, generation: 1 };
}

/** After a tenant was rebuilt: forgets the cursor and starts a new generation, in which old item numbers are new again. */
export async function resetSource(db: Database, source: string): Promise<number | undefined> {
  const [row] = await db
    .update(cursors)
    .set({ cursor: null, generation: sql`${cursors.generation} + 1`, updatedAt: sql`now()` })
    .where(eq(cursors.source, source))
    .returning({ generation: cursors.generation });
  return row?.generation;
}

/** Every source that was ever read. */
export function listCursors(
  db: Database,
): Promise<{ source: string; cursor: string | null; generation: number; updatedAt: string }[]> {
  return db.select().from(cursors).orderBy(cursors.source);
}
