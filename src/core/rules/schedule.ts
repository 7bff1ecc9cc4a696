// Times of the week, or of some days of a year, in the local time of a zone, also on the days on
// which summer time begins or ends.
import { isOfCalendar } from '../../kit/past.ts';

/**
 * Minutes are of the day, 0 to 1440. If `toMinute` is less than `fromMinute`, it goes over midnight
 * and belongs to the day it begins on.
 */
export interface Interval {
  /** 0 for Sunday to 6 for Saturday. */
  readonly days: ReadonlySet<number>;
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA name. */
  readonly timeZone: string;
  /**
   * The first and the last day on which it may begin, in days since the epoch in local time;
   * absent: no bound.
   */
  readonly first?: number;
  readonly last?: number;
}

/**
 * As it is written; absent days are all of them, an absent time is the beginning or the end of the
 * day.
 */
export interface WrittenInterval {
  readonly days?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `2026-04-13` */
  readonly first?: string | undefined;
  readonly last?: string | undefined;
  readonly timeZone: string;
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const allDays = new Set(dayNames.keys());

/** @throws {Error} the message is the end of a sentence about the interval */
export function parseInterval(written: WrittenInterval): Interval {
  const { days, from = '00:00', to = '24:00', timeZone } = written;
  const first = dayOf(written.first);
  const last = dayOf(written.last);
  if (first !== undefined && last !== undefined && last < first)
    throw new Error('has a last day before its first');
  const fromMinute = minuteOf(from);
  const toMinute = minuteOf(to);
  if (fromMinute === toMinute) throw new Error('ends when it begins');
  if (!isTimeZone(timeZone))
    throw new Error(
      `has a time zone ${JSON.stringify(timeZone)}, which is not one such as Asia/Bangkok`,
    );
  return {
    days: days === undefined ? allDays : new Set(days.flatMap(daysOf)),
    fromMinute,
    toMinute,
    timeZone,
    ...(first !== undefined && { first }),
    ...(last !== undefined && { last }),
  };
}

/** `mon` or `fri-mon`. */
function daysOf(text: string): number[] {
  const [first, last = first, ...others] = text
    .toLowerCase()
    .split('-')
    .map((name) => dayNames.indexOf(name.trim()));
  if (first === undefined || first === -1 || last === -1 || last === undefined || others.length > 0)
    throw new Error(
      `has a day ${JSON.stringify(text)}, which is not mon, tue, wed, thu, fri, sat, sun or two of them such as mon-fri`,
    );
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, n) => (first + n) % 7);
}

const dayMs = 86_400_000;

function dayOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const day = text.trim();
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !isOfCalendar(day))
    throw new Error(`has a day ${JSON.stringify(text)}, which is no date such as 2026-04-13`);
  return Date.parse(`${day}T00:00Z`) / dayMs;
}

function minuteOf(text: string): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (hours === undefined || Number(minutes) > 59 || minute > 1440)
    throw new Error(
      `has a time ${JSON.stringify(text)}, which is not one such as "18:00"; "24:00" is the end of the day`,
    );
  return minute;
}

/** A name that this runtime knows; Node 22 takes offsets such as `+07:00` as well. */
export function isTimeZone(name: string): boolean {
  try {
    return formatOf(name) !== undefined;
  } catch {
    return false;
  }
}

/** @param atMs milliseconds since the epoch */
export function isWithin(intervals: readonly Interval[], atMs: number): boolean {
  return intervals.some((interval) => {
    const { fromMinute, toMinute, timeZone } = interval;
    const { date, minute } = wallClock(timeZone, atMs);
    if (fromMinute < toMinute)
      return begins(interval, date) && minute >= fromMinute && minute < toMinute;
    return minute >= fromMinute
      ? begins(interval, date)
      : minute < toMinute && begins(interval, date - 1);
  });
}

/**
 * One time at which an interval holds, from its start on and before its end; milliseconds since the
 * epoch.
 */
export interface Occurrence {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

const daysAhead = 8;

/**
 * Those that end after `fromMs` and begin within eight days, in order. An hour that the clocks skip
 * or repeat shortens or lengthens one; a time of it that comes twice is the first. One that begins
 * and ends in such an hour may not occur: then events are announced.
 * @param fromMs milliseconds since the epoch
 */
export function occurrencesOf(interval: Interval, fromMs: number): Occurrence[] {
  const { fromMinute, toMinute, timeZone } = interval;
  const today = wallClock(timeZone, fromMs).date;
  const untilMinute = fromMinute < toMinute ? toMinute : toMinute + 1440;
  return Array.from({ length: daysAhead + 2 }, (_, n) => today - 1 + n)
    .filter((date) => begins(interval, date))
    .map((date) => ({
      startsAtMs: instantOf(timeZone, date * 1440 + fromMinute),
      endsAtMs: instantOf(timeZone, date * 1440 + untilMinute),
    }))
    .filter(({ startsAtMs, endsAtMs }) => endsAtMs > Math.max(fromMs, startsAtMs));
}

/**
 * Milliseconds since the epoch. A time that the clocks skip is as long after the change as it says;
 * one that comes twice is the first.
 * @param minute since the epoch, in local time
 */
export function instantOf(timeZone: string, minute: number): number {
  const wallMs = minute * 60_000;
  const minuteAt = (atMs: number) => {
    const clock = wallClock(timeZone, atMs);
    return clock.date * 1440 + clock.minute;
  };
  // A zone changes its offset at most once in two days.
  const before = wallMs - (minuteAt(wallMs - dayMs) * 60_000 - (wallMs - dayMs));
  const after = wallMs - (minuteAt(wallMs + dayMs) * 60_000 - (wallMs + dayMs));
  return [before, after].sort((a, b) => a - b).find((atMs) => minuteAt(atMs) === minute) ?? before;
}

/** Whether it may begin on that day. The epoch was a Thursday. */
function begins({ days, first, last }: Interval, date: number): boolean {
  return days.has((((date + 4) % 7) + 7) % 7) && date >= (first ?? date) && date <= (last ?? date);
}

interface WallClock {
  /** Days since the epoch. */
  readonly date: number;
  readonly minute: number;
}

/**
 * Formatting is the most expensive part of a route, so the last minute of each zone is kept. One
 * entry for each configured zone.
 */
const clocks = new Map<
  string,
  { format: Intl.DateTimeFormat; minuteMs: number; clock: WallClock }
>();

/** The local date, in days since the epoch. @param atMs milliseconds since the epoch */
export function localDay(timeZone: string, atMs: number): number {
  return wallClock(timeZone, atMs).date;
}

function wallClock(timeZone: string, atMs: number): WallClock {
  const minuteMs = Math.floor(atMs / 60_000);
  const known = clocks.get(timeZone);
  if (known?.minuteMs === minuteMs) return known.clock;
  const format = known?.format ?? formatOf(timeZone);
  // 04/13/2026, 18:00. A fifth of the time that its parts take.
  const [month, day, year, hour, minute] = format.format(atMs).split(/\D+/).map(Number);
  const clock = {
    date: Date.UTC(year!, month! - 1, day) / dayMs,
    minute: hour! * 60 + minute!,
  };
  clocks.set(timeZone, { format, minuteMs, clock });
  return clock;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
