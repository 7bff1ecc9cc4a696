// Bearer tokens: made, recognised by their hash, listed, revoked. A row stays when its token is
// revoked.
import type { NewToken, Token } from '../kit/records/access.ts';
import type { Permission } from '../kit/records/audit.ts';
import type { Database } from './database.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import type { apiTokens } from './schema.ts';

const row = new RowReader<ColumnOf<typeof apiTokens> | 'state'>('api_tokens');
const roles = ['read', 'operate', 'admin'] as const;
const states = ['live', 'expired', 'revoked'] as const;

/** @returns null if a token of this name exists that is not revoked */
export async function addToken(db: Database, token: NewToken): Promise<Token | null> {
  const { name, hash, role, createdBy, lifeMs } = token;
  const [added] = await db.$client`
    insert into api_tokens (name, hash, role, created_by, expires_at)
    values (${name}, ${hash}, ${role}, ${createdBy},
      now() + ${lifeMs}::float8 * interval '1 millisecond')
    on conflict (name) where revoked_at is null do nothing
    returning ${columns(db)}`;
  return added === undefined ? null : toToken(added);
}

/** What a live token is good for; null: there is no live token of this hash. Notes its use. */
export async function useToken(
  db: Database,
  hash: string,
): Promise<{ readonly id: number; readonly name: string; readonly role: Permission } | null> {
  const [found] = await db.$client`
    with live as (
      select id, name, role, used_at from api_tokens
      where hash = ${hash} and revoked_at is null and (expires_at is null or expires_at > now())
    ), noted as (
      update api_tokens t set used_at = date_trunc('minute', now()) from live l
      where t.id = l.id and (l.used_at is null or l.used_at < date_trunc('minute', now()))
    )
    select id, name, role from live`;
  if (found === undefined) return null;
  return {
    id: row.number(found, 'id'),
    name: row.text(found, 'name'),
    role: row.oneOf(found, 'role', roles),
  };
}

/** Whether anybody could sign in with a token. */
export async function isAnyTokenLive(db: Database): Promise<boolean> {
  const found = await db.$client`
    select 1 from api_tokens
    where revoked_at is null and (expires_at is null or expires_at > now()) limit 1`;
  return found.length > 0;
}

export interface TokenChoice {
  /** Also those that were revoked. */
  readonly areRevokedListed: boolean;
  /** Only those that are older than this one; null: all. */
  readonly beforeId: number | null;
  readonly limit: number;
}

/** The newest first. */
export async function listTokens(db: Database, choice: TokenChoice): Promise<Token[]> {
  const { areRevokedListed, beforeId, limit } = choice;
  const rows = await db.$client`
    select ${columns(db)} from api_tokens
    where (${areRevokedListed} or revoked_at is null)
      and (${beforeId}::bigint is null or id < ${beforeId})
    order by id desc limit ${limit}`;
  return rows.map(toToken);
}

/** Null: there is none of this number. */
export async function readToken(db: Database, id: number): Promise<Token | null> {
  const [found] = await db.$client`select ${columns(db)} from api_tokens where id = ${id}`;
  return found === undefined ? null : toToken(found);
}

/** With the sessions that began by it. @returns null if it does not exist or was revoked before */
export async function revokeToken(
  db: Database,
  id: number,
): Promise<{ readonly token: Token; readonly sessionsEnded: number } | null> {
  const [revoked] = await db.$client`
    with revoked as (
      update api_tokens set revoked_at = now() where id = ${id} and revoked_at is null
      returning *
    ), ended as (
      delete from sessions s using revoked r where s.token_id = r.id returning 1
    )
    select ${columns(db)}, (select count(*) from ended)::int as sessions_ended from revoked`;
  if (revoked === undefined) return null;
  return { token: toToken(revoked), sessionsEnded: ended.number(revoked, 'sessions_ended') };
}

const ended = new RowReader<'sessions_ended'>('sessions');

function columns({ $client: client }: Database) {
  return client`id, name, role, created_by, extract(epoch from created_at) * 1000 as created_at,
    extract(epoch from expires_at) * 1000 as expires_at,
    extract(epoch from revoked_at) * 1000 as revoked_at,
    extract(epoch from used_at) * 1000 as used_at,
    case when revoked_at is not null then 'revoked' when expires_at <= now() then 'expired'
      else 'live' end as state`;
}

function toToken(one: Row): Token {
  return {
    id: row.number(one, 'id'),
    name: row.text(one, 'name'),
    role: row.oneOf(one, 'role', roles),
    createdBy: row.text(one, 'created_by'),
    createdAt: row.time(one, 'created_at'),
    expiresAt: row.timeOrNull(one, 'expires_at'),
    revokedAt: row.timeOrNull(one, 'revoked_at'),
    usedAt: row.timeOrNull(one, 'used_at'),
    state: row.oneOf(one, 'state', states),
  };
}
