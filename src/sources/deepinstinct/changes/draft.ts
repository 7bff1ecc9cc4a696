// A change of an item as an event: what it is now, and what changed. Pure.
import { createHash } from 'node:crypto';
import { changeStream, type EventDraft } from '../../../kit/event.ts';
import { isSameTime } from '../cursor.ts';
import { normalise } from '../normalise.ts';
import { isObject, parsePage, type WireItem } from '../page.ts';
import { changesBetween, meaningOf, snapshotOf } from './snapshot.ts';
import type { Watched } from './watch.ts';

export interface Compared {
  readonly item: WireItem;
  readonly watched: Watched;
  /** What is stored of it, as the vendor sent it then. */
  readonly knownRaw: string;
  /** Of links to the console, as `normalise` takes it. */
  readonly link: string;
}

/**
 * Undefined if nothing of significance changed, or if one of the two cannot be read, or if another
 * item has the number now.
 */
export function changeOf({ item, watched, knownRaw, link }: Compared): EventDraft | undefined {
  const known = itemOf(knownRaw);
  if (!isObject(item.value) || !isObject(known?.value)) return undefined;
  if (item.at !== known.at && !(item.at && known.at && isSameTime(item.at, known.at)))
    return undefined;
  const fields = changesBetween(snapshotOf(known.value), snapshotOf(item.value));
  if (fields.length === 0) return undefined;
  const { stream, subject, source, externalId, eventId } = watched;
  const now = normalise(item, { stream, link });
  // With the event that it follows: what changed back and forth is three changes, and what is read
  // twice is one.
  const content = JSON.stringify(fields.map(({ name, to }) => [name, to]));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return {
    ...now,
    externalId: `${subject}~${eventId}~${hash}`,
    subject,
    stream: changeStream,
    body: { ...now.body, change: { source, externalId, fields, ...meaningOf(fields) } },
  };
}

function itemOf(raw: string): WireItem | undefined {
  try {
    return parsePage(`{"events":[${raw}]}`).items[0];
  } catch {
    return undefined;
  }
}
