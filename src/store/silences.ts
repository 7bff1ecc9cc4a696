// Silences as they are kept: what was written, by whom, from when to when by the database's clock,
// and whether they were summed up.
import { and, eq, gt, isNull, lte, sql } from 'drizzle-orm';
import type {
  EndedSilence,
  ListedSilence,
  NewSilence,
  SilenceSummary,
  StoredSilence,
} from '../kit/records/silence.ts';
import type { Database } from './database.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import { silences } from './schema.ts';

/** It was not summed up, and its end is still to come. */
const isOpen = and(isNull(silences.summarisedAt), gt(silences.endsAt, sql`now()`));

/** Milliseconds since the epoch, by the database's clock. */
export async function readNowMs(db: Database): Promise<number> {
  const [row] = await db.$client`select extract(epoch from now()) * 1000 as now_ms`;
  return Number(row?.now_ms);
}

/** All of them or none. @returns their ids, in the same order */
export async function insertSilences(
  db: Database,
  added: readonly NewSilence[],
): Promise<number[]> {
  const rows = await db.$client`
    insert into silences (matcher, owner, reason, starts_at, ends_at)
    select s.matcher, s.owner, s.reason, to_timestamp(s."startsAtMs" / 1000), to_timestamp(s."endsAtMs" / 1000)
    from json_array_elements(${JSON.stringify(added)}::text::json) with ordinality as e(value, n),
      json_to_record(e.value) as s(matcher json, owner text, reason text, "startsAtMs" float8, "endsAtMs" float8)
    order by n returning id`;
  return rows.map((row) => Number(row.id)).sort((a, b) => a - b);
}

/** Those that are active now or within `aheadMs`, oldest first, and what time it is. */
export async function readActiveSilences(
  db: Database,
  aheadMs: number,
): Promise<{ silences: StoredSilence[]; nowMs: number }> {
  const rows = await db.$client`
    select extract(epoch from now()) * 1000 as now_ms, s.id, s.matcher::text as matcher, s.owner, s.reason,
      extract(epoch from s.starts_at) * 1000 as starts_at, extract(epoch from s.ends_at) * 1000 as ends_at
    from (select) always left join silences s on s.summarised_at is null and s.ends_at > now()
      and s.starts_at <= now() + ${aheadMs} * interval '1 millisecond'
    order by s.id`;
  return {
    silences: rows.filter((row) => row.id !== null).map(toSilence),
    nowMs: Number(rows[0]?.now_ms),
  };
}

const silenceRow = new RowReader<ColumnOf<typeof silences>>('silences');

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

/** Newest first. @param areOverToo false: only those that are active, or wait for their time */
export async function listSilences(
  db: Database,
  areOverToo: boolean,
  limit: number,
): Promise<ListedSilence[]> {
  const rows = await db.$client`
    select s.id, s.matcher::text as matcher, s.owner, s.reason, extract(epoch from s.starts_at) * 1000 as starts_at,
      extract(epoch from s.ends_at) * 1000 as ends_at,
      case when s.ends_at <= now() then 'over' when s.starts_at > now() then 'waiting' else 'active' end as state,
      (select count(distinct event_id) from deliveries d where d.silence_id = s.id)::int as hidden
    from silences s where ${areOverToo} or (s.summarised_at is null and s.ends_at > now())
    order by s.id desc limit ${limit}`;
  return rows.map((row) => ({
    ...toSilence(row),
    state: row.state as ListedSilence['state'],
    hidden: Number(row.hidden),
  }));
}

/** For the gauge. */
export async function countActiveSilences(db: Database): Promise<number> {
  const { startsAt } = silences;
  return db.$count(silences, and(isOpen, lte(startsAt, sql`now()`)));
}

/** Ends it now, or before it has begun. */
export async function endSilence(db: Database, id: number, owner: string): Promise<EndedSilence> {
  const [row] = await db.$client`
    with ended as (
      update silences set ends_at = now() where id = ${id} and owner = ${owner} and ends_at > now() returning 1
    )
    select exists (select 1 from ended) as is_ended, s.owner, s.ends_at <= now() as is_over from silences s where s.id = ${id}`;
  if (row === undefined) return 'unknown';
  if (row.is_ended) return 'ended';
  return row.is_over ? 'over' : 'other_owner';
}

/** Of this owner: those that are not over, that wait, or that began within the last two days. */
export async function readSilencesOf(
  db: Database,
  owner: string,
): Promise<(StoredSilence & { isOpen: boolean })[]> {
  const rows = await db.$client`
    select id, matcher::text as matcher, owner, reason, extract(epoch from starts_at) * 1000 as starts_at,
      extract(epoch from ends_at) * 1000 as ends_at, summarised_at is null and ends_at > now() as is_open
    from silences where owner = ${owner} and (ends_at > now() or starts_at > now() - interval '2 days') order by id`;
  return rows.map((row) => ({ ...toSilence(row), isOpen: row.is_open === true }));
}

/** Gives one that is not over another end. @param endsAtMs milliseconds since the epoch */
export async function moveEnd(db: Database, id: number, endsAtMs: number): Promise<void> {
  await db
    .update(silences)
    .set({ endsAt: sql`to_timestamp(${endsAtMs}::float8 / 1000)` })
    .where(and(eq(silences.id, id), isOpen));
}

/** After the reason of one that the program ended: so it is told from one that people ended. */
const withdrawnMark = ' (withdrawn)';

/** Ends it now, and marks it; one that has not begun, and so hid nothing, is removed. */
export async function withdrawSilence(db: Database, id: number): Promise<void> {
  await db.$client`
    with removed as (delete from silences where id = ${id} and starts_at > now())
    update silences set ends_at = now(), reason = reason || ${withdrawnMark}
    where id = ${id} and starts_at <= now() and ends_at > now()`;
}

/**
 * Of silences that ended `agoMs` ago or longer, the first ones to end. With none, it costs a look
 * into a small index.
 */
export async function readSilenceSummaries(
  db: Database,
  agoMs: number,
  limit: number,
): Promise<SilenceSummary[]> {
  const rows = await db.$client`
    with ended as materialized (
      select id, owner, reason from silences
      where summarised_at is null and ends_at <= now() - ${agoMs} * interval '1 millisecond' order by ends_at limit ${limit}
    )
    select id, owner, reason,
      (select json_agg(distinct d.sink order by d.sink) from deliveries d where d.silence_id = ended.id)::text as sinks,
      (select json_agg(json_build_array(severity, count)) from (
        select e.severity, count(*) from events e where e.id in (select event_id from deliveries d where d.silence_id = ended.id) group by 1
      ) counts)::text as severities
    from ended`;
  return rows.map((row) => {
    const counts = new Map(JSON.parse(String(row.severities ?? '[]')) as [number, number][]);
    return {
      id: silenceRow.number(row, 'id'),
      owner: silenceRow.text(row, 'owner'),
      reason: silenceRow.text(row, 'reason'),
      severities: [0, 1, 2, 3, 4, 5].map((severity) => counts.get(severity) ?? 0),
      sinks: JSON.parse(String(row.sinks ?? '[]')) as string[],
    };
  });
}

/** To be called once the summary is stored. */
export async function markSummarised(db: Database, id: number): Promise<void> {
  await db
    .update(silences)
    .set({ summarisedAt: sql`now()` })
    .where(and(eq(silences.id, id), isNull(silences.summarisedAt)));
}
