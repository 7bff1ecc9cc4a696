// On which days an event repeats (RFC 5545, section 3.3.10): daily, weekly, monthly and yearly
// rules. Days are numbers since the epoch in local time, so that no change of a clock matters. Pure.
import { UnreadError } from './time.ts';

interface Weekday {
  /** 0 for Sunday to 6 for Saturday. */
  readonly day: number;
  /** The how manieth of its month or year, from the end if negative; 0: each. */
  readonly ordinal: number;
}

const frequencies = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;

export interface Rule {
  readonly frequency: (typeof frequencies)[number];
  readonly interval: number;
  /** How often it happens in all; absent: without end. */
  readonly count?: number;
  /** As it is written; absent: without end. */
  readonly until?: string;
  readonly weekdays: readonly Weekday[];
  readonly monthDays: readonly number[];
  /** From 1. */
  readonly months: readonly number[];
  /** Which of the days of each period; empty: all. */
  readonly positions: readonly number[];
  /** The first day of a week. */
  readonly weekStart: number;
}

const dayNames = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const known = new Set([
  'FREQ',
  'INTERVAL',
  'COUNT',
  'UNTIL',
  'BYDAY',
  'BYMONTHDAY',
  'BYMONTH',
  'BYSETPOS',
  'WKST',
]);

/** @throws {UnreadError} it is wrong, or has a part that is not read here */
export function readRule(text: string): Rule {
  const parts = new Map(
    text
      .trim()
      .toUpperCase()
      .split(';')
      .filter(Boolean)
      .map((part) => part.split('=', 2) as [string, string | undefined]),
  );
  const strange = [...parts.keys()].find((name) => !known.has(name));
  if (strange !== undefined)
    throw new UnreadError(`repeats by ${strange.slice(0, 20)}, which is not read`);
  const frequency = frequencies.find((one) => one === parts.get('FREQ'));
  if (frequency === undefined)
    throw new UnreadError(`repeats ${(parts.get('FREQ') ?? '').slice(0, 20)}, which is not read`);
  const numbers = (name: string, least: number, most: number) =>
    listOf(parts.get(name)).map((value) => numberOf(name, value, least, most));
  const [interval = 1] = numbers('INTERVAL', 1, 1000);
  const [count] = numbers('COUNT', 1, 100_000);
  const until = parts.get('UNTIL');
  return {
    frequency,
    interval,
    ...(count !== undefined && { count }),
    ...(until !== undefined && { until }),
    weekdays: listOf(parts.get('BYDAY')).map(weekdayOf),
    monthDays: numbers('BYMONTHDAY', -31, 31),
    months: numbers('BYMONTH', 1, 12),
    positions: numbers('BYSETPOS', -366, 366),
    weekStart: parts.has('WKST') ? weekdayOf(parts.get('WKST') ?? '').day : 1,
  };
}

function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',');
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = /^[+-]?\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most && (value !== 0 || least > 0)) return value;
  throw new UnreadError(`repeats with ${name}=${text.slice(0, 20)}, which is wrong`);
}

function weekdayOf(text: string): Weekday {
  const [, ordinal = '', name = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text) ?? [];
  const day = dayNames.indexOf(name);
  if (day === -1) throw new UnreadError(`repeats with BYDAY=${text.slice(0, 20)}, which is wrong`);
  return { day, ordinal: Number(ordinal) };
}

/** What a day is in its month and year. */
interface DayFacts {
  readonly weekday: number;
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly monthDay: number;
  readonly monthDays: number;
  readonly yearDay: number;
  readonly yearDays: number;
}

const dayMs = 86_400_000;

