// Times and durations as a calendar writes them (RFC 5545, sections 3.3.4 to 3.3.6). Pure.
import { isOfCalendar } from '../../../kit/past.ts';
import { instantOf } from '../schedule.ts';
import { type Property, plainTextOf } from './content.ts';
import { zoneNamed } from './zones.ts';

/** A time of a wall clock. */
export interface WallTime {
  /** Since the epoch, in local time. */
  readonly minute: number;
  /** IANA name. */
  readonly zone: string;
  /** It is a day, and its minute the first of it. */
  readonly isDay: boolean;
}

/** How long something lasts: so much by the wall clock, then so much by any clock. */
export interface Span {
  readonly wallMinutes: number;
  readonly exactMinutes: number;
}

export interface ZoneContext {
  /** Of days and of times without a zone: an IANA name. */
  readonly timeZone: string;
  /** See {@link zoneNamed}. */
  readonly locations: Readonly<Record<string, string>>;
}

/** Part of an event cannot be read; the message is the end of a sentence about the event. */
export class UnreadError extends Error {
  override readonly name = 'UnreadError';
}

export const minutesOfDay = 1440;

/** Seconds are dropped. @throws {UnreadError} */
export function wallTimesOf(property: Property, context: ZoneContext): WallTime[] {
  const { name, value, parameters } = property;
  const zone = zoneOf(parameters.TZID, context);
  return value.split(',').map((text) => {
    const [, day, time, isUtc] = /^(\d{8})(?:T(\d{4})\d{2}(Z?))?$/.exec(text.trim()) ?? [];
    const date = day?.replace(/^(....)(..)(..)$/, '$1-$2-$3') ?? '';
    const clock = time?.replace(/^(..)(..)$/, '$1:$2') ?? '00:00';
    const minute = Date.parse(`${date}T${clock}Z`) / 60_000;
    if (!isOfCalendar(date) || Number.isNaN(minute))
      throw new UnreadError(`has a ${name} that is no time: ${plainTextOf(text).slice(0, 40)}`);
    return { minute, zone: isUtc === 'Z' ? 'UTC' : zone, isDay: time === undefined };
  });
}

function zoneOf(id: string | undefined, { timeZone, locations }: ZoneContext): string {
  if (id === undefined) return timeZone;
  const zone = zoneNamed(id, locations);
  if (zone !== undefined) return zone;
  throw new UnreadError(`has a time zone that is not known: ${plainTextOf(id).slice(0, 60)}`);
}

/** Milliseconds since the epoch. */
export function instantAt({ minute, zone }: Pick<WallTime, 'minute' | 'zone'>): number {
  return instantOf(zone, minute);
}

const duration =
  /^\+?P(?:(\d{1,3})W|(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:\d{1,7}S)?)?)$/;

/** Seconds are dropped. @throws {UnreadError} */
export function spanOf(text: string): Span {
  const found = duration.exec(text.trim());
  if (found === null)
    throw new UnreadError(`has a duration that is none: ${plainTextOf(text).slice(0, 40)}`);
  const [weeks = 0, days = 0, hours = 0, minutes = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  return { wallMinutes: (weeks * 7 + days) * minutesOfDay, exactMinutes: hours * 60 + minutes };
}
