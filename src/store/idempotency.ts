// The keys under which callers ask for an act: one request may be sent again, and the act happens
// once.
import type { Database } from './database.ts';
import { type ColumnOf, RowReader } from './row.ts';
import type { idempotencyKeys } from './schema-people.ts';

const row = new RowReader<ColumnOf<typeof idempotencyKeys> | 'is_free'>('idempotency_keys');

export interface KeyOfRequest {
  readonly actor: string;
  readonly key: string;
  /** SHA-256 of the request, in hexadecimal digits. */
  readonly request: string;
}

/** What is known of a key that was used before. */
export interface UsedKey {
  /** Of the request that used it. */
  readonly request: string;
  readonly isAnswered: boolean;
  /** JSON; null while it is in progress, and where the answer is not kept. */
  readonly answer: string | null;
}

/** A key is forgotten after this time. */
const keptHours = 24;
/** First number of the advisory locks of keys; the second is a hash of the key. */
const lockClass = 0x0a0d_1707;

/**
 * False while another transaction uses the key. In a transaction alone, which it lasts as long as.
 */
export async function lockKey(db: Database, { actor, key }: KeyOfRequest): Promise<boolean> {
  const [locked] = await db.$client`
    select pg_try_advisory_xact_lock(
      ${lockClass}::integer, hashtext(${JSON.stringify([actor, key])}::text)
    ) as is_free`;
  return row.boolean(locked!, 'is_free');
}

/** Null: the key is the caller's from now on. */
export async function claimKey(db: Database, asked: KeyOfRequest): Promise<UsedKey | null> {
  const { actor, key, request } = asked;
  const client = db.$client;
  const claimed = await client`
    insert into idempotency_keys as known (actor, key, request)
    values (${actor}, ${key}, ${request})
    on conflict (actor, key) do update
      set request = excluded.request, created_at = now(), status = null, answer = null
      where known.created_at < now() - ${keptHours} * interval '1 hour'
    returning key`;
  if (claimed.length > 0) return null;
  const [used] = await client`
    select request, status, answer from idempotency_keys where actor = ${actor} and key = ${key}`;
  // Whoever had it has just given it up: it is free for the next try.
  if (used === undefined) return { request, isAnswered: false, answer: null };
  return {
    request: row.text(used, 'request'),
    isAnswered: row.numberOrNull(used, 'status') !== null,
    answer: row.textOrNull(used, 'answer'),
  };
}

/** @param answer JSON; null: it is not to be kept */
export async function keepAnswer(
  db: Database,
  { actor, key }: KeyOfRequest,
  answer: string | null,
): Promise<void> {
  await db.$client`
    update idempotency_keys set status = 200, answer = ${answer}
    where actor = ${actor} and key = ${key}`;
}

/** The key is free again: nothing was done. */
export async function releaseKey(db: Database, { actor, key }: KeyOfRequest): Promise<void> {
  await db.$client`delete from idempotency_keys where actor = ${actor} and key = ${key}`;
}

/** At most `limit` of those that are too old. */
export async function forgetKeys(db: Database, limit: number): Promise<void> {
  await db.$client`
    delete from idempotency_keys where ctid = any(array(
      select ctid from idempotency_keys
      where created_at < now() - ${keptHours} * interval '1 hour' limit ${limit}
    ))`;
}
