// What a source that follows items learns of the store. It is read while a page is read, so its
// failures are told apart from those of the far end.
import type { KnownItems } from '../../kit/source.ts';
import type { Database } from '../../store/database.ts';
import { lastIdOlderThan, readKnownEvents, readRaws } from '../../store/known-items.ts';

/** The database failed while a source asked what is stored; the cause is the driver's error. */
export class KnownItemsError extends Error {
  override readonly name = 'KnownItemsError';
}

/** @param sources ids of those whose events are seen */
export function createKnownItems(db: Database, sources: readonly string[]): KnownItems {
  return {
    olderThan: (ageMs) => told(lastIdOlderThan(db, ageMs)),
    after: (afterId, limit) => told(readKnownEvents(db, sources, { afterId, limit })),
    raws: (eventIds) => told(readRaws(db, eventIds)),
  };
}

async function told<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    throw new KnownItemsError('the database failed', { cause });
  }
}
