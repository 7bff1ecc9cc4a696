// Browsers that are signed in: begun, recognised by the hash of their cookie, listed, ended. One
// that was not used for 8 hours, or is a day old, is over; so is one whose token is.
import type { NewSession, Session } from '../kit/records/access.ts';
import type { Permission } from '../kit/records/audit.ts';
import type { Database } from './database.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import type { sessions } from './schema.ts';

const row = new RowReader<ColumnOf<typeof sessions>>('sessions');
const roles = ['read', 'operate', 'admin'] as const;
const ways = ['token', 'oidc'] as const;

export const idleHoursMax = 8;
export const ageHoursMax = 24;
/** So that a single sign-in never removes more of what is over than this. */
const removedMax = 1000;

/** Also removes sessions that are over. */
export async function beginSession(db: Database, session: NewSession): Promise<void> {
  const { hash, subject, role, via, tokenId } = session;
  const client = db.$client;
  // Whole milliseconds, so that a cursor can name the time exactly.
  await client`
    with over as (
      delete from sessions where hash in (
        select s.hash from sessions s where not (${isLive(db)}) limit ${removedMax}
      )
    )
    insert into sessions (hash, subject, role, via, token_id, created_at, expires_at)
    values (${hash}, ${subject}, ${role}, ${via}, ${tokenId},
      date_trunc('milliseconds', now()), now() + ${ageHoursMax} * interval '1 hour')`;
}

/** Whose live session it is; null: there is none of this hash. Notes its use, to the minute. */
export async function useSession(
  db: Database,
  hash: string,
): Promise<{ readonly subject: string; readonly role: Permission } | null> {
  const [found] = await db.$client`
    with live as (
      select s.hash, s.subject, s.role, s.seen_at from sessions s
      where s.hash = ${hash} and ${isLive(db)}
    ), noted as (
      update sessions t set seen_at = date_trunc('minute', now()) from live l
      where t.hash = l.hash and l.seen_at < date_trunc('minute', now())
    )
    select subject, role from live`;
  if (found === undefined) return null;
  return { subject: row.text(found, 'subject'), role: row.oneOf(found, 'role', roles) };
}

export interface SessionChoice {
  /** Only those of this person; null: all. */
  readonly subject: string | null;
  /** Only those after this one in the order of the list; null: all. */
  readonly after: { readonly createdAt: string; readonly hash: string } | null;
  readonly limit: number;
}

/** Live ones, the newest first. */
export async function listSessions(db: Database, choice: SessionChoice): Promise<Session[]> {
  const { subject, after, limit } = choice;
  const [at, hash] = [after?.createdAt ?? null, after?.hash ?? null];
  const rows = await db.$client`
    select s.hash, s.subject, s.role, s.via, s.token_id,
      extract(epoch from s.created_at) * 1000 as created_at,
      extract(epoch from s.seen_at) * 1000 as seen_at,
      extract(epoch from s.expires_at) * 1000 as expires_at
    from sessions s
    where ${isLive(db)} and (${subject}::text is null or s.subject = ${subject})
      and (${at}::timestamptz is null or (s.created_at, s.hash) < (${at}::timestamptz, ${hash}))
    order by s.created_at desc, s.hash desc limit ${limit}`;
  return rows.map(toSession);
}

/** @returns whose it was; null: there was none */
export async function endSession(db: Database, hash: string): Promise<string | null> {
  const [gone] = await db.$client`delete from sessions where hash = ${hash} returning subject`;
  return gone === undefined ? null : row.text(gone, 'subject');
}

/** @param subject whose; null: everybody's @returns how many */
export async function endSessions(db: Database, subject: string | null): Promise<number> {
  const gone = await db.$client`
    delete from sessions where ${subject}::text is null or subject = ${subject} returning 1`;
  return gone.length;
}

/** For statements that call the table `s`. */
function isLive({ $client: client }: Database) {
  return client`s.expires_at > now() and s.seen_at > now() - ${idleHoursMax} * interval '1 hour'
    and (s.token_id is null or exists (
      select 1 from api_tokens t where t.id = s.token_id and t.revoked_at is null
        and (t.expires_at is null or t.expires_at > now())
    ))`;
}

function toSession(one: Row): Session {
  return {
    hash: row.text(one, 'hash'),
    subject: row.text(one, 'subject'),
    role: row.oneOf(one, 'role', roles),
    via: row.oneOf(one, 'via', ways),
    tokenId: row.numberOrNull(one, 'token_id'),
    createdAt: row.time(one, 'created_at'),
    seenAt: row.time(one, 'seen_at'),
    expiresAt: row.time(one, 'expires_at'),
  };
}
