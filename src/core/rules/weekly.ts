// A time of the week at which something is told of the seven days before. Pure.
import { instantOf, localDay, parseInterval } from './schedule.ts';

export interface Weekly {
  /** 0 for Sunday to 6 for Saturday. */
  readonly day: number;
  /** Of the day. */
  readonly minute: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** The seven whole days before the day on which it is told, in local time. */
export interface Week {
  /** The first and the last day: `2026-11-23`. */
  readonly from: string;
  readonly until: string;
  /** From then on, and before then; milliseconds since the epoch. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** When it is told. */
  readonly dueMs: number;
}

/** @throws {Error} the message is the end of a sentence about it */
export function parseWeekly(written: {
  readonly day: string;
  readonly time: string;
  readonly timeZone: string;
}): Weekly {
  const { day, time: from, timeZone } = written;
  const { days, fromMinute } = parseInterval({ days: [day], from, timeZone });
  const [only, ...others] = days;
  if (only === undefined || others.length > 0)
    throw new Error(`has a day ${JSON.stringify(day)}, which is not one day such as mon`);
  return { day: only, minute: fromMinute, timeZone };
}

/** The last week whose time has come. */
export function weekDue(weekly: Weekly, nowMs: number): Week {
  const date = dateOnOrBefore(weekly, localDay(weekly.timeZone, nowMs));
  const week = weekUntil(weekly, date);
  return week.dueMs <= nowMs ? week : weekUntil(weekly, date - 7);
}

/** The week that a day is in. @param day `2026-11-23` */
export function weekOfDay(weekly: Weekly, day: string): Week {
  return weekUntil(weekly, dateOnOrBefore(weekly, Date.parse(`${day}T00:00Z`) / dayMs) + 7);
}

export function weekBefore(weekly: Weekly, { from }: Week): Week {
  return weekUntil(weekly, Date.parse(`${from}T00:00Z`) / dayMs);
}

const dayMs = 86_400_000;
/** 1 January 1970. */
const thursday = 4;

/** Dates are in days since the epoch in local time. */
function dateOnOrBefore({ day }: Weekly, date: number): number {
  return date - ((date + thursday - day + 7) % 7);
}

function weekUntil({ minute, timeZone }: Weekly, date: number): Week {
  const text = (days: number) => new Date(days * dayMs).toISOString().slice(0, 10);
  return {
    from: text(date - 7),
    until: text(date - 1),
    fromMs: instantOf(timeZone, (date - 7) * 1440),
    untilMs: instantOf(timeZone, date * 1440),
    dueMs: instantOf(timeZone, date * 1440 + minute),
  };
}
