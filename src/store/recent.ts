// Reads the newest events and the sinks that each went to, so that a rule can be tried on them.
import { and, desc, eq, gt, lt, ne, sql } from 'drizzle-orm';
import { noticeSource } from '../kit/event.ts';
import type { RecentEvent } from '../kit/records/past.ts';
import type { Database } from './database.ts';
import { severityOf } from './event-row.ts';
import { deliveries, events } from './schema.ts';

export interface RecentChoice {
  /** Age in milliseconds. */
  readonly withinMs: number;
  /** Id of the last event of the page before; null for the first page. */
  readonly beforeId: number | null;
  /** Rows that are looked at, however old they are. */
  readonly limit: number;
}

/**
 * The events among the next `limit` before `beforeId` that arrived within `withinMs`, newest first.
 * Fewer than `limit`: there are no more.
 */
export async function readRecentEvents(
  db: Database,
  { withinMs, beforeId, limit }: RecentChoice,
): Promise<RecentEvent[]> {
  const looked = db
    .select()
    .from(events)
    .where(beforeId === null ? undefined : lt(events.id, beforeId))
    .orderBy(desc(events.id))
    .limit(limit)
    .as('looked');
  const reached = db
    .select({ sinks: sql`json_agg(${deliveries.sink})` })
    .from(deliveries)
    .where(and(eq(deliveries.eventId, looked.id), ne(deliveries.state, 'suppressed')));
  const { id, source, stream, type, severity, status, action, body, receivedAt } = looked;
  const sinks = sql<string[] | null>`(${reached})`;
  const receivedAtMs = sql`extract(epoch from ${receivedAt}) * 1000`.mapWith(Number);
  const rows = await db
    .select({ id, source, stream, type, severity, status, action, body, sinks, receivedAtMs })
    .from(looked)
    .where(gt(receivedAt, sql`now() - ${withinMs} * interval '1 millisecond'`))
    .orderBy(desc(id));
  return rows.map(({ id, source, sinks, receivedAtMs, ...facts }) => ({
    id,
    source,
    receivedAtMs,
    event: { ...facts, severity: severityOf(facts) },
    sinks: sinks ?? [],
  }));
}

/** How much a walk through the newest events may look at. */
export interface RecentWalk {
  /** Age in milliseconds. */
  readonly withinMs: number;
  /** Events; a page more may be read. */
  readonly max: number;
  /** Asked before each page: whether it has lasted long enough. */
  isOver?(): boolean;
}

const pageSize = 500;

/**
 * Shows the newest events one by one, newest first, without Tocsin's own notices.
 * @returns how many were shown; whether there were more; and the time since which all were shown,
 * in milliseconds since the epoch, null if that is all the time that was asked for
 */
export async function walkRecent(
  db: Database,
  { withinMs, max, isOver = () => false }: RecentWalk,
  use: (event: RecentEvent) => void,
): Promise<{ looked: number; isCut: boolean; searchedToMs: number | null }> {
  let looked = 0;
  let oldest: RecentEvent | undefined;
  let isMore = true;
  while (isMore && looked < max && !isOver()) {
    const choice = { withinMs, beforeId: oldest?.id ?? null, limit: pageSize };
    const page: readonly RecentEvent[] = await readRecentEvents(db, choice);
    for (const event of page.filter(({ source }) => source !== noticeSource)) {
      looked += 1;
      use(event);
    }
    oldest = page.at(-1) ?? oldest;
    isMore = page.length === pageSize;
  }
  return { looked, isCut: isMore, searchedToMs: isMore ? (oldest?.receivedAtMs ?? null) : null };
}
