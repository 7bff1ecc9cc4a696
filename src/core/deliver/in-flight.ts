// Which sends of one sink are under way, and which of them count against its slots: one that hangs while others pass holds up nobody.

export interface InFlight {
  /** All of them. */
  ids(): readonly number[];
  /** Those that take a slot. */
  size(): number;
  /** @param priority at which others wait for it; Infinity, and if absent: none does */
  begin(eventId: number, nowMs: number, priority?: number): void;
  /** When the newest that is more urgent than this began; undefined if there is none. */
  urgentSinceMs(priority: number): number | undefined;
  /** It was accepted; still under way until it ends. */
  passed(eventId: number, nowMs: number): void;
  /** How long the slowest of the latest that passed took, in milliseconds; 0 if none has. */
  slowestMs(): number;
  end(eventId: number): void;
}

/** A send that one passed which began so much later hangs by itself. */
const overtakenMs = 1000;
/** So many may hang beside the slots, which bounds sockets and what may have to be repeated. */
const overtakenMax = 32;
/** What is left of the slowest answer with each later one: some 50 later it is half. */
const fading = 0.986;

export function createInFlight(): InFlight {
  const startedAt = new Map<number, number>();
  const priorities = new Map<number, number>();
  let newestPassed = Number.NEGATIVE_INFINITY;
  let slowestMs = 0;

  /** The oldest come first. */
  function overtaken(): number {
    let count = 0;
    for (const atMs of startedAt.values()) {
      if (atMs + overtakenMs > newestPassed || count === overtakenMax) break;
      count += 1;
    }
    return count;
  }

  return {
    ids: () => [...startedAt.keys()],
    size: () => startedAt.size - overtaken(),
    begin(eventId, nowMs, priority = Number.POSITIVE_INFINITY) {
      startedAt.set(eventId, nowMs);
      priorities.set(eventId, priority);
    },
    urgentSinceMs(priority) {
      let newest: number | undefined;
      for (const [eventId, atMs] of startedAt) if (priorities.get(eventId)! < priority) newest = atMs;
      return newest;
    },
    passed(eventId, nowMs) {
      const atMs = startedAt.get(eventId);
      if (atMs === undefined) return;
      newestPassed = Math.max(newestPassed, atMs);
      slowestMs = Math.max(nowMs - atMs, slowestMs * fading);
    },
    slowestMs: () => slowestMs,
    end(eventId) {
      startedAt.delete(eventId);
      priorities.delete(eventId);
    },
  };
}
