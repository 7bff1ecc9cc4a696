// Groups of a sink in which deliveries wait, and what was sent of them so far.
import { and, eq, lt, sql } from 'drizzle-orm';
import type postgres from 'postgres';
import type { GroupChange, WaitingGroup } from '../../kit/records/group.ts';
import type { Database } from '../database.ts';
import { heldPriority } from '../deliveries/pending.ts';
import { type ColumnOf, type Row, RowReader } from '../row.ts';
import { groups } from '../schema.ts';

/** The groups of a sink in which something waits, the one that waits longest first. */
export async function listWaitingGroups(db: Database, sink: string): Promise<WaitingGroup[]> {
  const rows = await db.$client`
    select w.key, w.waiting, extract(epoch from now() - w.oldest) * 1000 as oldest_ms,
      extract(epoch from now() - g.sent_at) * 1000 as sent_ms,
      coalesce(g.cards, 0) as cards, coalesce(g.total, 0) as total
    from (
      select group_key as key, count(*)::int as waiting, min(scheduled_at) as oldest
      from deliveries
      where sink = ${sink} and state = 'pending' and priority >= ${heldPriority}
        and digest_id is null
      group by group_key
    ) w left join groups g on g.sink = ${sink} and g.key = w.key
    order by w.oldest`;
  return rows.map(toWaiting);
}

/** `waiting`: how many; `oldest_ms` and `sent_ms`: how long ago. */
const groupRow = new RowReader<ColumnOf<typeof groups> | 'waiting' | 'oldest_ms' | 'sent_ms'>(
  'groups',
);

function toWaiting(row: Row): WaitingGroup {
  const sentMs = groupRow.numberOrNull(row, 'sent_ms');
  return {
    key: groupRow.text(row, 'key'),
    waiting: groupRow.number(row, 'waiting'),
    oldestMs: ageOf(groupRow.number(row, 'oldest_ms')),
    sentMs: sentMs === null ? null : ageOf(sentMs),
    cards: groupRow.number(row, 'cards'),
    total: groupRow.number(row, 'total'),
  };
}

/**
 * Both times lie in the past. One that lies ahead was written before the clock went back: its age
 * is unknown, and counts as endless, so that nothing waits for it.
 */
function ageOf(ms: number): number {
  return ms < 0 ? Number.POSITIVE_INFINITY : ms;
}

interface Sent {
  readonly sink: string;
  /** Undefined: the deliveries were in no group, and nothing is counted. */
  readonly group: GroupChange | undefined;
  /** Events, one by one or in a digest. */
  readonly sent: number;
  readonly cards: number;
  /** The part of the statement that must have a row. */
  readonly from: postgres.PendingQuery<postgres.Row[]>;
}

/** The part of a fenced statement that counts what was sent of a group. */
export function countSent(db: Database, { sink, group, sent, cards, from }: Sent) {
  const client = db.$client;
  if (group === undefined) return client`select 1`;
  const { key, isNew, startsInterval } = group;
  return client`
    insert into groups (sink, key, cards, total)
    select ${sink}, ${key}::text, ${cards}::int, ${sent}::int from ${from}
    on conflict (sink, key) do update set
      sent_at = case when ${startsInterval} then excluded.sent_at else groups.sent_at end,
      cards = excluded.cards + case when ${startsInterval} then 0 else groups.cards end,
      total = excluded.total + case when ${isNew} then 0 else groups.total end`;
}

/** Forgets the groups of a sink of which nothing was sent for longer than `ageMs`. */
export async function forgetGroups(db: Database, sink: string, ageMs: number): Promise<void> {
  const before = sql`now() - ${ageMs}::float8 * interval '1 millisecond'`;
  await db.delete(groups).where(and(eq(groups.sink, sink), lt(groups.sentAt, before)));
}
