// Which sends of one sink are under way, and which of them occupy a slot. A send that hangs while
// others pass gives up its slot, so that it blocks nobody.

/** A send hangs by itself once another passed that began this much later. */
const overtakenMs = 1000;
/** How many may hang beside the slots, which bounds sockets and what may have to be repeated. */
const overtakenMax = 32;
/** What is left of the slowest answer with each later one: some 50 later it is half. */
const fading = 0.986;

export class InFlight {
  /** By event, in the order in which they began. */
  readonly #startedAtMs = new Map<number, number>();
  readonly #priorities = new Map<number, number>();
  #newestPassedMs = Number.NEGATIVE_INFINITY;
  #slowestMs = 0;
  /** When the last of them ended. */
  #emptySinceMs = Number.NEGATIVE_INFINITY;

  /** All of them. */
  ids(): readonly number[] {
    return [...this.#startedAtMs.keys()];
  }

  /** How many there are, with those that take no slot. */
  count(): number {
    return this.#startedAtMs.size;
  }

  /** For how long nothing has been under way; 0 while something is, Infinity if nothing ever was. */
  idleMs(nowMs: number): number {
    return this.#startedAtMs.size > 0 ? 0 : nowMs - this.#emptySinceMs;
  }

  /** How many take a slot. */
  size(): number {
    return this.#startedAtMs.size - this.#overtaken();
  }

  /** @param priority at which others wait for it; Infinity, and if absent: none does */
  begin(eventId: number, nowMs: number, priority: number = Number.POSITIVE_INFINITY): void {
    this.#startedAtMs.set(eventId, nowMs);
    this.#priorities.set(eventId, priority);
  }

  /** When the newest that is more urgent than this began; undefined if there is none. */
  urgentSinceMs(priority: number): number | undefined {
    let newest: number | undefined;
    for (const [eventId, atMs] of this.#startedAtMs)
      if (this.#priorities.get(eventId)! < priority) newest = atMs;
    return newest;
  }

  /** It was accepted; still under way until it ends. */
  passed(eventId: number, nowMs: number): void {
    const atMs = this.#startedAtMs.get(eventId);
    if (atMs === undefined) return;
    this.#newestPassedMs = Math.max(this.#newestPassedMs, atMs);
    this.#slowestMs = Math.max(nowMs - atMs, this.#slowestMs * fading);
  }

  /** How long the slowest of the latest that passed took, in milliseconds; 0 if none has. */
  slowestMs(): number {
    return this.#slowestMs;
  }

  end(eventId: number, nowMs: number): void {
    this.#startedAtMs.delete(eventId);
    this.#priorities.delete(eventId);
    this.#emptySinceMs = nowMs;
  }

  /** The oldest come first. */
  #overtaken(): number {
    let count = 0;
    for (const atMs of this.#startedAtMs.values()) {
      if (atMs + overtakenMs > this.#newestPassedMs || count === overtakenMax) break;
      count += 1;
    }
    return count;
  }
}
