// Notices: what Tocsin announces of itself, as events that are stored like any other.

import { createHash } from 'node:crypto';
import { type Notice, noticeSource, noticeStream } from '../../kit/event.ts';
import type { DecidedEvent } from '../../kit/records/decision.ts';
import type { Fence } from '../../kit/records/role.ts';
import type { Report } from '../../kit/report.ts';
import type { Database } from '../../store/database.ts';
import { insertPage } from '../../store/events.ts';

/** Good or usual news. The others are alarms. */
const quietKinds: ReadonlySet<Notice['kind']> = new Set([
  'watching',
  'source_back',
  'credential_renewed',
  'sink_back',
  'deliveries_dead_over',
  'calendar_back',
  'storm_over',
  'silence_over',
  'database_back',
  'report',
  'report_empty',
  'sample',
]);
/** Notices go out first: people need them to understand the rest. */
const noticePriority = 0;

/** Who stores a notice, and when. */
export interface Announcer {
  readonly db: Database;
  /** The role of the process that stores the notice; null for a process without a role. */
  readonly fence: Fence | null;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

export interface KeyedNotice {
  readonly notice: Notice;
  /** What the notice `report` counts. */
  readonly report?: Report;
  /** A kind is stored once for each key. */
  readonly key: string;
  /** Ids of the sinks that get it. */
  readonly to: readonly string[];
}

/**
 * A notice as an event for the given sinks. The same kind and key becomes one event, however often
 * it is stored. Routes have no say: a notice about a sink must reach people even where no route
 * would send it.
 */
export function noticeEvent({
  notice,
  report,
  key,
  to,
  nowMs,
}: KeyedNotice & { readonly nowMs: number }): DecidedEvent {
  const isAlarm = !quietKinds.has(notice.kind);
  const severity = isAlarm ? 4 : 1;
  const decisions = to.map((sink) => ({
    sink,
    state: 'pending' as const,
    reason: null,
    priority: noticePriority,
  }));
  return {
    routes: [],
    decisions,
    draft: {
      externalId: `${notice.kind}:${createHash('sha256').update(`${notice.kind} ${key}`).digest('hex').slice(0, 32)}`,
      subject: notice.kind,
      stream: noticeStream,
      type: notice.kind.toUpperCase(),
      severity,
      status: null,
      action: null,
      occurredAt: new Date(nowMs).toISOString(),
      body: { notice, ...(report && { report }) },
      raw: JSON.stringify(report === undefined ? notice : { ...notice, report }),
    },
  };
}

/** Stores it, unless it is for no sink. @throws the driver's error */
export async function storeNotice(
  { db, fence, nowMs }: Announcer,
  keyed: KeyedNotice,
): Promise<void> {
  if (keyed.to.length === 0) return;
  await insertPage(db, {
    fence,
    source: noticeSource,
    events: [noticeEvent({ ...keyed, nowMs })],
    cursor: null,
  });
}
