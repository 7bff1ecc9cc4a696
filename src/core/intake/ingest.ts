// From a page to the store: decides, stores, moves the cursor, and hands what is new to whoever sends it.

import type { EventDraft, StoredEvent } from '../../kit/event.ts';
import { noticeSource, unparsedRaw } from '../../kit/event.ts';
import { isNestedDeeper } from '../../kit/nesting.ts';
import type { DecidedEvent, InsertedEvent } from '../../kit/records/decision.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { FormerName } from '../../kit/records/position.ts';
import type { Fence } from '../../kit/records/role.ts';
import { externalIdIn, knownUnderFormer } from '../../store/cursors.ts';
import { type Database, isUnstorable } from '../../store/database.ts';
import { insertPage } from '../../store/events.ts';
import { type Route, route } from '../routing/index.ts';
import { silence } from '../silences/index.ts';
import type { ActiveSilences, SilenceReader } from '../silences/reader.ts';

/** Deeper raw objects are kept as bytes: Postgres refuses them at some 6,000 levels, and the embedded one crashes at some 25,000. */
const depthMax = 1000;

/** What was stored of a page. */
export interface Stored {
  readonly events: readonly StoredEvent[];
  readonly duplicates: number;
  /** Deliveries that were decided against. */
  readonly suppressed: readonly { readonly sink: string; readonly reason: string }[];
  /** Fresh deliveries by sink, to be offered to the senders of this process. */
  readonly fresh: ReadonlyMap<string, readonly DueDelivery[]>;
}

/**
 * Stores the drafts with their decisions, then the cursor, in one transaction. If the database cannot hold one of them, the page is
 * bisected, the culprit is stored as UNRECOGNISED with its bytes in base64, and the cursor moves last.
 *
 * @param generation part of the dedupe key from 2 on
 * @param atMs milliseconds since the epoch, for routes that have their times
 * @param silences asked only if there are drafts; notices are never silenced
 * @param traceParent of the page, if it is traced
 * @param former names under which the source's events may be stored already
 * @returns null if the role was lost or the source was reset meanwhile; nothing that matters was written then
 */
export async function storePage(
  db: Database,
  fence: Fence | null,
  source: string,
  generation: number,
  routes: readonly Route[],
  drafts: readonly EventDraft[],
  cursor: string | null,
  notices: readonly DecidedEvent[] = [],
  atMs = Date.now(),
  silences?: SilenceReader,
  traceParent?: string,
  former: readonly FormerName[] = [],
): Promise<Stored | null> {
  const active = drafts.length === 0 ? undefined : await silences?.current();
  const fresh = await withoutKnown(db, former, drafts);
  const decided = distinct(fresh, generation)
    .map((draft) => silenced({ draft, ...route(routes, source, draft, atMs) }, source, active))
    .map((event) => (isNestedDeeper(event.draft.raw, depthMax) ? unrecognised(event) : event));
  // Notices go first: were they second, a crash in between would lose them. Their key makes a repetition harmless.
  if (notices.length > 0 && (await insertPage(db, fence, noticeSource, notices, null, null, traceParent)) === null)
    return null;
  const stored = await insertOrBisect(decided, cursor, (events, position) =>
    insertPage(db, fence, source, events, position, generation, traceParent),
  );
  if (stored === null) return null;
  return summarise(source, stored, drafts.length, traceParent);
}

async function withoutKnown(db: Database, former: readonly FormerName[], drafts: readonly EventDraft[]) {
  if (former.length === 0 || drafts.length === 0) return drafts;
  const known = await knownUnderFormer(
    db,
    former,
    drafts.map(({ externalId }) => externalId),
  );
  return drafts.filter(({ externalId }) => !known.has(externalId));
}

function silenced(event: DecidedEvent, source: string, active: ActiveSilences | undefined): DecidedEvent {
  if (active === undefined || active.silences.length === 0) return event;
  return { ...event, decisions: silence(active.silences, source, event.draft, event.decisions, active.atMs) };
}

/** One row of {@link insertPage} with what it was made from. */
interface StoredRow extends InsertedEvent {
  readonly event: DecidedEvent;
}

async function insertOrBisect(
  events: readonly DecidedEvent[],
  cursor: string | null,
  insert: (events: readonly DecidedEvent[], cursor: string | null) => Promise<InsertedEvent[] | null>,
): Promise<StoredRow[] | null> {
  try {
    const rows = await insert(events, cursor);
    return rows?.map((row) => ({ ...row, event: events[row.index]! })) ?? null;
  } catch (error) {
    if (!isUnstorable(error) || events.length === 0) throw error;
  }
  const [only] = events;
  if (events.length === 1 && only) return insertOrBisect([unrecognised(only)], cursor, insert);
  const middle = Math.ceil(events.length / 2);
  const first = await insertOrBisect(events.slice(0, middle), null, insert);
  const second = first && (await insertOrBisect(events.slice(middle), cursor, insert));
  return first && second && [...first, ...second];
}

/** Told apart by what they are: an item of the vendor's may look just like one of these. */
const replaced = new WeakSet<DecidedEvent>();

function unrecognised(event: DecidedEvent): DecidedEvent {
  if (replaced.has(event)) throw new Error('an unrecognised item could not be stored');
  const { draft, routes, decisions } = event;
  const made: DecidedEvent = {
    routes,
    decisions,
    draft: {
      externalId: draft.externalId,
      subject: draft.subject,
      stream: draft.stream,
      type: 'UNRECOGNISED',
      severity: draft.severity,
      status: null,
      action: null,
      occurredAt: null,
      body: {},
      raw: unparsedRaw(draft.raw),
    },
  };
  replaced.add(made);
  return made;
}

function distinct(drafts: readonly EventDraft[], generation: number): EventDraft[] {
  const byId = new Map<string, EventDraft>();
  for (const draft of drafts) {
    const externalId = externalIdIn(generation, draft.externalId);
    if (!byId.has(externalId)) byId.set(externalId, externalId === draft.externalId ? draft : { ...draft, externalId });
  }
  return [...byId.values()];
}

function summarise(source: string, rows: readonly StoredRow[], read: number, traceParent: string | undefined): Stored {
  const events: StoredEvent[] = [];
  const suppressed: { sink: string; reason: string }[] = [];
  const fresh = new Map<string, DueDelivery[]>();
  let received = { atMs: Number.NaN, iso: '' };
  for (const row of rows) {
    // One transaction, one time; what was bisected has several.
    if (row.receivedAtMs !== received.atMs)
      received = { atMs: row.receivedAtMs, iso: new Date(row.receivedAtMs).toISOString() };
    const event = storedEvent(source, row, received.iso);
    events.push(event);
    for (const decision of row.event.decisions) {
      if (decision.state === 'suppressed') suppressed.push({ sink: decision.sink, reason: decision.reason ?? '' });
      else {
        const list = fresh.get(decision.sink) ?? [];
        const { priority, route } = decision;
        // Those that wait in a group are in the database; their sink learns that there is something new.
        if (decision.groupKey === undefined)
          list.push({ event, priority, attempts: 0, form: 'full', route, traceParent });
        fresh.set(decision.sink, list);
      }
    }
  }
  return { events, duplicates: read - events.length, suppressed, fresh };
}

/** Each by its name: a copy of the rest without `raw` took one part in a hundred of an event's CPU. */
function storedEvent(source: string, { event: { draft }, id }: StoredRow, receivedAt: string): StoredEvent {
  const { externalId, subject, stream, type, severity, status, action, occurredAt, body } = draft;
  return { id, source, externalId, subject, stream, type, severity, status, action, occurredAt, receivedAt, body };
}
