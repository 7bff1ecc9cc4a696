// The items that are followed: what is stored of each, and when it was last looked at. Learnt from
// the stored events alone, so it is the same after a restart.
import type { Severity } from '../../../kit/event.ts';
import type { KnownEvent, KnownItems } from '../../../kit/source.ts';
import type { Stream } from '../stream.ts';
import { closed } from './snapshot.ts';

export interface Watched {
  readonly stream: Stream;
  /** The vendor's. */
  readonly number: number;
  readonly subject: string;
  /** Id of the source of its first event, and the external id of that. */
  readonly source: string;
  readonly externalId: string;
  /** When that came; milliseconds since the epoch. */
  readonly sinceMs: number;
  severity: Severity;
  /** The newest event about it, which holds what is known of it. */
  eventId: number;
  isOpen: boolean;
  /** When that event came. */
  newsAtMs: number;
  /** When it was last seen at the console. */
  lookedAtMs: number | null;
  /** Since when it is missing among the open ones; null: it is there. */
  absentSinceMs: number | null;
  /** The console had it no more, then. */
  goneAtMs: number | null;
}

export type WatchTask =
  /** The open items from this one on. */
  | { readonly kind: 'page'; readonly stream: Stream; readonly from: number }
  /** One that is not among the open ones any more. */
  | { readonly kind: 'item'; readonly item: Watched };

export interface WatchOptions {
  readonly known: KnownItems;
  readonly streams: readonly Stream[];
  readonly watchForMs: number;
  /** How long a sweep has time to say why an item is not open any more. */
  readonly graceMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How often an open item is looked at, by how old the last news of it is. */
const steps = [
  { untilMs: hourMs, everyMs: 5 * minuteMs },
  { untilMs: 24 * hourMs, everyMs: 15 * minuteMs },
  { untilMs: 72 * hourMs, everyMs: hourMs },
  { untilMs: Number.POSITIVE_INFINITY, everyMs: 6 * hourMs },
] as const;
const goneMs = 24 * hourMs;
const batch = 5000;
/** The oldest are followed no more. */
const itemsMax = 50_000;
/** An event may be committed so much later than one with a higher id. */
const commitMs = 60_000;
/** After so long, what was handed on is stored, or was stored before. */
const handedMaxMs = 60_000;

export class Watch {
  readonly #options: WatchOptions;
  readonly #items = new Map<string, Watched>();
  /** By subject: changes that were handed to core and not yet found in the store, since when. */
  readonly #handed = new Map<string, number>();
  /** Everything up to this event is known; undefined: nothing yet. */
  #knownTo: number | undefined;
  #open = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** How many items are open. */
  get open(): number {
    return this.#open;
  }

  /** Learns what was stored since. Rejects as {@link KnownItems} does. */
  async refresh(nowMs: number): Promise<void> {
    const { known, watchForMs } = this.#options;
    this.#knownTo ??= await known.olderThan(watchForMs);
    for (let after = this.#knownTo; ; ) {
      const events = await known.after(after, batch);
      for (const event of events) this.#learn(event);
      const newest = events.at(-1);
      if (newest === undefined) break;
      after = newest.eventId;
      const settled = events.findLast(
        ({ receivedAtMs }) => receivedAtMs < newest.receivedAtMs - commitMs,
      );
      this.#knownTo = Math.max(this.#knownTo, settled?.eventId ?? 0);
      if (events.length < batch) break;
    }
    this.#forget(nowMs);
  }

  /** The item of this number, if it is followed and nothing about it is being stored. */
  find(stream: Stream, number: number | undefined): Watched | undefined {
    const item = this.#items.get(`${stream} ${number}`);
    return item === undefined || this.#handed.has(item.subject) ? undefined : item;
  }

  /** A change of it is on its way into the store. */
  hand({ subject }: Watched, nowMs: number): void {
    this.#handed.set(subject, nowMs);
  }

  /** What was handed on was not stored. */
  notStored(): void {
    this.#handed.clear();
  }

  /** The console has just shown the item. */
  seen(item: Watched, nowMs: number): void {
    item.lookedAtMs = nowMs;
    item.goneAtMs = null;
  }

  /**
   * The console has just shown its open items from one number to another: those that are not among
   * them are looked at by themselves, unless a sweep says before what became of them.
   */
  covered(
    { stream, from, to }: { stream: Stream; from: number; to: number },
    present: ReadonlySet<number>,
    nowMs: number,
  ): void {
    for (const item of this.#items.values()) {
      if (item.stream !== stream || item.number < from || item.number > to) continue;
      if (present.has(item.number)) {
        this.seen(item, nowMs);
        item.absentSinceMs = null;
      } else if (item.isOpen) item.absentSinceMs ??= nowMs;
    }
  }

