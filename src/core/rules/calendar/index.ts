// Who is on duty by an iCalendar file: each event is a shift of whoever it names. Reads daily,
// weekly, monthly and yearly rules, single dates more or less, and changes of single occurrences;
// what it does not read it names, and guesses nothing. Pure.
import type { CalendarShift, ReadCalendar } from '../../../kit/records/calendar.ts';
import {
  type Component,
  plainTextOf,
  propertiesNamed,
  propertyNamed,
  readComponents,
} from './content.ts';
import { daysOf, type Rule, readRule } from './recurrence.ts';
import {
  instantAt,
  minutesOfDay,
  type Span,
  spanOf,
  UnreadError,
  type WallTime,
  wallTimesOf,
  type ZoneContext,
} from './time.ts';

export { CalendarError } from './content.ts';

/** Where an event names who is on duty. */
export const personPlaces = ['summary', 'attendee'] as const;
export type PersonPlace = (typeof personPlaces)[number];

export interface CalendarOptions {
  /** Shifts that end before it, or begin after `untilMs`, are left out. Since the epoch. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Of days and of times without a zone: an IANA name. */
  readonly timeZone: string;
  readonly person: PersonPlace;
}

export const shiftsMax = 5000;
const unreadMax = 10;
const whoMax = 100;

/**
 * At most {@link shiftsMax} shifts, and as many of what is not read as people may want to see.
 * @throws {CalendarError} it is no calendar, or a damaged one
 */
export function readCalendar(text: string, options: CalendarOptions): ReadCalendar {
  const components = readComponents(text);
  const locations = Object.fromEntries(
    components.flatMap((one) => {
      const [id, place] = ['TZID', 'X-LIC-LOCATION'].map((name) => propertyNamed(one, name)?.value);
      return one.name === 'VTIMEZONE' && id !== undefined && place !== undefined
        ? [[id, place] as const]
        : [];
    }),
  );
  const reader = new CalendarReader({ ...options, locations });
  return reader.read(components.filter(({ name }) => name === 'VEVENT'));
}

/** The instants and days at which a series does not happen as it says. */
interface Exceptions {
  readonly instants: ReadonlySet<number>;
  /** By the wall clock of the series. */
  readonly days: ReadonlySet<number>;
}

class CalendarReader {
  readonly #options: CalendarOptions & ZoneContext;
  readonly #unread: string[] = [];

  constructor(options: CalendarOptions & ZoneContext) {
    this.#options = options;
  }

  read(events: readonly Component[]): ReadCalendar {
    const isChange = (event: Component) => propertyNamed(event, 'RECURRENCE-ID') !== undefined;
    const changes = events.filter(isChange);
    const shifts = events.flatMap((event) => {
      if (isChange(event)) return this.#shiftsOf(event, () => this.#changed(event));
      const own = changes.filter((change) => uidOf(change) === uidOf(event));
      return this.#shiftsOf(event, () => this.#repeated(event, own));
    });
    const { fromMs, untilMs } = this.#options;
    return {
      shifts: shifts
        .filter((one) => one.untilMs > Math.max(fromMs, one.fromMs) && one.fromMs < untilMs)
        .sort((a, b) => a.fromMs - b.fromMs)
        .slice(0, shiftsMax),
      unread: this.#unread.slice(0, unreadMax),
    };
  }

  /** None of an event that was cancelled, or that cannot be read: that is noted. */
  #shiftsOf(event: Component, starts: () => readonly WallTime[]): CalendarShift[] {
    if (propertyNamed(event, 'STATUS')?.value.trim().toUpperCase() === 'CANCELLED') return [];
    try {
      const person = personOf(event, this.#options.person);
      const span = this.#spanOf(event);
      return starts().map((start) => {
        const fromMs = instantAt(start);
        const end = { minute: start.minute + span.wallMinutes, zone: start.zone };
        const endMs = span.wallMinutes === 0 ? fromMs : instantAt(end);
        return { ...person, fromMs, untilMs: endMs + span.exactMinutes * 60_000 };
      });
    } catch (error) {
      if (!(error instanceof UnreadError)) throw error;
      this.#unread.push(`${labelOf(event)} ${error.message}`);
      return [];
    }
  }

  #startOf(event: Component): WallTime {
    const property = propertyNamed(event, 'DTSTART');
    if (property === undefined) throw new UnreadError('has no DTSTART');
    return wallTimesOf(property, this.#options)[0]!;
  }

