// Times as people write them: how long ago, a date, an instant. Pure.
import { duration } from './duration.ts';

/** For a duration, `ms` counts back from now; for a date, it counts from the epoch. */
export type Past = { readonly kind: 'duration' | 'date'; readonly ms: number };

const date =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i;

/**
 * A duration such as `24h`, or a date with or without a time (UTC unless it has an offset).
 * Undefined for any other text.
 * @throws {RangeError} with what is wrong, as the end of a sentence about the value
 */
export function parsePast(text: string): Past | undefined {
  const ms = duration(text);
  if (ms !== undefined) return { kind: 'duration', ms };
  const parts = date.exec(text);
  return parts ? { kind: 'date', ms: msOfDate(parts) } : undefined;
}

function msOfDate([, day, time = '00:00', zone = 'Z']: RegExpExecArray): number {
  const ms = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(ms) || !isOfCalendar(day!)) throw new RangeError(notOfCalendar);
  return ms;
}

const notOfCalendar = 'is a date that does not exist';
const instant = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i;

/**
 * A time with its offset, such as `2026-03-02T22:00:00+07:00`, in milliseconds since the epoch.
 * Undefined for any other text.
 * @throws {RangeError} with what is wrong, as the end of a sentence about the value
 */
export function parseInstant(text: string): number | undefined {
  const [, day] = instant.exec(text) ?? [];
  if (day === undefined) return undefined;
  const ms = Date.parse(text.toUpperCase());
  if (Number.isNaN(ms)) throw new RangeError('is a time that does not exist');
  if (!isOfCalendar(day)) throw new RangeError(notOfCalendar);
  return ms;
}

/**
 * Whether the month has this day. Needed because `Date.parse` takes 30 February for 2 March.
 * @param day `2026-02-03`
 */
export function isOfCalendar(day: string): boolean {
  const ms = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}
