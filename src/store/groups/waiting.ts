// Groups of a sink in which deliveries wait, and what was sent of them so far.
import { and, eq, lt, sql } from 'drizzle-orm';
import type { GroupChange, WaitingGroup } from '../../kit/records/group.ts';
import type { Database } from '../database.ts';
import { heldPriority } from '../deliveries/pending.ts';
import { groups } from '../schema.ts';

export async function listWaitingGroups(db: Database, sink: string): Promise<WaitingGroup[]> {
  const rows = await db.$client`
    select w.key, w.waiting, extract(epoch from now() - w.oldest) * 1000 as oldest_ms,
      extract(epoch from now() - g.sent_at) * 1000 as sent_ms, coalesce(g.cards, 0) as cards, coalesce(g.total, 0) as total
    from (
      select group_key as key, count(*)::int as waiting, min(scheduled_at) as oldest from deliveries
      where sink = ${sink} and state = 'pending' and priority >= ${heldPriority} and digest_id is null group by group_key
    ) w left join groups g on g.sink = ${sink} and g.key = w.key
    order by w.oldest`;
  return rows.map((row) => ({
    key: String(row.key),
    waiting: Number(row.waiting),
    oldestMs: ageOf(row.oldest_ms),
    sentMs: row.sent_ms === null ? null : ageOf(row.sent_ms),
    cards: Number(row.cards),
    total: Number(row.total),
  }));
}

/**
 * Both times are of the past. One that is ahead was written before the clock went back: its age is
 * unknown, and nobody waits for that.
 */
function ageOf(ms: unknown): number {
  return Number(ms) < 0 ? Number.POSITIVE_INFINITY : Number(ms);
}

interface Sent {
  readonly sink: string;
  readonly group: GroupChange | undefined;
  readonly sent: number;
  readonly cards: number;
  /** The part of the statement that must have a row. */
  readonly from: ReturnType<Database['$client']>;
}

/** Statement that remembers that something of the group was sent. */
export function noted(db: Database, { sink, group, sent, cards, from }: Sent) {
  const client = db.$client;
  if (group === undefined) return client`select 1`;
  const { key, isNew, startsInterval } = group;
  return client`
    insert into groups (sink, key, cards, total) select ${sink}, ${key}::text, ${cards}::int, ${sent}::int from ${from}
    on conflict (sink, key) do update set
      sent_at = case when ${startsInterval} then excluded.sent_at else groups.sent_at end,
      cards = excluded.cards + case when ${startsInterval} then 0 else groups.cards end,
      total = excluded.total + case when ${isNew} then 0 else groups.total end`;
}

/** Groups of which nothing was sent for so long are forgotten. */
export async function forgetGroups(db: Database, sink: string, ageMs: number): Promise<void> {
  const before = sql`now() - ${ageMs}::float8 * interval '1 millisecond'`;
  await db.delete(groups).where(and(eq(groups.sink, sink), lt(groups.sentAt, before)));
}
