// Reads the table of who is on duty. Its times are those of a wall clock, on the days of a change
// of the clock too.
import type { Duty, Person, Shift } from '../../core/rules/duty.ts';
import { instantOf } from '../../core/rules/schedule.ts';
import { isOfCalendar } from '../../kit/past.ts';
import type { ConfigFile } from '../read/file.ts';
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
  file: Pick<ConfigFile, 'content' | 'place'> | undefined,
  context: RoutesContext,
): Duty | undefined {
  const written = file?.content.duty;
  if (file === undefined || written === undefined) return undefined;
  return new DutyReader(file.place, context).read(written);
}

class DutyReader {
  readonly #place: ConfigFile['place'];
  readonly #context: RoutesContext;

  constructor(place: ConfigFile['place'], context: RoutesContext) {
    this.#place = place;
    this.#context = context;
  }

  read({ table = [], fallback }: WrittenDuty): Duty {
    return {
      shifts: table.flatMap((shift, index) =>
        shift === undefined ? [] : this.#shift(shift, ['duty', 'table', index]),
      ),
      fallback: this.#person(fallback ?? {}, ['duty', 'fallback']),
    };
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
    return [{ ...person, fromMs, untilMs }];
  }
}

/** Milliseconds since the epoch; undefined: it is no such time. */
function wallTime(text: string, timeZone: string): number | undefined {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})T((?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text) ?? [];
  if (day === undefined || !isOfCalendar(day)) return undefined;
  return instantOf(timeZone, Date.parse(`${day}T${time}Z`) / 60_000);
}
