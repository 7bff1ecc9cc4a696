// Silences as they are stored: what they match, who made them and why, from when to when by the
// database's clock, and whether their summary was sent.
import { and, asc, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import {
  type ListedSilence,
  type NewSilence,
  type SilenceRefusal,
  type SilenceState,
  type SilenceSummary,
  type StoredSilence,
  silenceStates,
} from '../kit/records/silence.ts';
import type { Database } from './database.ts';
import { type ColumnOf, millisecondsOf, type Row, RowReader } from './row.ts';
import { silences } from './schema.ts';

const stored = {
  id: silences.id,
  matcher: silences.matcher,
  owner: silences.owner,
  reason: silences.reason,
  startsAtMs: millisecondsOf(silences.startsAt),
  endsAtMs: millisecondsOf(silences.endsAt),
};

/** It has not ended, and its summary was not sent. */
const isOpen = and(isNull(silences.summarisedAt), gt(silences.endsAt, sql`now()`));

/** A parameter is milliseconds since the epoch. */
const timeOf = (ms: number) => sql`to_timestamp(${ms}::float8 / 1000)`;

/** Milliseconds since the epoch, by the database's clock. */
export async function readNowMs(db: Database): Promise<number> {
  const [row] = await db.$client`select extract(epoch from now()) * 1000 as now_ms`;
  return silenceRow.number(row!, 'now_ms');
}

/** Stores all of them or none. @returns their ids, in the same order */
export async function insertSilences(
  db: Database,
  added: readonly NewSilence[],
): Promise<number[]> {
  if (added.length === 0) return [];
  const values = added.map(({ matcher, owner, reason, startsAtMs, endsAtMs }) => ({
    matcher,
    owner,
    reason,
    startsAt: timeOf(startsAtMs),
    endsAt: timeOf(endsAtMs),
  }));
  const rows = await db.insert(silences).values(values).returning({ id: silences.id });
  return rows.map(({ id }) => id).sort((a, b) => a - b);
}

/** The silences that are active now or within `aheadMs`, oldest first, and what time it is. */
export async function readActiveSilences(
  db: Database,
  aheadMs: number,
): Promise<{ silences: StoredSilence[]; nowMs: number }> {
  // One row at least, for the time.
  const rows = await db.$client`
    select extract(epoch from now()) * 1000 as now_ms, s.id, s.matcher::text as matcher, s.owner,
      s.reason, extract(epoch from s.starts_at) * 1000 as starts_at,
      extract(epoch from s.ends_at) * 1000 as ends_at
    from (select) always left join silences s on s.summarised_at is null and s.ends_at > now()
      and s.starts_at <= now() + ${aheadMs} * interval '1 millisecond'
    order by s.id`;
  return {
    silences: rows.filter((row) => row.id !== null).map(toSilence),
    nowMs: silenceRow.number(rows[0]!, 'now_ms'),
  };
}

type Computed = 'state' | 'hidden' | 'version' | 'is_changed' | 'is_over' | 'is_of_other';

/** `sinks` and `severities`: JSON, of what a silence suppressed. */
const silenceRow = new RowReader<
  ColumnOf<typeof silences> | 'now_ms' | 'sinks' | 'severities' | Computed
>('silences');

function toSilence(row: Row): StoredSilence {
  return {
    id: silenceRow.number(row, 'id'),
    matcher: silenceRow.json(row, 'matcher'),
    owner: silenceRow.text(row, 'owner'),
    reason: silenceRow.text(row, 'reason'),
    startsAtMs: silenceRow.number(row, 'starts_at'),
    endsAtMs: silenceRow.number(row, 'ends_at'),
  };
}

/**
 * Another text after each change of a silence `s`: its end and its reason are all that changes.
 * Without a hash, people would compare times where only sameness counts.
 */
function versionIn({ $client: client }: Database) {
  return client`left(encode(sha256(convert_to(
    extract(epoch from s.ends_at)::text || ' ' || s.reason, 'UTF8')), 'hex'), 16)`;
}

/** What was summed up is over, whatever the clock says. */
function stateIn({ $client: client }: Database) {
  return client`case when s.ends_at <= now() or s.summarised_at is not null then 'over'
    when s.starts_at > now() then 'pending' else 'active' end`;
}

function listedColumns(db: Database) {
  return db.$client`s.id, s.matcher::text as matcher, s.owner, s.reason,
    extract(epoch from s.starts_at) * 1000 as starts_at,
    extract(epoch from s.ends_at) * 1000 as ends_at,
    ${stateIn(db)} as state,
    (select count(distinct d.event_id) from deliveries d where d.silence_id = s.id) as hidden,
    ${versionIn(db)} as version`;
}

function toListed(row: Row): ListedSilence {
  return {
    ...toSilence(row),
    state: silenceRow.oneOf(row, 'state', silenceStates),
    hidden: silenceRow.number(row, 'hidden'),
    version: silenceRow.text(row, 'version'),
  };
}

export interface SilenceChoice {
  readonly states: readonly SilenceState[];
  /** Null: whoever made them. */
  readonly owner?: string | null;
  /** Id of the last silence of the page before; null for the first page. */
  readonly beforeId?: number | null;
  readonly limit: number;
}

/** Newest first. */
export async function listSilences(
  db: Database,
  { states, owner = null, beforeId = null, limit }: SilenceChoice,
): Promise<ListedSilence[]> {
  const rows = await db.$client`
    select ${listedColumns(db)} from silences s
    where ${stateIn(db)} in (
        select json_array_elements_text(${JSON.stringify(states)}::json)
      )
      and (${owner}::text is null or s.owner = ${owner}::text)
      and (${beforeId}::bigint is null or s.id < ${beforeId}::bigint)
    order by s.id desc limit ${limit}`;
  return rows.map(toListed);
}

/** In the order of their ids; those that there are. */
export async function readSilences(db: Database, ids: readonly number[]): Promise<ListedSilence[]> {
  const rows = await db.$client`
    select ${listedColumns(db)} from silences s
    where s.id in (select value::bigint from json_array_elements_text(${JSON.stringify(ids)}::json))
    order by s.id`;
  return rows.map(toListed);
}

/** For the gauge. */
export async function countActiveSilences(db: Database): Promise<number> {
  const { startsAt } = silences;
  return db.$count(silences, and(isOpen, lte(startsAt, sql`now()`)));
}

/** What must be true of a silence that is changed; null: nothing. */
export interface SilenceGuard {
  readonly owner: string | null;
  readonly version: string | null;
}

/** Ends it now, even if it has not begun. Undefined: it is done. */
export function endSilence(
  db: Database,
  id: number,
  guard: SilenceGuard,
): Promise<SilenceRefusal | undefined> {
  return changeEnd(db, id, { guard, endsAtMs: null });
}

/**
 * Gives it another end, unless it is over. Undefined: it is done.
 * @param endsAtMs milliseconds since the epoch
 */
export function extendSilence(
  db: Database,
  id: number,
  { endsAtMs, ...guard }: SilenceGuard & { readonly endsAtMs: number },
): Promise<SilenceRefusal | undefined> {
  return changeEnd(db, id, { guard, endsAtMs });
}

/** One statement, so that of two people who change it at once the second is refused. */
async function changeEnd(
  db: Database,
  id: number,
  { guard, endsAtMs }: { readonly guard: SilenceGuard; readonly endsAtMs: number | null },
): Promise<SilenceRefusal | undefined> {
  const { owner, version } = guard;
  const [row] = await db.$client`
    with changed as (
      update silences s
      set ends_at = coalesce(to_timestamp(${endsAtMs}::float8 / 1000), now())
      where s.id = ${id} and s.ends_at > now() and s.summarised_at is null
        and (${owner}::text is null or s.owner = ${owner}::text)
        and (${version}::text is null or ${versionIn(db)} = ${version}::text)
      returning 1
    )
    select exists (select 1 from changed) as is_changed,
      s.ends_at <= now() or s.summarised_at is not null as is_over,
      ${owner}::text is not null and s.owner <> ${owner}::text as is_of_other
    from silences s where s.id = ${id}`;
  if (row === undefined) return 'unknown';
  if (silenceRow.boolean(row, 'is_changed')) return undefined;
  if (silenceRow.boolean(row, 'is_over')) return 'over';
  return silenceRow.boolean(row, 'is_of_other') ? 'other_owner' : 'changed';
}

/** An owner's silences that have not ended, have not begun, or began within the last two days. */
export async function readSilencesOf(
  db: Database,
  owner: string,
): Promise<(StoredSilence & { isOpen: boolean })[]> {
  const { startsAt, endsAt } = silences;
  const isRecent = or(gt(endsAt, sql`now()`), gt(startsAt, sql`now() - interval '2 days'`));
  return db
    .select({ ...stored, isOpen: sql<boolean>`${isOpen}` })
    .from(silences)
    .where(and(eq(silences.owner, owner), isRecent))
    .orderBy(asc(silences.id));
}

/** Gives an open silence another end. @param endsAtMs milliseconds since the epoch */
export async function moveEnd(db: Database, id: number, endsAtMs: number): Promise<void> {
  await db
    .update(silences)
    .set({ endsAt: timeOf(endsAtMs) })
    .where(and(eq(silences.id, id), isOpen));
}

/** Stands after the reason of a silence that the program ended, not a person. */
const withdrawnMark = ' (withdrawn)';

/** Ends it now, and marks it. One that has not begun has hidden nothing, and is removed. */
export async function withdrawSilence(db: Database, id: number): Promise<void> {
  await db.$client`
    with removed as (delete from silences where id = ${id} and starts_at > now())
    update silences set ends_at = now(), reason = reason || ${withdrawnMark}
    where id = ${id} and starts_at <= now() and ends_at > now()`;
}

/**
 * Of the silences that ended `agoMs` ago or longer and have no summary yet, the first `limit` to
 * end. If there are none, it costs a look into a small index.
 */
export async function readSilenceSummaries(
  db: Database,
  agoMs: number,
  limit: number,
): Promise<SilenceSummary[]> {
  const rows = await db.$client`
    with ended as materialized (
      select id, owner, reason from silences
      where summarised_at is null and ends_at <= now() - ${agoMs} * interval '1 millisecond'
      order by ends_at limit ${limit}
    )
    select id, owner, reason, (
        select json_agg(distinct d.sink order by d.sink) from deliveries d
        where d.silence_id = ended.id
      )::text as sinks, (
        select json_agg(json_build_array(severity, count)) from (
          select e.severity, count(*) from events e
          where e.id in (select event_id from deliveries d where d.silence_id = ended.id)
          group by 1
        ) counts
      )::text as severities
    from ended`;
  return rows.map(toSummary);
}

function toSummary(row: Row): SilenceSummary {
  const counts = silenceRow.jsonOrNull<[number, number][]>(row, 'severities') ?? [];
  const countOf = new Map(counts);
  return {
    id: silenceRow.number(row, 'id'),
    owner: silenceRow.text(row, 'owner'),
    reason: silenceRow.text(row, 'reason'),
    severities: [0, 1, 2, 3, 4, 5].map((severity) => countOf.get(severity) ?? 0),
    sinks: silenceRow.jsonOrNull<string[]>(row, 'sinks') ?? [],
  };
}

/** To be called once the summary is stored. */
export async function markSummarised(db: Database, id: number): Promise<void> {
  await db
    .update(silences)
    .set({ summarisedAt: sql`now()` })
    .where(and(eq(silences.id, id), isNull(silences.summarisedAt)));
}
