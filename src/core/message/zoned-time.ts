// A time as people read it: `2026-02-03 08:19:32 +07:00` in the operator's zone. Pure.

/** @returns undefined for a text that is no time */
export type ZonedTime = (iso: string) => string | undefined;

/** @param timeZone IANA name @throws {RangeError} nobody knows it */
export function createZonedTime(timeZone: string): ZonedTime {
  const offsetAt = createOffsets(
    new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' }),
  );
  // A card says its time twice.
  let last: { readonly iso: string; readonly text: string | undefined } | undefined;
  return (iso) => {
    if (last?.iso !== iso) last = { iso, text: textAt(Date.parse(iso)) };
    return last.text;
  };

  function textAt(ms: number): string | undefined {
    if (Number.isNaN(ms)) return undefined;
    const offset = offsetAt(ms);
    const local = ms + offset.ms;
    const day = Math.floor(local / dayMs);
    return `${dateOf(day)} ${clockOf(local - day * dayMs)} ${offset.text}`;
  }
}

const dayMs = 86_400_000;
/** Most events are of the same day. */
let lastDate = { day: 0, text: '1970-01-01' };

/** @param day since 1970 */
function dateOf(day: number): string {
  if (lastDate.day !== day) {
    const iso = new Date(day * dayMs).toISOString();
    lastDate = { day, text: iso.slice(0, iso.indexOf('T')) };
  }
  return lastDate.text;
}

const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));

function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return `${twoDigits[hours]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}`;
}

/** What the zone's clocks are ahead of UTC. */
interface Offset {
  /** `+07:00`. */
  readonly text: string;
  readonly ms: number;
}

/** Since then no zone has changed its clocks but on a quarter of an hour of UTC. */
const quartersSinceMs = Date.UTC(1973, 0, 1);
const quarterMs = 900_000;
const quartersMax = 1000;

/**
 * Formatting costs some twenty times what the rest of a field does, and events come from the same
 * hours, so each quarter is asked for once.
 */
function createOffsets(format: Intl.DateTimeFormat): (ms: number) => Offset {
  const known = new Map<number, Offset>();
  return (ms) => {
    if (ms < quartersSinceMs) return offsetOf(format, ms);
    const quarter = Math.floor(ms / quarterMs);
    let offset = known.get(quarter);
    if (offset === undefined) {
      if (known.size >= quartersMax) known.clear();
      offset = offsetOf(format, ms);
      known.set(quarter, offset);
    }
    return offset;
  };
}

function offsetOf(format: Intl.DateTimeFormat, ms: number): Offset {
  const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  // `GMT` alone is what the format says for UTC.
  const text = name.replace(/^(GMT|UTC)/, '') || '+00:00';
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(1).split(':').map(Number);
  const size = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return { text, ms: text.startsWith('-') || text.startsWith('−') ? -size : size };
}
