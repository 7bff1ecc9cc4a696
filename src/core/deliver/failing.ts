// Which deliveries of one sink failed here, and what that says: is the sink down, or is it they?

/** What speaks against a delivery that has just failed. */
export interface Suspicion {
  /** How often it has failed here. */
  readonly failures: number;
  /** Others passed since it failed for the first time. */
  readonly othersPassed: boolean;
  /** Others passed since it failed the last time: that it fails again says nothing about the sink. */
  readonly othersPassedSince: boolean;
}

export interface Failing {
  has(eventId: number): boolean;
  /** The one that failed last is the last. */
  ids(): readonly number[];
  failed(eventId: number): Suspicion;
  delivered(eventId: number): void;
  /** It will not be tried again. */
  forget(eventId: number): void;
}

/** Grows only by what fails and is neither delivered nor dead here, and a sink that is down gets one request at a time. */
export function createFailing(): Failing {
  const known = new Map<number, { failures: number; deliveredAtFirst: number; deliveredAtLast: number }>();
  let deliveredCount = 0;
  return {
    has: (eventId) => known.has(eventId),
    ids: () => [...known.keys()],
    failed(eventId) {
      const before = known.get(eventId);
      const failures = (before?.failures ?? 0) + 1;
      const deliveredAtFirst = before?.deliveredAtFirst ?? deliveredCount;
      known.delete(eventId);
      known.set(eventId, { failures, deliveredAtFirst, deliveredAtLast: deliveredCount });
      return {
        failures,
        othersPassed: deliveredCount > deliveredAtFirst,
        othersPassedSince: before !== undefined && deliveredCount > before.deliveredAtLast,
      };
    },
    delivered(eventId) {
      deliveredCount += 1;
      known.delete(eventId);
    },
    forget(eventId) {
      known.delete(eventId);
    },
  };
}
