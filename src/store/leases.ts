// Who works what: heartbeats, takeovers, releases. Only the database's clock counts here.
import type { Fence, LeaseView, Works } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { type ColumnOf, RowReader } from './row.ts';
import type { leases } from './schema.ts';

/** `remaining`: for how many milliseconds the holder's heartbeat still holds. */
const leaseRow = new RowReader<ColumnOf<typeof leases> | 'remaining'>('leases');

/**
 * The lease of the role, kept from a takeover until the statement ends: no row once the role was
 * lost. For `with fence as (…)`.
 */
export function heldLease(client: Database['$client'], { name, holder, epoch }: Fence) {
  return client`select 1 from leases where name = ${name} and holder = ${holder}::uuid and epoch = ${epoch}::bigint for share`;
}

/** Makes the lease rows that do not exist yet. */
export async function createLeases(db: Database, names: readonly string[]): Promise<void> {
  await db.$client`
    insert into leases (name) select json_array_elements_text(${JSON.stringify(names)}::text::json) order by 1 on conflict (name) do nothing`;
}

export interface NewReplica {
  readonly id: string;
  /** For how long a heartbeat holds. */
  readonly ttlMs: number;
  /** Id of a process that is known to be dead: its heartbeat expires at once. */
  readonly predecessor: string | null;
  /** Known to the others before a role is taken; absent: it does not say. */
  readonly works?: Works | undefined;
}

/**
 * Registers this process, or registers it anew after its heartbeat expired. Rows of processes long
 * gone are swept out.
 */
export async function joinReplicas(db: Database, replica: NewReplica): Promise<void> {
  const { id, ttlMs, predecessor, works = null } = replica;
  if (predecessor !== null) {
    await db.$client`update replicas set expires_at = clock_timestamp() - interval '1 second' where id = ${predecessor}::uuid`;
  }
  await db.$client`
    insert into replicas (id, expires_at, works)
    values (${id}::uuid, clock_timestamp() + ${ttlMs}::float8 * interval '1 millisecond', ${textOf(works)}::text::json)
    on conflict (id) do update set expires_at = excluded.expires_at, works = excluded.works`;
  await db.$client`
    delete from replicas r where expires_at < clock_timestamp() - interval '1 hour'
      and not exists (select 1 from leases l where l.holder = r.id)`;
}

/**
 * Heartbeats that hold for more than this many terms were written before the clock went back. More
 * than one, so that a release with a longer term can work beside this one.
 */
const termsMax = 2;

/**
 * Gives each heartbeat of others that holds for far longer than its term one whole term from now.
 * Whoever lives renews it meanwhile, and whoever is dead is found to be so after a term: nobody is
 * robbed, and nobody is waited for as long as the clock went back.
 * @returns ids of those
 */
export async function cutHeartbeats(db: Database, id: string, ttlMs: number): Promise<string[]> {
  // Those that are being renewed at this moment need no cut, and waiting for them could be a
  // deadlock.
  const rows = await db.$client`
    with beyond as (
      select id from replicas
      where id <> ${id}::uuid and expires_at > clock_timestamp() + ${termsMax * ttlMs}::float8 * interval '1 millisecond'
      for update skip locked
    )
    update replicas r set expires_at = clock_timestamp() + ${ttlMs}::float8 * interval '1 millisecond'
    from beyond where r.id = beyond.id returning r.id::text as id`;
  return rows.map((row) => String(row.id));
}

/**
 * Renews this process's heartbeat and shows all leases. It is an UPDATE that an expired heartbeat
 * no longer matches: against a takeover, which locks the same row, one of the two comes first, and
 * the other sees it.
 *
 * @param works what the process works now; null leaves what it said before
 * @returns null if the heartbeat had expired: every role is lost, and the process must join again
 */
