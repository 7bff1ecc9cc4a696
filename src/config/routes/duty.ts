// Reads who is on duty: a table, a calendar, and the fallback. Times of the table are those of a wall
// clock, on the days of a change of the clock too.
import { resolve } from 'node:path';
import type { CalendarSource, Duty, Person, Shift } from '../../core/rules/duty.ts';
import { instantOf } from '../../core/rules/schedule.ts';
import { isOfCalendar } from '../../kit/past.ts';
import { readWebUrl } from '../../kit/web-url.ts';
import type { ConfigFile, DutyCalendarInput } from '../read/file.ts';
import { fileValue, type Path } from '../read/place.ts';
import type { FileContent } from '../read/schema/file.ts';
import { isDefined, type Sound } from '../read/sound.ts';
import { timeZone as zoneFrom } from '../read/values.ts';
import type { RoutesContext } from './context.ts';
import { checkMention, namesOf } from './mention.ts';

type WrittenDuty = Sound<NonNullable<FileContent['duty']>>;
type WrittenPerson = NonNullable<WrittenDuty['fallback']>;
type WrittenShift = NonNullable<NonNullable<WrittenDuty['table']>[number]>;

/** Undefined: the file says nothing of it. Problems go to the findings. */
export function dutyOf(
  file: Pick<ConfigFile, 'content' | 'place' | 'dutyCalendar' | 'directory'> | undefined,
  context: RoutesContext,
): Duty | undefined {
  const written = file?.content.duty;
  if (file === undefined || written === undefined) return undefined;
  return new DutyReader(file, context).read(written);
}

class DutyReader {
  readonly #place: ConfigFile['place'];
  readonly #calendarInput: DutyCalendarInput | undefined;
  readonly #directory: string;
  readonly #context: RoutesContext;

  constructor(file: NonNullable<Parameters<typeof dutyOf>[0]>, context: RoutesContext) {
    this.#place = file.place;
    this.#calendarInput = file.dutyCalendar;
    this.#directory = file.directory;
    this.#context = context;
  }

  read({ table = [], fallback }: WrittenDuty): Duty {
    const calendar = this.#calendar();
    if (table.length === 0 && this.#calendarInput === undefined) {
      const problem = 'has neither a table nor a calendar';
      const remedy = 'Write one of them, or both';
      this.#context.findings.problems.push({ where: this.#place(['duty']), problem, remedy });
    }
    return {
      ...(calendar && { calendar }),
      shifts: table.flatMap((shift, index) =>
        shift === undefined ? [] : this.#shift(shift, ['duty', 'table', index]),
      ),
      fallback: this.#person(fallback ?? {}, ['duty', 'fallback']),
    };
  }

  /** Undefined: there is none, or it cannot be used; then the problem is reported, or the gap. */
  #calendar(): CalendarSource | undefined {
    if (this.#calendarInput === undefined) return undefined;
    const { content, place: at } = this.#calendarInput;
    const { read, timeZone } = this.#context;
    const zone = read(fileValue(content.time_zone, at, ['time_zone']), zoneFrom) ?? timeZone;
    const place = this.#calendarPlace(this.#calendarInput);
    const people = new Map(
      Object.entries(content.people ?? {}).map(([name, mention]) => {
        const path = ['duty', 'calendar', 'people', name];
        return [name.trim().toLowerCase(), this.#person({ who: name, mention }, path).mention];
      }),
    );
    return place && { place, person: content.person ?? 'summary', timeZone: zone, people };
  }

  #calendarPlace({ content, place }: DutyCalendarInput): CalendarSource['place'] | undefined {
    const { url, authorization, file } = content;
    const { problems } = this.#context.findings;
    const [hasUrl, hasFile] = ['url', 'file'].map((key) => Object.hasOwn(content, key));
    if (hasUrl === hasFile) {
      const problem = hasUrl ? 'has a url and a file' : 'has neither url nor file';
      const remedy = 'Write url, url_file or file, one of them';
      problems.push({ where: place([]), problem, remedy });
      return undefined;
    }
    if (hasFile && Object.hasOwn(content, 'authorization')) {
      const problem = 'is written, and there is no url to send it to';
      problems.push({ where: place(['authorization']), problem, remedy: 'Remove it' });
    }
    if (file !== undefined) return { kind: 'file', path: resolve(this.#directory, file) };
    if (url === undefined) return undefined;
    const known = readWebUrl(url);
    if (!('url' in known)) {
      const remedy = 'Copy the address of the iCalendar file, as https://host/path';
      problems.push({ where: place(['url']), problem: known.fault, remedy });
      return undefined;
    }
    return { kind: 'url', url, ...(authorization !== undefined && { authorization }) };
  }

  #person({ who = '', mention }: Partial<WrittenPerson>, path: Path): Person {
    const names = namesOf(mention);
    const sinks = this.#context.sinks.map(({ id }) => id);
    checkMention({ names, sinks, where: this.#place([...path, 'mention']) }, this.#context);
    return { who, mention: names };
  }

  #shift(written: WrittenShift, path: Path): Shift[] {
    const { read, timeZone, findings } = this.#context;
    const zone = fileValue(written.time_zone, this.#place, [...path, 'time_zone']);
    const own = read(zone, zoneFrom) ?? timeZone;
    const [fromMs, untilMs] = (['from', 'to'] as const).map((key) => {
      const text = written[key];
      if (text === undefined) return undefined;
      const atMs = wallTime(text, own);
      const problem = `${JSON.stringify(text)} is no time of a wall clock`;
      const remedy = 'Write it as "2026-12-01T08:00"';
      const where = this.#place([...path, key]);
      if (atMs === undefined) findings.problems.push({ where, problem, remedy });
      return atMs;
    });
    const person = this.#person(written, path);
    if (!isDefined(fromMs) || !isDefined(untilMs)) return [];
    if (untilMs <= fromMs) {
      const where = this.#place([...path, 'to']);
      const problem = 'is not after from';
      findings.problems.push({ where, problem, remedy: 'Correct one of the two' });
    }
    return [{ ...person, fromMs, untilMs, from: 'table' }];
  }
}

/** Milliseconds since the epoch; undefined: it is no such time. */
function wallTime(text: string, timeZone: string): number | undefined {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})T((?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text) ?? [];
  if (day === undefined || !isOfCalendar(day)) return undefined;
  return instantOf(timeZone, Date.parse(`${day}T${time}Z`) / 60_000);
}