  gone(item: Watched, nowMs: number): void {
    item.goneAtMs = nowMs;
  }

  /** The task that is the most overdue; undefined: none is. `inMs`: until the next one. */
  next(
    nowMs: number,
    isOut: (stream: Stream) => boolean,
  ): { readonly task: WatchTask | undefined; readonly inMs: number } {
    let best: { item: Watched; lateness: number; rank: number } | undefined;
    let inMs = Number.POSITIVE_INFINITY;
    for (const item of this.#items.values()) {
      if (!item.isOpen || isOut(item.stream) || this.#handed.has(item.subject)) continue;
      const waitMs = this.#waitMs(item, nowMs);
      inMs = Math.min(inMs, waitMs);
      if (waitMs > 0) continue;
      const rank = rankOf(item, nowMs);
      const lateness = 1 - waitMs / steps[rank].everyMs;
      const isBetter =
        best === undefined ||
        lateness > best.lateness ||
        (lateness === best.lateness && rank < best.rank);
      if (isBetter) best = { item, lateness, rank };
    }
    return { task: best && taskOf(best.item), inMs };
  }

  #waitMs(item: Watched, nowMs: number): number {
    const { absentSinceMs, goneAtMs, lookedAtMs } = item;
    const since = (atMs: number, forMs: number) => (nowMs < atMs ? 0 : atMs + forMs - nowMs);
    if (goneAtMs !== null) return since(goneAtMs, goneMs);
    const { everyMs } = steps[rankOf(item, nowMs)];
    if (absentSinceMs !== null && (lookedAtMs ?? 0) < absentSinceMs)
      return since(absentSinceMs, this.#options.graceMs);
    return since(lookedAtMs ?? Math.max(item.newsAtMs, nowMs - everyMs), everyMs);
  }

  #learn(event: KnownEvent): void {
    const place = placeOf(event.subject);
    if (place === undefined || !this.#options.streams.includes(place.stream)) return;
    const key = `${place.stream} ${place.number}`;
    const item = this.#items.get(key);
    if (item !== undefined && event.eventId <= item.eventId) return;
    const isOpen = event.status?.toUpperCase() !== closed;
    const { eventId, severity, source, externalId, subject, receivedAtMs: newsAtMs } = event;
    if (event.stream === place.stream) {
      this.#remove(key);
      this.#items.set(key, {
        ...place,
        ...{ subject, source, externalId, severity, eventId, isOpen, newsAtMs, sinceMs: newsAtMs },
        ...{ lookedAtMs: null, absentSinceMs: null, goneAtMs: null },
      });
      if (isOpen) this.#open += 1;
    } else if (item?.subject === subject) {
      this.#handed.delete(subject);
      if (item.isOpen !== isOpen) this.#open += isOpen ? 1 : -1;
      if (isOpen && !item.isOpen) item.absentSinceMs = null;
      Object.assign(item, { eventId, severity, isOpen, newsAtMs });
    }
  }

  #forget(nowMs: number): void {
    for (const [subject, atMs] of this.#handed)
      if (Math.abs(nowMs - atMs) > handedMaxMs) this.#handed.delete(subject);
    // In the order of their first events.
    for (const [key, { sinceMs }] of this.#items) {
      const isOld = nowMs - sinceMs > this.#options.watchForMs;
      if (!isOld && this.#items.size <= itemsMax) return;
      this.#remove(key);
    }
  }

  #remove(key: string): void {
    if (this.#items.get(key)?.isOpen) this.#open -= 1;
    this.#items.delete(key);
  }
}

/** Where it stands among {@link steps}. What is severe, or of unknown severity, one further up. */
function rankOf({ newsAtMs, severity }: Watched, nowMs: number): 0 | 1 | 2 | 3 {
  const rank = steps.findIndex(({ untilMs }) => nowMs - newsAtMs < untilMs);
  const isSevere = severity >= 4 || severity === 0;
  return Math.max(0, isSevere ? rank - 1 : rank) as 0 | 1 | 2 | 3;
}

function taskOf(item: Watched): WatchTask {
  const { stream, number, absentSinceMs, goneAtMs } = item;
  return absentSinceMs !== null || goneAtMs !== null
    ? { kind: 'item', item }
    : { kind: 'page', stream, from: number };
}

const subjectForm = /^(event|suspicious)\/([1-9]\d{0,15})(?:@.*)?$/;

/** Undefined for an item without a number, which nobody can ask for. */
function placeOf(subject: string): { stream: Stream; number: number } | undefined {
  const [, stream, digits] = subjectForm.exec(subject) ?? [];
  return stream === undefined ? undefined : { stream: stream as Stream, number: Number(digits) };
}
