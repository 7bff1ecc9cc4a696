// What one sink may send next, in memory: a short-lived picture of the database's due rows, most urgent first. It is bounded, and what does
import type { DueDelivery } from '../../kit/records/delivery.ts';
// not fit stays in the database and is read later.

export interface ReadyDependencies {
  /** Due deliveries, most urgent first, without those that are excluded. */
  read(limit: number, excluded: Iterable<number>): Promise<readonly DueDelivery[]>;
  /** Ids in flight, or answered and not yet written: not to be read again. */
  excluded(): Iterable<number>;
  readonly batchMax: number;
  readonly rereadMs: number;
}

export interface Ready {
  /** Fresh deliveries, just stored. Taken only if nothing due of equal or higher priority can be waiting unread in the database. */
  offer(deliveries: readonly DueDelivery[]): void;
  /** Reads from the database if that is needed to know what comes next; undefined if not. Rejects when the database does not answer. */
  fill(nowMs: number): Promise<void> | undefined;
  /** The most urgent one, oldest first within a priority. @param passes none that is less urgent than this */
  peek(passes?: number): DueDelivery | undefined;
  /** How many are in memory. */
  size(): number;
  /** How many in memory are less urgent than the priority. */
  countBelow(priority: number): number;
  shift(): DueDelivery | undefined;
  /** This delivery's outcome was written: a reading that began before must not bring it back. */
  written(eventId: number): void;
  /** The database has something new to show. */
  expire(): void;
  /** What failed will be due then: it is read at that time, and not only when the picture is old. Monotonic; more than some seconds ahead says nothing. */
  dueAgain(atMs: number, nowMs: number): void;
  /** Milliseconds until the first of them; Infinity if there is none. */
  dueInMs(nowMs: number): number;
  /** Forgets everything; the database still has it. */
  clear(): void;
}

const nothing = Number.POSITIVE_INFINITY;
const priorityCount = 5;
/** What is due again within this time is read together. */
const grainMs = 50;
/** What is due later than that may as well be found by the next reading. */
const aheadMaxMs = 10_000;
/** So many ids that readings showed are remembered. */
const shownMax = 10_000;

export function createReady(deps: ReadyDependencies): Ready {
  let queues = emptyQueues();
  /** The most urgent priority that may be waiting in the database and not in memory. */
  let unread = 0;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let offeredMeanwhile: DueDelivery[] = [];
  const writtenMeanwhile = new Set<number>();
  /** A row can be read, and even sent and written, between its commit and its offer: such an offer is no longer fresh. */
  const shown = new Set<number>();
  /** When something that failed is due again. Monotonic. */
  const dueTimes = new Set<number>();

  const top = () => queues.find((queue) => queue.head < queue.items.length);
  const size = () => queues.reduce((sum, queue) => sum + queue.items.length - queue.head, 0);

  function add(delivery: DueDelivery): void {
    queues[Math.min(delivery.priority, priorityCount - 1)]!.items.push(delivery);
  }

  async function read(nowMs: number): Promise<void> {
    readAtMs = nowMs;
    const excluded = new Set(deps.excluded());
    offeredMeanwhile = [];
    writtenMeanwhile.clear();
    const rows = await deps.read(deps.batchMax, excluded);
    // Some of them went out while the statement ran.
    const gone = new Set([...writtenMeanwhile, ...deps.excluded()]);
    const isFull = rows.length >= deps.batchMax;
    queues = emptyQueues();
    unread = isFull ? (rows.at(-1)?.priority ?? 0) : nothing;
    const seen = new Set<number>();
    for (const row of rows) {
      seen.add(row.event.id);
      shown.delete(row.event.id);
      shown.add(row.event.id);
      if (!gone.has(row.event.id)) add(row);
    }
    for (const id of shown) {
      if (shown.size <= shownMax) break;
      shown.delete(id);
    }
    for (const delivery of offeredMeanwhile) {
      if (seen.has(delivery.event.id) || gone.has(delivery.event.id)) continue;
      if (delivery.priority < unread) add(delivery);
      else unread = Math.min(unread, delivery.priority);
    }
  }

  function readOnce(nowMs: number): Promise<void> {
    reading ??= read(nowMs).finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    offer(deliveries) {
      for (const delivery of deliveries) {
        if (shown.has(delivery.event.id)) continue;
        if (reading) offeredMeanwhile.push(delivery);
        if (delivery.priority < unread && size() < deps.batchMax * 2) add(delivery);
        else unread = Math.min(unread, delivery.priority);
      }
    },
    fill(nowMs) {
      for (const atMs of dueTimes) {
        if (atMs > nowMs) continue;
        dueTimes.delete(atMs);
        unread = 0;
      }
      const best = top();
      const isBlind = best === undefined ? unread !== nothing : unread < best.items[best.head]!.priority;
      const isOld = nowMs - readAtMs >= deps.rereadMs;
      const isLow = unread !== nothing && size() < deps.batchMax / 4;
      if (isBlind || (isOld && best === undefined)) return readOnce(nowMs);
      if (isOld || isLow) readOnce(nowMs).catch(() => undefined); // Read ahead; if it fails, the next awaited one says so.
      return undefined;
    },
    peek(passes = nothing) {
      const queue = top();
      const delivery = queue?.items[queue.head];
      return delivery && delivery.priority <= passes ? delivery : undefined;
    },
    size,
    countBelow: (priority) =>
      queues.slice(priority + 1).reduce((sum, queue) => sum + queue.items.length - queue.head, 0),
    shift() {
      const queue = top();
      if (!queue) return undefined;
      const delivery = queue.items[queue.head];
      // Else it would live on until the queue is cut.
      queue.items[queue.head] = undefined;
      queue.head += 1;
      if (queue.head > 1000) {
        queue.items.splice(0, queue.head);
        queue.head = 0;
      }
      return delivery;
    },
    written(eventId) {
      if (reading) writtenMeanwhile.add(eventId);
    },
    expire() {
      unread = 0;
    },
    dueAgain(atMs, nowMs) {
      if (atMs - nowMs < aheadMaxMs) dueTimes.add(Math.ceil(atMs / grainMs) * grainMs);
    },
    dueInMs: (nowMs) => (dueTimes.size === 0 ? nothing : Math.max(0, Math.min(...dueTimes) - nowMs)),
    clear() {
      queues = emptyQueues();
      unread = 0;
    },
  };
}

function emptyQueues(): { items: (DueDelivery | undefined)[]; head: number }[] {
  return Array.from({ length: priorityCount }, () => ({ items: [], head: 0 }));
}
