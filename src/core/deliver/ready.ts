// The next deliveries of one sink, in memory: a short-lived copy of the due rows in the database,
// most urgent first. Its size is bounded; the rest is read later.

import type { DueDelivery } from '../../kit/records/delivery.ts';

export interface ReadyDependencies {
  /** Due deliveries, most urgent first, without those that are excluded. */
  read(limit: number, excluded: Iterable<number>): Promise<readonly DueDelivery[]>;
  /** Ids in flight, or answered and not yet written: not to be read again. */
  excluded(): Iterable<number>;
  readonly batchMax: number;
  readonly rereadMs: number;
}

const nothing = Number.POSITIVE_INFINITY;
/** Replies come last, behind the cards of every severity. */
const priorityCount = 6;
/** Deliveries that become due within this time are read together. */
const grainMs = 50;
/** The next regular reading finds what becomes due later than this. */
const aheadMaxMs = 10_000;
/** How many ids that readings showed are remembered. */
const shownMax = 10_000;

/** Deliveries of one priority, oldest first. What was taken is cut off now and then. */
interface Queue {
  readonly items: (DueDelivery | undefined)[];
  head: number;
  /** How many that are left are no cards. */
  others: number;
}

export class Ready {
  readonly #deps: ReadyDependencies;
  /** By priority. */
  #queues = emptyQueues();
  /** The most urgent priority that may be waiting in the database and not in memory. */
  #unread = 0;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #offeredMeanwhile: DueDelivery[] = [];
  readonly #writtenMeanwhile = new Set<number>();
  /**
   * A row can be read, and even sent and written, between its commit and its offer: such an offer
   * is no longer fresh.
   */
  readonly #shown = new Set<number>();
  /** When deliveries that failed become due again. Monotonic. */
  readonly #dueTimes = new Set<number>();

  constructor(deps: ReadyDependencies) {
    this.#deps = deps;
  }

