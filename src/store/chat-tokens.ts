// The tokens of buttons that were pressed, and the message in which each button stands. A message
// that a press claimed is among the tokens, so that no other event claims it.

import type { DeliveryState } from '../kit/records/delivery.ts';
import { deliveryStates } from '../kit/records/delivery.ts';
import { hashOfSecret } from '../kit/token.ts';
import type { Database } from './database.ts';
import { type ColumnOf, RowReader } from './row.ts';
import type { deliveries } from './schema.ts';

export interface UsedToken {
  /** SHA-256 of the token, in hexadecimal digits. */
  readonly hash: string;
  /** The row may go then; milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** As many rows of tokens that count no more go with each that is used. */
const sweptMax = 20;

/** False: it was used before. Waits for another transaction that uses it. */
export async function useChatToken(
  db: Database,
  { hash, expiresAtMs }: UsedToken,
): Promise<boolean> {
  const inserted = await db.$client`
    with swept as (
      delete from chat_tokens where hash in (
        select hash from chat_tokens where expires_at < now() and hash <> ${hash}
        limit ${sweptMax} for update skip locked
      )
    )
    insert into chat_tokens (hash, expires_at)
    values (${hash}, ${new Date(expiresAtMs).toISOString()}::timestamptz)
    on conflict (hash) do nothing returning hash`;
  return inserted.length > 0;
}

/** It may be used again: nothing was done. */
export async function releaseChatToken(db: Database, { hash }: UsedToken): Promise<void> {
  await db.$client`delete from chat_tokens where hash = ${hash}`;
}

const row = new RowReader<ColumnOf<typeof deliveries>>('deliveries');

export interface PostedMessage {
  readonly state: DeliveryState;
  /** The far end's id of the message; null: it told none. */
  readonly remoteId: string | null;
}

/** Null: the event has no delivery to this sink. */
export async function readMessage(
  db: Database,
  { eventId, sink }: { readonly eventId: number; readonly sink: string },
): Promise<PostedMessage | null> {
  const [found] = await db.$client`
    select state, remote_id from deliveries where event_id = ${eventId} and sink = ${sink}`;
  if (found === undefined) return null;
  return {
    state: row.oneOf(found, 'state', deliveryStates),
    remoteId: row.textOrNull(found, 'remote_id'),
  };
}

/** Far longer than any button counts. */
const claimDays = 366;

/** False: by now it has one, or the message is that of another event. */
export async function claimMessage(
  db: Database,
  {
    eventId,
    sink,
    remoteId,
  }: {
    readonly eventId: number;
    readonly sink: string;
    readonly remoteId: string;
  },
): Promise<boolean> {
  // Looking for the message among the deliveries would read all of them.
  const hash = hashOfSecret(`message ${sink} ${remoteId}`);
  const claimed = await db.$client`
    with taken as (
      insert into chat_tokens (hash, expires_at)
      select ${hash}, now() + ${claimDays}::integer * interval '1 day' from deliveries
      where event_id = ${eventId} and sink = ${sink} and remote_id is null and state = 'delivered'
      on conflict (hash) do nothing returning hash
    )
    update deliveries set remote_id = ${remoteId}
    where event_id = ${eventId} and sink = ${sink} and remote_id is null and state = 'delivered'
      and exists (select 1 from taken)
    returning event_id`;
  return claimed.length > 0;
}
