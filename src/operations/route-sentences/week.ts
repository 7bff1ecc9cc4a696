// Times of a route for people: days of the week, hours, days of the calendar. Pure.
import { filled, sentence } from '../../core/message/sentence.ts';
import type { Interval } from '../../core/rules/schedule.ts';
import { plainText } from '../../kit/card.ts';
import type { RouteWords } from './en.ts';

const dayMs = 86_400_000;
/** A week begins on Monday. */
const order = [1, 2, 3, 4, 5, 6, 0];

/**
 * A text with its values; what is absent leaves out the brackets that name it.
 * @param text see core/message/sentence.ts
 */
export function fill(text: string, values: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    value === undefined ? undefined : [{ kind: 'word', text: value }],
  ]);
  return plainText(filled(sentence(text), Object.fromEntries(entries)));
}

export function intervalText(interval: Interval, { week, language }: RouteWords): string {
  const { first, last, timeZone: zone } = interval;
  const hours = hoursText(interval, week);
  const both = { first: dateText(first, language), last: dateText(last, language) };
  const dates = first === undefined ? week.until : last === undefined ? week.since : week.dates;
  return fill(week.interval, {
    ...{ days: daysText(interval.days, week), hours, zone },
    dates: first === undefined && last === undefined ? undefined : fill(dates, both),
  });
}

function hoursText({ fromMinute, toMinute }: Interval, week: RouteWords['week']): string {
  if (fromMinute === 0 && toMinute === 1440) return week.allDay;
  const hours = { from: clockText(fromMinute), to: clockText(toMinute) };
  return fill(toMinute < fromMinute ? week.nextDay : week.hours, hours);
}

function clockText(minute: number): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** Days that follow each other are named by the first and the last. */
function daysText(days: ReadonlySet<number>, week: RouteWords['week']): string {
  if (days.size === 7) return week.everyDay;
  const runs: number[][] = [];
  for (const [index, day] of order.entries()) {
    if (!days.has(day)) continue;
    const before = order[index - 1];
    if (before !== undefined && days.has(before)) runs.at(-1)!.push(day);
    else runs.push([day]);
  }
  const name = (day: number) => week.days[day]!;
  const texts = runs.flatMap((run) =>
    run.length < 3
      ? run.map(name)
      : fill(week.span, { first: name(run[0]!), last: name(run.at(-1)!) }),
  );
  return texts.join(', ');
}

function dateText(day: number | undefined, language: string): string | undefined {
  if (day === undefined) return undefined;
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  return format.format(day * dayMs);
}
