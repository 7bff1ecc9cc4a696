// The state of each sink, kept so that a takeover or a restart goes on where the last holder was.
import { eq } from 'drizzle-orm';
import type { Database } from './database.ts';
import { type Fence, heldLease } from './events.ts';
import { sinks } from './schema.ts';

export type SinkStateName = 'ok' | 'backing_off' | 'paused';

export interface SinkState {
  readonly state: SinkStateName;
  readonly reason: string | null;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Undefined if the sink was never anything but ok. */
export async function readSinkState(db: Database, sink: string): Promise<SinkState | undefined> {
  const [row] = await db.select().from(sinks).where(eq(sinks.sink, sink));
  return row && { state: row.state, reason: row.reason, sinceMs: Date.parse(row.since) };
}

/** Fenced. @returns false if the role was lost */
export async function writeSinkState(
  db: Database,
  fence: Fence,
  sink: string,
  state: SinkStateName,
  reason: string | null,
): Promise<boolean> {
  const rows = await db.$client`
    with fence as (${heldLease(db.$client, fence)})
    insert into sinks (sink, state, reason) select ${sink}::text, ${state}::text, ${reason}::text from fence
    on conflict (sink) do update set state = excluded.state, reason = excluded.reason, since = now()
    returning 1`;
  return rows.length > 0;
}
