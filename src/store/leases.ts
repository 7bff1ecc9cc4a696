// Which process works which role: heartbeats, takeovers, releases. Only the database's clock counts
// here.
import { and, eq, gt, isNotNull, lt, notExists, sql } from 'drizzle-orm';
import type { Fence, LeaseView, Works } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { type ColumnOf, RowReader } from './row.ts';
import { leases, replicas } from './schema.ts';

/**
 * `remaining`: for how many milliseconds the holder's heartbeat still holds. `alive`: 1 if the own
 * heartbeat was renewed, else 0. `replicas`: how many are alive.
 */
export const leaseRow = new RowReader<ColumnOf<typeof leases> | 'remaining' | 'alive' | 'replicas'>(
  'leases',
);

/**
 * For `with fence as (…)`: the lease of the role, which nobody can take over before the statement
 * ends; no row once the role was lost.
 */
export function heldLease(client: Database['$client'], { name, holder, epoch }: Fence) {
  return client`select 1 from leases
    where name = ${name} and holder = ${holder}::uuid and epoch = ${epoch}::bigint for share`;
}

const replicaRow = new RowReader<ColumnOf<typeof replicas>>('replicas');

/** Makes the lease rows that do not exist yet. */
export async function createLeases(db: Database, names: readonly string[]): Promise<void> {
  await db.$client`
    insert into leases (name)
    select json_array_elements_text(${JSON.stringify(names)}::text::json) order by 1
    on conflict (name) do nothing`;
}

export interface NewReplica {
  readonly id: string;
  /** For how long a heartbeat holds. */
  readonly ttlMs: number;
  /** Id of a process that is known to be dead: its heartbeat expires at once. */
  readonly predecessor: string | null;
  /** What it works or would work, for the others to read; absent: it does not say. */
  readonly works?: Works | undefined;
}

/**
 * Registers this process, or registers it anew after its heartbeat expired. Removes processes that
 * have been gone for an hour and hold no role.
 */
export async function joinReplicas(db: Database, replica: NewReplica): Promise<void> {
  const { id, ttlMs, predecessor, works = null } = replica;
  if (predecessor !== null) {
    await db
      .update(replicas)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 second'` })
      .where(eq(replicas.id, predecessor));
  }
  const expiresAt = sql`clock_timestamp() + ${ttlMs}::float8 * interval '1 millisecond'`;
  await db
    .insert(replicas)
    .values({ id, expiresAt, works })
    .onConflictDoUpdate({ target: replicas.id, set: { expiresAt, works } });
  const own = db.select({ one: sql`1` }).from(leases).where(eq(leases.holder, replicas.id));
  await db
    .delete(replicas)
    .where(and(lt(replicas.expiresAt, sql`clock_timestamp() - interval '1 hour'`), notExists(own)));
}

/**
 * A heartbeat that holds for more than this many terms was written before the clock went back. More
 * than one, so that a release with a longer term can work beside this one.
 */
const termsMax = 2;

/**
 * Cuts the heartbeats of other processes that hold for far longer than a term to one term from now.
 * A process that lives renews its own within that term, and keeps its roles. One that is dead is
 * known to be dead after the term, however far the clock went back.
 * @returns ids of the processes whose heartbeats were cut
 */
export async function cutHeartbeats(db: Database, id: string, ttlMs: number): Promise<string[]> {
  // A heartbeat that is locked is being renewed at this moment: it needs no cut, and waiting for it
  // could be a deadlock.
  const rows = await db.$client`
    with beyond as (
      select id from replicas
      where id <> ${id}::uuid
        and expires_at > clock_timestamp() + ${termsMax * ttlMs}::float8 * interval '1 millisecond'
      for update skip locked
    )
    update replicas r
    set expires_at = clock_timestamp() + ${ttlMs}::float8 * interval '1 millisecond'
    from beyond where r.id = beyond.id returning r.id::text as id`;
  return rows.map((row) => replicaRow.text(row, 'id'));
}

/**
 * Renews this process's heartbeat and reads all leases. The UPDATE does not match an expired
 * heartbeat, and a takeover locks the same row: one of the two comes first, and the other sees it.
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
    select l.name, l.holder::text, l.epoch,
      coalesce(extract(epoch from r.expires_at - clock_timestamp()) * 1000, 0)::float8 as remaining,
      (select count(*) from alive)::int as alive,
      (select count(*) from replicas where expires_at > clock_timestamp())::int as replicas
    from leases l left join replicas r on r.id = l.holder order by l.name`;
  const [first] = rows;
  if (first !== undefined && leaseRow.number(first, 'alive') === 0) return null;
  return {
    // Without any lease there is no row that counts the replicas.
    replicas: first === undefined ? 1 : leaseRow.number(first, 'replicas'),
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

/** What each live process works. A process of a release that does not say so is left out. */
export async function listWorks(db: Database): Promise<Works[]> {
  const rows = await db
    .select({ works: replicas.works })
    .from(replicas)
    .where(and(gt(replicas.expiresAt, sql`clock_timestamp()`), isNotNull(replicas.works)))
    .orderBy(replicas.id);
  return rows.map(({ works }) => worksFrom(works));
}

/** @param value as any release may have written it; a part of another shape counts as empty */
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
 * Takes the roles among `names` that are free, are this process's own, or whose holder's heartbeat
 * has expired. The expired heartbeats are locked first, so that a holder that comes back at this
 * moment either keeps all its roles or sees that it lost them.
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
    where l.name in (select json_array_elements_text(${JSON.stringify(names)}::text::json))
      and exists (select 1 from me)
      and (l.holder is null or l.holder = ${id}::uuid or l.holder in (select id from gone))
    returning l.name, l.epoch`;
  return rows.map((row) => ({
    name: leaseRow.text(row, 'name'),
    epoch: leaseRow.number(row, 'epoch'),
  }));
}

/** The roles among `names` that no live process holds. */
export async function readUnheld(db: Database, names: readonly string[]): Promise<string[]> {
  const rows = await db.$client`
    select name from json_array_elements_text(${JSON.stringify(names)}::text::json) as wanted(name)
    where not exists (
      select 1 from leases l join replicas r on r.id = l.holder
      where l.name = wanted.name and r.expires_at > clock_timestamp()
    ) order by 1`;
  return rows.map((row) => leaseRow.text(row, 'name'));
}

/**
 * Gives roles back, so that another process can take them at once.
 * @param names null for all of them; the process then also leaves the replicas
 */
export async function releaseLeases(
  db: Database,
  id: string,
  names: readonly string[] | null,
): Promise<void> {
  await db.$client`
    update leases set holder = null where holder = ${id}::uuid
      and (${names === null} or name in (
        select json_array_elements_text(${JSON.stringify(names ?? [])}::text::json)
      ))`;
  if (names === null) await db.delete(replicas).where(eq(replicas.id, id));
}
