// Times of the wire made one form. They are UTC by the vendor's word, also where no zone is written. Pure.

const written =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?\s?(?:(Z)|(?:UTC|GMT)|([+-]\d{2}):?(\d{2}))?$/i;

/** As every release in use writes them, on a day that each month has: valid as they stand. */
const usual =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}\d{0,6}Z$/;

/** ISO 8601 in UTC with milliseconds, or null if it is no time: `""`, null, garbage, or a year outside of 1 to 9999. */
export function timeOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 40) return null;
  if (usual.test(value)) return `${value.slice(0, 23)}Z`;
  const parts = written.exec(value);
  if (!parts) return null;
  const [, day, time, fraction = '', , offsetHours, offsetMinutes] = parts;
  const zone = offsetHours === undefined ? 'Z' : `${offsetHours}:${offsetMinutes}`;
  const ms = Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  if (Number.isNaN(ms)) return null;
  const iso = new Date(ms).toISOString();
  return iso.length === 24 && !iso.startsWith('0000') ? iso : null;
}

/** Milliseconds since the epoch; undefined where {@link timeOf} is null. */
export function timeMsOf(value: unknown): number | undefined {
  const iso = timeOf(value);
  return iso === null ? undefined : Date.parse(iso);
}
