// Times of the week in a time zone, by the clock on the wall there: a night is a night on the days of a change to summer time, too.

/** Minutes are of the day, 0 to 1440. If `toMinute` is less than `fromMinute`, it goes over midnight and belongs to the day it begins on. */
export interface Interval {
  /** 0 for Sunday to 6 for Saturday. */
  readonly days: ReadonlySet<number>;
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** As it is written; absent days are all of them, an absent time is the beginning or the end of the day. */
export interface WrittenInterval {
  readonly days?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly timeZone: string;
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const allDays = new Set(dayNames.keys());

/** @throws {Error} the message is the end of a sentence about the interval */
export function parseInterval({ days, from = '00:00', to = '24:00', timeZone }: WrittenInterval): Interval {
  const fromMinute = minuteOf(from);
  const toMinute = minuteOf(to);
  if (fromMinute === toMinute) throw new Error('ends when it begins');
  if (!isTimeZone(timeZone))
    throw new Error(`has a time zone ${JSON.stringify(timeZone)}, which is not one such as Asia/Bangkok`);
  return { days: days === undefined ? allDays : new Set(days.flatMap(daysOf)), fromMinute, toMinute, timeZone };
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

function minuteOf(text: string): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (hours === undefined || Number(minutes) > 59 || minute > 1440)
    throw new Error(
      `has a time ${JSON.stringify(text)}, which is not one such as "18:00"; "24:00" is the end of the day`,
    );
  return minute;
}

/** An IANA name, or an offset, that this runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    return formatOf(name) !== undefined;
  } catch {
    return false;
  }
}

/** @param atMs milliseconds since the epoch */
export function isWithin(intervals: readonly Interval[], atMs: number): boolean {
  return intervals.some(({ days, fromMinute, toMinute, timeZone }) => {
    const { day, minute } = wallClock(timeZone, atMs);
    if (fromMinute < toMinute) return days.has(day) && minute >= fromMinute && minute < toMinute;
    return minute >= fromMinute ? days.has(day) : minute < toMinute && days.has((day + 6) % 7);
  });
}

interface WallClock {
  readonly day: number;
  readonly minute: number;
}

/** Formatting costs more than everything else about a route, so each zone's last minute is remembered. One entry a configured zone. */
const clocks = new Map<string, { format: Intl.DateTimeFormat; minuteMs: number; clock: WallClock }>();

function wallClock(timeZone: string, atMs: number): WallClock {
  const minuteMs = Math.floor(atMs / 60_000);
  const known = clocks.get(timeZone);
  if (known?.minuteMs === minuteMs) return known.clock;
  const format = known?.format ?? formatOf(timeZone);
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const clock = {
    day: dayNames.indexOf(parts.weekday!.toLowerCase()),
    minute: Number(parts.hour) * 60 + Number(parts.minute),
  };
  clocks.set(timeZone, { format, minuteMs, clock });
  return clock;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
