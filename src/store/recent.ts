// The newest events, with who heard of them: for whoever asks what a rule would have made of them.

import type { RecentEvent } from '../kit/records/past.ts';
import type { Database } from './database.ts';
import { bodyOf, eventRow, factsOf } from './event-row.ts';

/**
 * Those of the next `limit` before `beforeId` that arrived within `withinMs`, newest first; fewer
 * than `limit` if there are no more. Reads no more than `limit` rows, however old they are.
 */
export async function readRecentEvents(
  db: Database,
  {
    withinMs,
    beforeId,
    limit,
  }: { readonly withinMs: number; readonly beforeId: number | null; readonly limit: number },
): Promise<RecentEvent[]> {
  const rows = await db.$client`
    select e.id, e.source, e.stream, e.type, e.severity, e.status, e.action, e.body::text as body,
      (select json_agg(d.sink) from deliveries d where d.event_id = e.id and d.state <> 'suppressed')::text as sinks
    from (
      select * from events where ${beforeId}::bigint is null or id < ${beforeId}::bigint order by id desc limit ${limit}
    ) e
    where e.received_at > now() - ${withinMs} * interval '1 millisecond' order by e.id desc`;
  return rows.map((row) => ({
    id: eventRow.number(row, 'id'),
    source: eventRow.text(row, 'source'),
    event: { ...factsOf(row), body: bodyOf(row) },
    sinks: JSON.parse(String(row.sinks ?? '[]')) as string[],
  }));
}
