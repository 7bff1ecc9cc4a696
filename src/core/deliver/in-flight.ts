// Which sends of one sink are under way, and which of them count against its slots: one that hangs while others pass holds up nobody.

export interface InFlight {
  /** All of them. */
  ids(): readonly number[];
  /** Those that take a slot. */
  size(): number;
  begin(eventId: number, nowMs: number): void;
  /** It was accepted; still under way until it ends. */
  passed(eventId: number): void;
  end(eventId: number): void;
}

/** A send that one passed which began so much later hangs by itself. */
const overtakenMs = 1000;
/** So many may hang beside the slots, which bounds sockets and what may have to be repeated. */
const overtakenMax = 32;

export function createInFlight(): InFlight {
  const startedAt = new Map<number, number>();
  let newestPassed = Number.NEGATIVE_INFINITY;

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
    begin: (eventId, nowMs) => void startedAt.set(eventId, nowMs),
    passed(eventId) {
      newestPassed = Math.max(newestPassed, startedAt.get(eventId) ?? newestPassed);
    },
    end: (eventId) => void startedAt.delete(eventId),
  };
}
