// Silences as they are stored: what they match, who made them and why, from when to when by the
// database's clock, and whether their summary was sent.
import { and, asc, countDistinct, desc, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import type {
  EndedSilence,
  ListedSilence,
  NewSilence,
  SilenceSummary,
  StoredSilence,
} from '../kit/records/silence.ts';
import type { Database } from './database.ts';
import { type ColumnOf, millisecondsOf, type Row, RowReader } from './row.ts';
import { deliveries, silences } from './schema.ts';

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

/** `sinks` and `severities`: JSON, of what a silence suppressed. */
const silenceRow = new RowReader<
  ColumnOf<typeof silences> | 'now_ms' | 'is_ended' | 'is_over' | 'sinks' | 'severities'
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

/** Newest first. @param areOverToo false: only those that are active, or whose time is to come */
export async function listSilences(
  db: Database,
  areOverToo: boolean,
  limit: number,
): Promise<ListedSilence[]> {
  const { id, startsAt, endsAt } = silences;
  const state = sql<ListedSilence['state']>`case when ${endsAt} <= now() then 'over'
    when ${startsAt} > now() then 'waiting' else 'active' end`;
  const suppressed = db
    .select({ count: countDistinct(deliveries.eventId) })
    .from(deliveries)
    .where(eq(deliveries.silenceId, id));
  return db
    .select({ ...stored, state, hidden: sql<number>`(${suppressed})`.mapWith(Number) })
    .from(silences)
    .where(areOverToo ? undefined : isOpen)
    .orderBy(desc(id))
    .limit(limit);
}

/** For the gauge. */
export async function countActiveSilences(db: Database): Promise<number> {
  const { startsAt } = silences;
  return db.$count(silences, and(isOpen, lte(startsAt, sql`now()`)));
}

/** Ends it now, even if it has not begun. */
export async function endSilence(db: Database, id: number, owner: string): Promise<EndedSilence> {
  const [row] = await db.$client`
    with ended as (
      update silences set ends_at = now()
      where id = ${id} and owner = ${owner} and ends_at > now() returning 1
    )
    select exists (select 1 from ended) as is_ended, s.ends_at <= now() as is_over
    from silences s where s.id = ${id}`;
  if (row === undefined) return 'unknown';
  if (silenceRow.boolean(row, 'is_ended')) return 'ended';
  return silenceRow.boolean(row, 'is_over') ? 'over' : 'other_owner';
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
