// Times of the wire -> one form; nothing else reads them. They are UTC by the vendor's word, also
// where no zone is written. Pure.

const written =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * RFC 9110: `Tue, 03 Feb 2026 01:00:54 GMT`, as frameworks in Python write a time that nobody
 * formats.
 */
const ofHttp =
  /^[a-z]{3}, (\d{2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (?:GMT|UTC|[+-]0000)$/i;
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** As every release in use writes them, on any day but 29 February: valid as they stand. */
const usual =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}\d{0,6}Z$/;

/**
 * An earlier year is no time: no console can have seen it, and many systems write 0001-01-01 for
 * "never".
 */
const yearMin = 1970;
/**
 * An epoch in seconds or milliseconds, of 2001 to 2286. For more or fewer digits nobody knows the
 * unit.
 */
const epoch = /^(\d{10}|\d{13})(?:\.\d{1,9})?$/;

/**
 * ISO 8601 in UTC with milliseconds, or null if it is no time: `""`, null, garbage, a day that no
 * month has, or a year outside of 1970 to 9999.
 */
export function timeOf(value: unknown): string | null {
  if (typeof value === 'number') return ofEpoch(String(value));
  if (typeof value !== 'string' || value.length > 40) return null;
  if (usual.test(value) && value >= '1970') return `${value.slice(0, 23)}Z`;
  const text = value.trim();
  return ofParts(written.exec(text)) ?? ofHttpDate(ofHttp.exec(text)) ?? ofEpoch(text);
}

/** Milliseconds since the epoch; undefined where {@link timeOf} is null. */
export function timeMsOf(value: unknown): number | undefined {
  const iso = timeOf(value);
  return iso === null ? undefined : Date.parse(iso);
}

function ofParts(parts: RegExpExecArray | null): string | null {
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = parts;
  const numbers = [year, month, day, hour, minute, second].map(Number);
  return isoOf(numbers, Number(fraction.slice(0, 3).padEnd(3, '0')) - minutesOf(zone) * 60_000);
}

/** East of Greenwich is positive. NaN if there is no such zone. */
function minutesOf(zone: string): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  const total = Number(hours) * 60 + Number(minutes);
  const isZone = Number(minutes) < 60 && total <= 14 * 60;
  return isZone ? (sign === '-' ? -total : total) : Number.NaN;
}

function ofHttpDate(parts: RegExpExecArray | null): string | null {
  if (parts === null) return null;
  const [, day, month, year, ...time] = parts;
  const monthNumber = months.indexOf(month!.toLowerCase()) + 1;
  return isoOf([Number(year), monthNumber, Number(day), ...time.map(Number)], 0);
}

/** @param moreMs is added: what is below a second, and the zone */
function isoOf(numbers: readonly number[], moreMs: number): string | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  // 24:00 is the end of a day in ISO 8601.
  const isTime =
    (hour < 24 || (hour === 24 && minute === 0 && second === 0)) && minute < 60 && second < 60;
  const days = new Date(Date.UTC(year, month - 1, day));
  const isOfCalendar = days.getUTCMonth() === month - 1 && days.getUTCDate() === day;
  if (!isTime || !isOfCalendar || year < yearMin) return null;
  return isoOfMs(Date.UTC(year, month - 1, day, hour, minute, second) + moreMs);
}

function ofEpoch(text: string): string | null {
  const [, whole] = epoch.exec(text) ?? [];
  if (whole === undefined) return null;
  return isoOfMs(Math.trunc(Number(text) * (whole.length === 10 ? 1000 : 1)));
}

function isoOfMs(ms: number): string | null {
  if (Number.isNaN(ms) || ms < 0) return null;
  const iso = new Date(ms).toISOString();
  return iso.length === 24 ? iso : null;
}
