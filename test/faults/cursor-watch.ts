// Triggers in a case's database that note every move of a cursor as it commits, with what was
// stored by then. Postgres only.
import type { Tenant } from '../../simulators/tenant/index.ts';
import { sourceOf, withDatabase } from './checker.ts';

/** To be called once the tables are there. Costs one count for each page. */
export function watchCursors(url: string): Promise<void> {
  return withDatabase({ url }, async (sql) => {
    await sql.unsafe(`
      create table cursor_moves (n bigint generated always as identity, source text, before bigint, after bigint, stored bigint);
      create function note_cursor_move() returns trigger language plpgsql as $$
      begin
        insert into cursor_moves (source, before, after, stored)
        select new.source, (old.cursor::json->>'id')::bigint, (new.cursor::json->>'id')::bigint, count(*)
        from events where source = new.source and coalesce(raw->>'id', body->>'itemId')::bigint <= (new.cursor::json->>'id')::bigint;
        return null;
      end $$;
      create constraint trigger note_cursor_move after insert or update on cursors deferrable initially deferred
        for each row execute function note_cursor_move();`);
  });
}

/**
 * In words: moves backwards, and moves past items that were not stored when the move was committed.
 * For tenants whose ids only grow.
 */
export function badMoves(url: string, tenant: Pick<Tenant, 'ids'>): Promise<string[]> {
  return withDatabase({ url }, async (sql) => {
    const moves =
      await sql`select source, before::text, after::text, stored::text from cursor_moves order by n`;
    return moves.flatMap((move) => {
      const stream = move.source === sourceOf.events ? 'events' : 'suspicious';
      const after = Number(move.after);
      const wanted = tenant.ids(stream).filter((id) => id <= after).length;
      const words = `${move.source} from ${move.before} to ${after}`;
      return [
        ...(move.before !== null && Number(move.before) > after ? [`${words}: backwards`] : []),
        ...(Number(move.stored) < wanted ? [`${words}: ${move.stored} of ${wanted} stored`] : []),
      ];
    });
  });
}
