// The week in local time, minute by minute, to find out which times lie within others. Pure.
import type { Interval } from './schedule.ts';

const dayMinutes = 1440;
const weekMinutes = 7 * dayMinutes;

/**
 * Minutes from Sunday 00:00 on; 1 for those that are within one of the intervals. Time zones do not
 * count.
 */
export function weekOf(intervals: readonly Interval[]): Uint8Array {
  const week = new Uint8Array(weekMinutes);
  for (const { days, fromMinute, toMinute } of intervals)
    for (const day of days) {
      const start = day * dayMinutes;
      const end = start + (fromMinute < toMinute ? toMinute : dayMinutes);
      week.fill(1, start + fromMinute, end);
      if (fromMinute >= toMinute) {
        const next = ((day + 1) % 7) * dayMinutes;
        week.fill(1, next, next + toMinute);
      }
    }
  return week;
}

/**
 * True if no minute of `interval` is outside of `others`; those of other time zones do not count,
 * as the clocks there may change.
 */
export function isWhollyWithin(interval: Interval, others: readonly Interval[]): boolean {
  const rest = weekOf(
    others.filter((other) => isWeekly(other) && other.timeZone === interval.timeZone),
  );
  return weekOf([interval]).every((isIn, minute) => isIn === 0 || rest[minute] === 1);
}

/** True if the intervals of one time zone leave no minute of the week out. */
export function isWholeWeek(intervals: readonly Interval[]): boolean {
  const weekly = intervals.filter(isWeekly);
  const zones = new Set(weekly.map(({ timeZone }) => timeZone));
  return [...zones].some((zone) =>
    weekOf(weekly.filter(({ timeZone }) => timeZone === zone)).every(Boolean),
  );
}

/** False for one that is only of some weeks. */
function isWeekly({ first, last }: Interval): boolean {
  return first === undefined && last === undefined;
}
