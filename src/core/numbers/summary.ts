// Sums up how long events took: to the screen, to an acknowledgement, to the end. Pure.
import type { Severity } from '../../kit/event.ts';
import type { HandledEvent } from '../../kit/records/numbers.ts';
import { type Interval, isWithin } from '../rules/schedule.ts';

/** Of several times. With none of them there is neither a median nor a 90th percentile. */
export interface Spread {
  readonly count: number;
  readonly medianSeconds: number | null;
  /** Nine of ten took no longer. */
  readonly p90Seconds: number | null;
}

export interface Summary {
  readonly events: number;
  /** Delivered, and neither acknowledged nor resolved: these have no time, and are no zero. */
  readonly open: number;
  /** The vendor closed them: these count in no time to resolve. */
  readonly closedByVendor: number;
  /** From stored to the first delivered message. */
  readonly screen: Spread;
  /** From the first delivered message on. */
  readonly acknowledge: Spread;
  readonly resolve: Spread;
}

export interface SeveritySummary extends Summary {
  readonly severity: Severity;
  /** Of the time at which it was received. */
  readonly hours: 'business' | 'other';
}

/**
 * One for each severity and each kind of hours that there were events of, the gravest first.
 * @param business absent: no hours are those of business
 */
export function summarise(
  events: readonly HandledEvent[],
  business: readonly Interval[],
): SeveritySummary[] {
  // Once an event: what time it was somewhere is dear.
  const during = new Set(events.filter(({ receivedAtMs }) => isWithin(business, receivedAtMs)));
  return ([5, 4, 0, 3, 2, 1] as const).flatMap((severity) =>
    (['business', 'other'] as const).flatMap((hours) => {
      const own = events.filter(
        (one) => one.severity === severity && during.has(one) === (hours === 'business'),
      );
      return own.length === 0 ? [] : [{ severity, hours, ...summaryOf(own) }];
    }),
  );
}

export function summaryOf(events: readonly HandledEvent[]): Summary {
  const isTaken = (one: HandledEvent) => one.acknowledgedAtMs !== null || one.resolvedAtMs !== null;
  return {
    events: events.length,
    open: events.filter((one) => one.deliveredAtMs !== null && !isTaken(one)).length,
    closedByVendor: events.filter(({ isClosedByVendor }) => isClosedByVendor).length,
    screen: spreadOf(events, ({ receivedAtMs, deliveredAtMs }) => [receivedAtMs, deliveredAtMs]),
    acknowledge: spreadOf(events, ({ deliveredAtMs, acknowledgedAtMs }) => [
      deliveredAtMs,
      acknowledgedAtMs,
    ]),
    resolve: spreadOf(events, ({ deliveredAtMs, resolvedAtMs, isClosedByVendor }) => [
      deliveredAtMs,
      isClosedByVendor ? null : resolvedAtMs,
    ]),
  };
}

/** @param ends when the time began and ended; null: it did not. Never less than nothing. */
function spreadOf(
  events: readonly HandledEvent[],
  ends: (event: HandledEvent) => readonly [number | null, number | null],
): Spread {
  const times = events
    .flatMap((event) => {
      const [from, to] = ends(event);
      return from === null || to === null ? [] : [Math.max(0, to - from) / 1000];
    })
    .sort((one, other) => one - other);
  return {
    count: times.length,
    medianSeconds: rankOf(times, 0.5),
    p90Seconds: rankOf(times, 0.9),
  };
}

/** The smallest of the times that at least this share of them does not exceed. */
function rankOf(sorted: readonly number[], share: number): number | null {
  const time = sorted[Math.ceil(sorted.length * share) - 1];
  return time === undefined ? null : Math.round(time * 10) / 10;
}