export async function renewHeartbeat(
  db: Database,
  id: string,
  { ttlMs, works = null }: { readonly ttlMs: number; readonly works?: Works | null },
): Promise<{ leases: LeaseView[]; replicas: number } | null> {
  const rows = await db.$client`
    with alive as (
      update replicas set expires_at = clock_timestamp() + ${ttlMs}::float8 * interval '1 millisecond',
        works = coalesce(${textOf(works)}::text::json, works)
      where id = ${id}::uuid and expires_at > clock_timestamp() returning 1
    )
    select l.name, l.holder::text, l.epoch, coalesce(extract(epoch from r.expires_at - clock_timestamp()) * 1000, 0)::float8 as remaining,
      (select count(*) from alive)::int as alive, (select count(*) from replicas where expires_at > clock_timestamp())::int as replicas
    from leases l left join replicas r on r.id = l.holder order by l.name`;
  if (rows.length > 0 && rows[0]?.alive === 0) return null;
  return {
    replicas: Number(rows[0]?.replicas ?? 1),
    leases: rows.map((row) => ({
      name: leaseRow.text(row, 'name'),
      holder: leaseRow.textOrNull(row, 'holder'),
      epoch: leaseRow.number(row, 'epoch'),
      remainingMs: leaseRow.number(row, 'remaining'),
    })),
  };
}

function textOf(works: Works | null): string | null {
  return works && JSON.stringify(works);
}

/** What each live process works; not of those of a release that did not say. */
export async function listWorks(db: Database): Promise<Works[]> {
  const rows = await db.$client`
    select works::text as works from replicas
    where expires_at > clock_timestamp() and works is not null order by id`;
  return rows.map((row) => worksFrom(JSON.parse(String(row.works))));
}

/** As another release may have written it: what is not of this shape says nothing. */
export function worksFrom(value: unknown): Works {
  const { roles, consoles, places } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isList = Array.isArray(roles) && roles.every((role) => typeof role === 'string');
  return { roles: isList ? roles : [], consoles: textsOf(consoles), places: textsOf(places) };
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || !Object.values(value).every((text) => typeof text === 'string')) return {};
  return value as Record<string, string>;
}

/**
 * Takes those of `names` that are free, this process's own, or whose holder's heartbeat has
 * expired. The expired heartbeats are locked first, so that a holder that comes back at this moment
 * either keeps everything or learns that it lost.
 */
export async function acquireLeases(
  db: Database,
  id: string,
  names: readonly string[],
): Promise<{ name: string; epoch: number }[]> {
  const rows = await db.$client`
    with gone as (
      select id from replicas where expires_at <= clock_timestamp() for update
    ), me as (
      select 1 from replicas where id = ${id}::uuid and expires_at > clock_timestamp() for share
    )
    update leases l set holder = ${id}::uuid, epoch = l.epoch + 1
    where l.name in (select json_array_elements_text(${JSON.stringify(names)}::text::json)) and exists (select 1 from me)
      and (l.holder is null or l.holder = ${id}::uuid or l.holder in (select id from gone))
    returning l.name, l.epoch`;
  return rows.map((row) => ({
    name: leaseRow.text(row, 'name'),
    epoch: leaseRow.number(row, 'epoch'),
  }));
}

/** Those of the roles that no live process holds. */
export async function readUnheld(db: Database, names: readonly string[]): Promise<string[]> {
  const rows = await db.$client`
    select name from json_array_elements_text(${JSON.stringify(names)}::text::json) as wanted(name)
    where not exists (
      select 1 from leases l join replicas r on r.id = l.holder where l.name = wanted.name and r.expires_at > clock_timestamp()
    ) order by 1`;
  return rows.map(({ name }) => String(name));
}

/**
 * Gives roles back, so that another process can take them at once. @param names null for all, and
 * the process leaves
 */
export async function releaseLeases(
  db: Database,
  id: string,
  names: readonly string[] | null,
): Promise<void> {
  await db.$client`
    update leases set holder = null where holder = ${id}::uuid
      and (${names === null} or name in (select json_array_elements_text(${JSON.stringify(names ?? [])}::text::json)))`;
  if (names === null) await db.$client`delete from replicas where id = ${id}::uuid`;
}