function factsOf(day: number): DayFacts {
  const date = new Date(day * dayMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const dayOf = (ofYear: number, ofMonth: number) => Date.UTC(ofYear, ofMonth, 1) / dayMs;
  const yearStart = dayOf(year, 0);
  return {
    weekday: date.getUTCDay(),
    year,
    month: month + 1,
    monthDay: date.getUTCDate(),
    monthDays: dayOf(year, month + 1) - dayOf(year, month),
    yearDay: day - yearStart + 1,
    yearDays: dayOf(year + 1, 0) - yearStart,
  };
}

/**
 * The days on which it happens, in order; the first of them is `first`, whether or not the rule
 * takes that day. Looks at each day once, so a rule that no day fulfils ends like any other.
 * @param range `from`: what was before it need not be known; `last`: the last one that may come
 */
export function daysOf(
  rule: Rule,
  first: number,
  range: { readonly from: number; readonly last: number },
): number[] {
  const start = factsOf(first);
  // Only who counts must begin at the beginning.
  const skipped = rule.count === undefined ? Math.max(first, range.from - 366) : first;
  const days = [first];
  let period: number[] = [];
  let current: number | undefined;
  const isFull = () => rule.count !== undefined && days.length >= rule.count;
  const close = () => {
    for (const day of chosen(period, rule.positions)) if (day > first && !isFull()) days.push(day);
    period = [];
  };
  const from = rule.positions.length === 0 ? skipped : periodStart(rule, skipped);
  for (let day = from; day <= range.last && !isFull(); day += 1) {
    const facts = factsOf(day);
    const index = periodOf(rule, facts, day);
    if (index !== current) close();
    current = index;
    const isDue = (index - periodOf(rule, start, first)) % rule.interval === 0;
    if (isDue && matches(rule, facts, start)) period.push(day);
  }
  // The last period may go on after the range: its last days are not known.
  if (rule.positions.every((position) => position > 0)) close();
  return days;
}

function chosen(period: readonly number[], positions: readonly number[]): readonly number[] {
  if (positions.length === 0) return period;
  const indexes = positions.map((one) => (one > 0 ? one - 1 : period.length + one));
  return period.filter((_, index) => indexes.includes(index));
}

/** The number of the day, week, month or year. */
function periodOf({ frequency, weekStart }: Rule, { year, month }: DayFacts, day: number): number {
  switch (frequency) {
    case 'DAILY':
      return day;
    case 'WEEKLY':
      // The epoch was a Thursday.
      return Math.floor((day + 4 - weekStart) / 7);
    case 'MONTHLY':
      return year * 12 + month - 1;
    case 'YEARLY':
      return year;
  }
}

function periodStart(rule: Rule, day: number): number {
  let start = day;
  const index = periodOf(rule, factsOf(day), day);
  while (periodOf(rule, factsOf(start - 1), start - 1) === index) start -= 1;
  return start;
}

/** What the rule leaves out is as on the first day. */
function matches(rule: Rule, facts: DayFacts, start: DayFacts): boolean {
  const { frequency, months, monthDays, weekdays } = rule;
  if (months.length > 0 && !months.includes(facts.month)) return false;
  if (monthDays.length > 0 && !monthDays.some((one) => isMonthDay(one, facts))) return false;
  if (weekdays.length > 0) return weekdays.some((one) => isWeekday(one, rule, facts));
  if (monthDays.length > 0 || frequency === 'DAILY') return true;
  if (frequency === 'WEEKLY') return facts.weekday === start.weekday;
  if (facts.monthDay !== start.monthDay) return false;
  return frequency === 'MONTHLY' || months.length > 0 || facts.month === start.month;
}

function isMonthDay(day: number, { monthDay, monthDays }: DayFacts): boolean {
  return monthDay === (day > 0 ? day : monthDays + 1 + day);
}

function isWeekday({ day, ordinal }: Weekday, rule: Rule, facts: DayFacts): boolean {
  if (facts.weekday !== day) return false;
  if (ordinal === 0) return true;
  const isOfYear = rule.frequency === 'YEARLY' && rule.months.length === 0;
  const [at, length] = isOfYear
    ? [facts.yearDay, facts.yearDays]
    : [facts.monthDay, facts.monthDays];
  return ordinal > 0
    ? Math.ceil(at / 7) === ordinal
    : Math.ceil((length - at + 1) / 7) === -ordinal;
}
