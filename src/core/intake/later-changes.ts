// Stores a page, and lets what the vendor changed change the incidents: one transaction, so that each
// change counts once. A page without changes costs nothing more.
import type { Change } from '../../kit/incident.ts';
import type { DecidedEvent, InsertedEvent } from '../../kit/records/decision.ts';
import type { Database } from '../../store/database.ts';
import { insertPage, type NewPage } from '../../store/events.ts';
import { storedItems } from '../../store/items.ts';
import { inTransaction } from '../../store/transaction.ts';
import { changeIncident } from '../incidents/change.ts';

/**
 * As `insertPage`. Behind a pooler without transactions a crash between the two halves leaves the
 * change as an event that its incident does not show.
 */
export async function insertWithChanges(
  db: Database,
  page: NewPage,
): Promise<InsertedEvent[] | null> {
  if (!page.events.some(({ draft }) => draft.body.change !== undefined))
    return insertPage(db, page);
  return inTransaction(db, async (within) => {
    const inserted = await insertPage(within, page);
    // What was stored before has changed its incident then.
    for (const { root, change, draft } of await rootsOf(within, page, inserted ?? []))
      await changeIncident(within, {
        eventId: root,
        wanted: { kind: 'vendor', change, severity: draft.severity, seenAt: seenAtOf(change) },
        ...{ actor: change.source, via: 'vendor' },
      });
    return inserted;
  });
}

interface Rooted {
  readonly root: number;
  readonly change: Change;
  readonly draft: DecidedEvent['draft'];
}

/**
 * The new changes with the events that they are about, always in the same order: of two processes
 * neither waits for the other. A change of what is not stored has none.
 */
async function rootsOf(
  db: Database,
  { events }: NewPage,
  inserted: readonly InsertedEvent[],
): Promise<Rooted[]> {
  const changed = inserted.flatMap(({ index }) => {
    const { draft } = events[index]!;
    return draft.body.change === undefined ? [] : [{ draft, change: draft.body.change }];
  });
  const idsBySource = new Map<string, Set<string>>();
  for (const { change } of changed)
    idsBySource.set(
      change.source,
      (idsBySource.get(change.source) ?? new Set()).add(change.externalId),
    );
  const rooted: Rooted[] = [];
  for (const [source, ids] of idsBySource) {
    const roots = await storedItems(db, source, [...ids]);
    for (const one of changed) {
      const root = one.change.source === source ? roots.get(one.change.externalId) : undefined;
      if (root !== undefined) rooted.push({ ...one, root });
    }
  }
  return rooted.sort((a, b) => a.root - b.root);
}

function seenAtOf({ fields }: Change): string | null {
  return fields.find(({ name }) => name === 'lastSeenAt')?.to ?? null;
}
