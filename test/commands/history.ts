// Puts events into a store as if they had arrived at their times, for commands that look back.
import type { EventDraft } from '../../src/kit/event.ts';
import { insertPage } from '../../src/store/events.ts';
import { openStore } from '../../src/store/open.ts';

export interface HistoryRow {
  /** When it arrived, ISO 8601. */
  readonly at: string;
  readonly draft: EventDraft;
  /** `di` by default. */
  readonly source?: string;
}

/**
 * In place of whatever is stored; ids are 1, 2, … in the order of the rows. Each has a delivery for
 * a sink `old`.
 */
export async function fillHistory(
  where: { readonly databaseUrl?: string; readonly dataDir: string },
  rows: readonly HistoryRow[],
): Promise<void> {
  const log = { info() {}, error() {} };
  const store = await openStore({ databasePrepare: true, ...where, log, onFatal() {} });
  try {
    await store.migrate();
    const sql = store.db.$client;
    await sql`truncate events, deliveries restart identity`;
    const decisions = [{ sink: 'old', state: 'pending', reason: null, priority: 1 } as const];
    // Row by row where the source changes, so that ids follow the rows.
    for (let from = 0, to: number; from < rows.length; from = to) {
      const source = rows[from]!.source ?? 'di';
      to = rows.findIndex((one, index) => index > from && (one.source ?? 'di') !== source);
      if (to < 0) to = rows.length;
      const page = rows.slice(from, to).map(({ draft }) => ({ draft, routes: [], decisions }));
      await insertPage(store.db, { fence: null, source, events: page, cursor: null });
    }
    const times = rows.map(({ at }) => at).join(',');
    await sql`
      update events set received_at = t.at::timestamptz
      from unnest(string_to_array(${times}::text, ',')) with ordinality as t(at, n) where id = t.n`;
  } finally {
    await store.close();
  }
}
