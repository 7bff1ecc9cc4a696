// Buttons in a chat: whether the message in which one was pressed is the one that we posted, and
// that each changes something once. These are no operations: what a press asks for is one.

import type { IncidentView } from '../kit/incident.ts';
import type { DueEdit } from '../kit/records/edit.ts';
import {
  claimMessage,
  readMessage,
  releaseChatToken,
  type UsedToken,
  useChatToken,
} from '../store/chat-tokens.ts';
import type { Database } from '../store/database.ts';
import { readPosted, recordShown } from '../store/edits.ts';
import { readCurrent } from '../store/incident-of.ts';
import { ConflictError, type Doing } from './operation.ts';

/** The button was used before. */
export class UsedError extends ConflictError {}

export interface Pressed {
  /** The event whose message it is: the root event, or that of a step. */
  readonly eventId: number;
  readonly sink: string;
  /** The far end's id of the message in which the button was pressed. */
  readonly messageId: string;
}

/**
 * `ours`: it is the message in which the event was posted to the sink. `unrecorded`: nobody wrote
 * down yet that the event was posted. `gone`: the event is no longer stored.
 *
 * A webhook does not tell which message it made, so the first press decides which that is: from then
 * on the button works in that message alone.
 */
export async function placeOfPress(
  db: Database,
  { eventId, sink, messageId }: Pressed,
): Promise<'ours' | 'other' | 'unrecorded' | 'gone'> {
  const posted = await readMessage(db, { eventId, sink });
  if (posted === null) return 'gone';
  if (posted.remoteId !== null) return posted.remoteId === messageId ? 'ours' : 'other';
  if (posted.state !== 'delivered') return 'unrecorded';
  if (await claimMessage(db, { eventId, sink, remoteId: messageId })) return 'ours';
  const claimed = await readMessage(db, { eventId, sink });
  return claimed?.remoteId === messageId ? 'ours' : 'other';
}

/**
 * For `perform`: the act happens unless the token was used, and uses it if it changes something, in
 * one transaction. Where there is none, because the pooler has none, the token is used first.
 * @throws {UsedError}
 */
export function usingToken(token: UsedToken): Doing {
  return async (act, { db, isWhole }) => {
    if (!(await useChatToken(db, token))) throw new UsedError('This button has already been used.');
    try {
      const answer = await act();
      if (hasChangedNothing(answer)) await releaseChatToken(db, token);
      return answer;
    } catch (error) {
      // A transaction gives it back by itself.
      if (!isWhole) await releaseChatToken(db, token);
      throw error;
    }
  };
}

/**
 * A posted message as its incident is now, for the answer to a press: from then on it counts as
 * shown.
 * @returns null if nothing happened to the incident
 */
export async function shownByAnswer(
  db: Database,
  place: { readonly eventId: number; readonly sink: string },
): Promise<DueEdit | null> {
  const posted = await readPosted(db, place);
  if (posted === null) return null;
  await recordShown(db, { ...place, version: posted.incident.version });
  return posted;
}

/** What became of an event as its card says it; undefined: nothing. */
export async function shownByCard(
  db: Database,
  eventId: number,
): Promise<IncidentView | undefined> {
  return readCurrent(db, eventId);
}

/** As the acts on incidents say it. */
function hasChangedNothing(answer: unknown): boolean {
  const { outcome } = answer as { readonly outcome?: unknown };
  return outcome !== undefined && outcome !== 'changed';
}
