// From a page to the store: decides, stores, moves the cursor, and offers what is new to the lanes.

import type { EventDraft, StoredEvent } from '../../kit/event.ts';
import { noticeSource } from '../../kit/event.ts';
import { isNestedDeeper } from '../../kit/nesting.ts';
import type { DecidedEvent } from '../../kit/records/decision.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { FormerName } from '../../kit/records/position.ts';
import type { Fence } from '../../kit/records/role.ts';
import { externalIdIn, knownUnderFormer } from '../../store/cursors.ts';
import type { Database } from '../../store/database.ts';
import { insertPage } from '../../store/events.ts';
import { type Route, route } from '../routing/index.ts';
import { silence } from '../silences/index.ts';
import type { ActiveSilences, SilenceReader } from '../silences/reader.ts';
import { insertOrBisect, type StoredRow, unrecognised } from './bisect.ts';
import { insertWithChanges } from './later-changes.ts';
import type { Tenants } from './tenants.ts';

/**
 * Raw objects that are nested deeper are kept as bytes: Postgres refuses them at some 6,000 levels,
 * and the embedded one crashes at some 25,000.
 */
const depthMax = 1000;

/** What was stored of a page. */
export interface Stored {
  readonly events: readonly StoredEvent[];
  readonly duplicates: number;
  /** How many deliveries were suppressed. */
  readonly suppressed: readonly { readonly sink: string; readonly reason: string }[];
  /** By sink. The list of a sink is empty if all that is new for it waits in groups. */
  readonly fresh: FreshDeliveries;
}

export type FreshDeliveries = ReadonlyMap<string, readonly DueDelivery[]>;

/** Takes deliveries that were just stored, so that nobody has to read them from the database. */
export interface Outlet {
  offer(fresh: FreshDeliveries): void;
}

export interface IntakeOptions {
  readonly db: Database;
  /** Its id. */
  readonly source: string;
  /** The role `source:<id>`; null where nobody else can hold it. */
  readonly fence: Fence | null;
  readonly routes: readonly Route[];
  /** Asked only for pages that have events. Notices are never silenced. Absent: nothing is. */
  readonly silences?: Pick<SilenceReader, 'current'> | undefined;
  /** Milliseconds since the epoch, for routes that have their times; default the clock. */
  readonly now?: () => number;
  readonly lanes?: Outlet | undefined;
  readonly tenants?: Tenants | undefined;
}

export interface PageToStore {
  readonly events: readonly EventDraft[];
  /** Where to read on from; null leaves the stored cursor as it is. */
  readonly cursor: string | null;
  /** In which the page was read: a part of each event's key from 2 on. Default 1. */
  readonly generation?: number;
  /** Names under which the source's events may be stored already. */
  readonly former?: readonly FormerName[];
  readonly notices?: readonly DecidedEvent[];
  /** Of the page, as W3C `traceparent`, if it is traced. */
  readonly traceParent?: string | undefined;
}

export interface Intake {
  /**
   * Stores the events with their decisions, then the cursor, in one transaction. If the database
   * cannot hold one of them, the page is bisected, the culprit is stored as UNRECOGNISED with its
   * bytes in base64, and the cursor moves last.
   *
   * @returns null if the role was lost or the source was reset meanwhile: nothing that matters was
   * written then
   * @throws the driver's error
   */
  store(page: PageToStore): Promise<Stored | null>;
}

export function createIntake(options: IntakeOptions): Intake {
  return new PageIntake(options);
}

class PageIntake implements Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  async store(page: PageToStore): Promise<Stored | null> {
    const { db, fence, source, lanes, tenants } = this.#options;
    const { cursor, generation = 1, notices = [], traceParent } = page;
    const decided = await this.#decide(page, generation);
    // Notices go first: were they second, a crash in between would lose them. Their key makes a
    // repetition harmless.
    if (notices.length > 0) {
      const inserted = await insertPage(db, {
        fence,
        source: noticeSource,
        events: notices,
        cursor: null,
        traceParent,
      });
      if (inserted === null) return null;
    }
    const rows = await insertOrBisect(decided, cursor, (events, position) =>
      insertWithChanges(db, {
        ...{ fence, source, events, cursor: position, generation, traceParent },
      }),
    );
    if (rows === null) return null;
    const stored = summarise(rows, { source, read: page.events.length, traceParent });
    tenants?.note(stored.events);
    lanes?.offer(stored.fresh);
    return stored;
  }

  async #decide({ events, former = [] }: PageToStore, generation: number): Promise<DecidedEvent[]> {
    const { db, source, routes, now = Date.now } = this.#options;
    const active = events.length === 0 ? undefined : await this.#options.silences?.current();
    const fresh = await withoutKnown(db, former, events);
    const atMs = now();
    return distinct(fresh, generation)
      .map((draft) =>
        silenced({ draft, ...route(routes, { source, event: draft, atMs }) }, source, active),
      )
      .map((event) => (isNestedDeeper(event.draft.raw, depthMax) ? unrecognised(event) : event));
  }
}

async function withoutKnown(
  db: Database,
  former: readonly FormerName[],
  drafts: readonly EventDraft[],
): Promise<readonly EventDraft[]> {
  if (former.length === 0 || drafts.length === 0) return drafts;
  const ids = drafts.map(({ externalId }) => externalId);
  const known = await knownUnderFormer(db, former, ids);
  return drafts.filter(({ externalId }) => !known.has(externalId));
}

function silenced(
  event: DecidedEvent,
  source: string,
  active: ActiveSilences | undefined,
): DecidedEvent {
  if (active === undefined || active.silences.length === 0) return event;
  const { silences, atMs } = active;
  const decisions = silence(silences, event.decisions, { source, event: event.draft, atMs });
  return { ...event, decisions };
}

function distinct(drafts: readonly EventDraft[], generation: number): EventDraft[] {
  const byId = new Map<string, EventDraft>();
  for (const draft of drafts) {
    const externalId = externalIdIn(generation, draft.externalId);
    if (byId.has(externalId)) continue;
    byId.set(externalId, externalId === draft.externalId ? draft : { ...draft, externalId });
  }
  return [...byId.values()];
}

interface PageFacts {
  readonly source: string;
  /** How many events the page held. */
  readonly read: number;
  readonly traceParent: string | undefined;
}

function summarise(rows: readonly StoredRow[], { source, read, traceParent }: PageFacts): Stored {
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
    for (const { sink, state, reason, priority, route, groupKey } of row.event.decisions) {
      if (state === 'suppressed') {
        suppressed.push({ sink, reason: reason ?? '' });
        continue;
      }
      const list = fresh.get(sink) ?? [];
      fresh.set(sink, list);
      // What waits in a group is read from the database; the sink learns that there is something.
      if (groupKey === undefined)
        list.push({ event, priority, attempts: 0, form: 'full', route, traceParent });
    }
  }
  return { events, duplicates: read - events.length, suppressed, fresh };
}

/** Names each field: a copy of the rest without `raw` took 1 % of an event's CPU. */
function storedEvent(source: string, row: StoredRow, receivedAt: string): StoredEvent {
  const { id, event } = row;
  const { externalId, subject, stream, type, severity, status, action, occurredAt, body } =
    event.draft;
  return {
    id,
    source,
    externalId,
    subject,
    stream,
    type,
    severity,
    status,
    action,
    occurredAt,
    receivedAt,
    body,
  };
}