  /** From one wall time to another of the same zone it is so much by the wall clock. */
  #spanOf(event: Component): Span {
    const [start, end] = [this.#startOf(event), propertyNamed(event, 'DTEND')];
    const duration = propertyNamed(event, 'DURATION');
    if (end === undefined && duration !== undefined) return spanOf(duration.value);
    if (end === undefined && start.isDay) return { wallMinutes: minutesOfDay, exactMinutes: 0 };
    if (end === undefined) throw new UnreadError('has no end');
    const until = wallTimesOf(end, this.#options)[0]!;
    if (until.zone === start.zone)
      return { wallMinutes: until.minute - start.minute, exactMinutes: 0 };
    return { wallMinutes: 0, exactMinutes: (instantAt(until) - instantAt(start)) / 60_000 };
  }

  #changed(event: Component): WallTime[] {
    if (propertyNamed(event, 'RECURRENCE-ID')?.parameters.RANGE !== undefined)
      throw new UnreadError('changes this and all later occurrences, which is not read');
    return [this.#startOf(event)];
  }

  #repeated(event: Component, changes: readonly Component[]): WallTime[] {
    const start = this.#startOf(event);
    const rules = propertiesNamed(event, 'RRULE').map(({ value }) => readRule(value));
    const more = propertiesNamed(event, 'RDATE').flatMap((date) => {
      if (date.parameters.VALUE?.toUpperCase() === 'PERIOD')
        throw new UnreadError('has an RDATE with a period, which is not read');
      return wallTimesOf(date, this.#options);
    });
    const taken = rules.flatMap((rule) => this.#byRule(rule, start));
    const all = new Map([start, ...taken, ...more].map((time) => [instantAt(time), time]));
    const { instants, days } = this.#exceptionsOf(event, changes, start.zone);
    return [...all]
      .filter(([atMs, { minute }]) => !instants.has(atMs) && !days.has(dayOf(minute)))
      .map(([, time]) => time);
  }

  #byRule(rule: Rule, start: WallTime): WallTime[] {
    const { fromMs, untilMs } = this.#options;
    const [from, last] = [fromMs, untilMs].map((ms) => dayOf(ms / 60_000)) as [number, number];
    const isIn = this.#untilOf(rule, start);
    const clock = start.minute - dayOf(start.minute) * minutesOfDay;
    return daysOf(rule, dayOf(start.minute), { from, last: last + 1 })
      .map((day) => ({ ...start, minute: day * minutesOfDay + clock }))
      .filter(isIn);
  }

  #untilOf({ until }: Rule, start: WallTime): (time: WallTime) => boolean {
    if (until === undefined) return () => true;
    const property = { name: 'UNTIL', parameters: {}, value: until };
    const [end] = wallTimesOf(property, { ...this.#options, timeZone: start.zone }) as [WallTime];
    return end.isDay
      ? ({ minute }) => dayOf(minute) <= dayOf(end.minute)
      : (time) => instantAt(time) <= instantAt(end);
  }

  /** What is not there at all, and what has an event of its own. */
  #exceptionsOf(event: Component, changes: readonly Component[], timeZone: string): Exceptions {
    const context = { ...this.#options, timeZone };
    const times = [
      ...propertiesNamed(event, 'EXDATE'),
      ...changes.flatMap((change) => propertiesNamed(change, 'RECURRENCE-ID')),
    ]
      .filter(({ parameters }) => parameters.RANGE === undefined)
      .flatMap((property) => wallTimesOf(property, context));
    const days = times.filter(({ isDay }) => isDay).map(({ minute }) => dayOf(minute));
    return { instants: new Set(times.map(instantAt)), days: new Set(days) };
  }
}

function dayOf(minute: number): number {
  return Math.floor(minute / minutesOfDay);
}

function uidOf(event: Component): string | undefined {
  return propertyNamed(event, 'UID')?.value;
}

/** `the event "Ana" of 20261201T080000` */
function labelOf(event: Component): string {
  const title = plainTextOf(propertyNamed(event, 'SUMMARY')?.value ?? '').slice(0, 60);
  const start = plainTextOf(propertyNamed(event, 'DTSTART')?.value ?? '').slice(0, 20);
  return `the event ${JSON.stringify(title)}${start === '' ? '' : ` of ${start}`}`;
}

function personOf(event: Component, place: PersonPlace): Pick<CalendarShift, 'who' | 'names'> {
  if (place === 'summary') {
    const who = shortened(plainTextOf(propertyNamed(event, 'SUMMARY')?.value ?? ''));
    if (who === '') throw new UnreadError('has no SUMMARY, and names nobody');
    return { who, names: [who] };
  }
  const people = propertiesNamed(event, 'ATTENDEE')
    .filter(({ parameters }) => parameters.PARTSTAT?.toUpperCase() !== 'DECLINED')
    .filter(({ parameters: { CUTYPE = '' } }) => !/^(ROOM|RESOURCE)$/i.test(CUTYPE))
    .map(({ parameters, value }) => {
      const address = value.trim().replace(/^mailto:/i, '');
      const name = plainTextOf(parameters.CN ?? '');
      return { shown: name === '' ? address : name, names: [name, address] };
    });
  const who = shortened(people.map(({ shown }) => shown).join(', '));
  if (who === '') throw new UnreadError('has no ATTENDEE, and names nobody');
  return { who, names: people.flatMap(({ names }) => names).filter((name) => name !== '') };
}

function shortened(text: string): string {
  const signs = [...text];
  return signs.length <= whoMax ? text : `${signs.slice(0, whoMax - 1).join('')}…`;
}