  /**
   * Fresh deliveries, just stored. Taken only if nothing due of equal or higher priority can be
   * waiting unread in the database.
   */
  offer(deliveries: readonly DueDelivery[]): void {
    for (const delivery of deliveries) {
      if (this.#shown.has(delivery.event.id)) continue;
      if (this.#reading) this.#offeredMeanwhile.push(delivery);
      if (delivery.priority < this.#unread && this.size() < this.#deps.batchMax * 2)
        this.#add(delivery);
      else this.#unread = Math.min(this.#unread, delivery.priority);
    }
  }

  /**
   * Reads from the database if that is needed to know what comes next; undefined if not. Rejects
   * when the database does not answer.
   */
  fill(nowMs: number): Promise<void> | undefined {
    this.#forgetDueTimes(nowMs);
    const best = this.#top();
    const isBlind =
      best === undefined
        ? this.#unread !== nothing
        : this.#unread < best.items[best.head]!.priority;
    const isOld = nowMs - this.#readAtMs >= this.#deps.rereadMs;
    const isLow = this.#unread !== nothing && this.size() < this.#deps.batchMax / 4;
    if (isBlind || (isOld && best === undefined)) return this.#readOnce(nowMs);
    // Read ahead; if it fails, the next awaited one says so.
    if (isOld || isLow) this.#readOnce(nowMs).catch(() => undefined);
    return undefined;
  }

  /**
   * The most urgent one, oldest first within a priority.
   * @param passes none that is less urgent than this
   */
  peek(passes: number = nothing): DueDelivery | undefined {
    const queue = this.#top();
    const delivery = queue?.items[queue.head];
    return delivery && delivery.priority <= passes ? delivery : undefined;
  }

  /** How many are in memory. */
  size(): number {
    let count = 0;
    for (const { items, head } of this.#queues) count += items.length - head;
    return count;
  }

  /** How many cards in memory are less urgent than the priority. */
  countBelow(priority: number): number {
    let count = 0;
    for (let at = priority + 1; at < priorityCount; at += 1) {
      const { items, head, others } = this.#queues[at]!;
      count += items.length - head - others;
    }
    return count;
  }

  shift(): DueDelivery | undefined {
    const queue = this.#top();
    if (!queue) return undefined;
    const delivery = queue.items[queue.head];
    // Else it would live on until the queue is cut.
    queue.items[queue.head] = undefined;
    queue.head += 1;
    if (delivery?.kind !== undefined) queue.others -= 1;
    if (queue.head > 1000) {
      queue.items.splice(0, queue.head);
      queue.head = 0;
    }
    return delivery;
  }

  /** This delivery's outcome was written: a reading that began before must not bring it back. */
  written(eventId: number): void {
    if (this.#reading) this.#writtenMeanwhile.add(eventId);
  }

  /** The rows in memory may be out of date. */
  expire(): void {
    this.#unread = 0;
  }

  /**
   * Deliveries that failed will be due then, so the database is read at that time.
   * @param atMs monotonic; ignored if it is more than some seconds ahead
   */
  dueAgain(atMs: number, nowMs: number): void {
    if (atMs - nowMs < aheadMaxMs) this.#dueTimes.add(Math.ceil(atMs / grainMs) * grainMs);
  }

  /** Milliseconds until the first of them; Infinity if there is none. */
  dueInMs(nowMs: number): number {
    return this.#dueTimes.size === 0 ? nothing : Math.max(0, Math.min(...this.#dueTimes) - nowMs);
  }

  /** Forgets everything; the database still has it. */
  clear(): void {
    this.#queues = emptyQueues();
    this.#unread = 0;
  }

  /** The queue of the most urgent one. */
  #top(): Queue | undefined {
    for (const queue of this.#queues) if (queue.head < queue.items.length) return queue;
    return undefined;
  }

  #add(delivery: DueDelivery): void {
    const queue = this.#queues[Math.min(delivery.priority, priorityCount - 1)]!;
    queue.items.push(delivery);
    if (delivery.kind !== undefined) queue.others += 1;
  }

  #forgetDueTimes(nowMs: number): void {
    for (const atMs of this.#dueTimes) {
      if (atMs > nowMs) continue;
      this.#dueTimes.delete(atMs);
      this.#unread = 0;
    }
  }

  #readOnce(nowMs: number): Promise<void> {
    this.#reading ??= this.#read(nowMs).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(nowMs: number): Promise<void> {
    const { batchMax, read, excluded } = this.#deps;
    this.#readAtMs = nowMs;
    const except = new Set(excluded());
    this.#offeredMeanwhile = [];
    this.#writtenMeanwhile.clear();
    const rows = await read(batchMax, except);
    // Some of them went out while the statement ran.
    const gone = new Set([...this.#writtenMeanwhile, ...excluded()]);
    this.#queues = emptyQueues();
    this.#unread = rows.length >= batchMax ? (rows.at(-1)?.priority ?? 0) : nothing;
    for (const row of rows) if (!gone.has(row.event.id)) this.#add(row);
    this.#addMeanwhile(rows, gone);
    this.#remember(rows);
  }

  /** What was offered while the statement ran, and is not among its rows. */
  #addMeanwhile(rows: readonly DueDelivery[], gone: ReadonlySet<number>): void {
    if (this.#offeredMeanwhile.length === 0) return;
    const seen = new Set(rows.map(({ event }) => event.id));
    for (const delivery of this.#offeredMeanwhile) {
      if (seen.has(delivery.event.id) || gone.has(delivery.event.id)) continue;
      if (delivery.priority < this.#unread) this.#add(delivery);
      else this.#unread = Math.min(this.#unread, delivery.priority);
    }
  }

  #remember(rows: readonly DueDelivery[]): void {
    for (const { event } of rows) {
      this.#shown.delete(event.id);
      this.#shown.add(event.id);
    }
    for (const id of this.#shown) {
      if (this.#shown.size <= shownMax) break;
      this.#shown.delete(id);
    }
  }
}

function emptyQueues(): Queue[] {
  return Array.from({ length: priorityCount }, () => ({ items: [], head: 0, others: 0 }));
}
