// Stores a page although the database cannot hold one of its events: bisects the page, and keeps
// the culprit as UNRECOGNISED with its bytes in base64.

import { unparsedRaw } from '../../kit/event.ts';
import type { DecidedEvent, InsertedEvent } from '../../kit/records/decision.ts';
import { isUnstorable } from '../../store/database.ts';

/** A stored row with what it was made from. */
export interface StoredRow extends InsertedEvent {
  readonly event: DecidedEvent;
}

/** @returns null if it wrote nothing, because the role was lost @throws the driver's error */
export type Insert = (
  events: readonly DecidedEvent[],
  cursor: string | null,
) => Promise<InsertedEvent[] | null>;

/**
 * Inserts the events, then the cursor.
 * @returns null if the role was lost meanwhile @throws the driver's error, unless it is about a
 * text
 */
export async function insertOrBisect(
  events: readonly DecidedEvent[],
  cursor: string | null,
  insert: Insert,
): Promise<StoredRow[] | null> {
  try {
    const rows = await insert(events, cursor);
    return rows?.map((row) => ({ ...row, event: events[row.index]! })) ?? null;
  } catch (error) {
    if (!isUnstorable(error) || events.length === 0) throw error;
  }
  const [only] = events;
  if (events.length === 1 && only) return insertOrBisect([unrecognised(only)], cursor, insert);
  const middle = Math.ceil(events.length / 2);
  const first = await insertOrBisect(events.slice(0, middle), null, insert);
  const second = first && (await insertOrBisect(events.slice(middle), cursor, insert));
  return first && second && [...first, ...second];
}

/** Known by identity: an item of the vendor's may look just like one of these. */
const replaced = new WeakSet<DecidedEvent>();

/**
 * The same event with the same decisions, its content kept as bytes. @throws if it was made here
 */
export function unrecognised(event: DecidedEvent): DecidedEvent {
  if (replaced.has(event)) throw new Error('an unrecognised item could not be stored');
  const { draft, routes, decisions } = event;
  const { externalId, subject, stream, severity } = draft;
  const unknown = { status: null, action: null, occurredAt: null, body: {} };
  const made: DecidedEvent = {
    routes,
    decisions,
    draft: {
      externalId,
      subject,
      stream,
      severity,
      type: 'UNRECOGNISED',
      ...unknown,
      raw: unparsedRaw(draft.raw),
    },
  };
  replaced.add(made);
  return made;
}
