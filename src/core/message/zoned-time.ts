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
    if (last?.iso !== iso) last = { iso, text: textAt(Date.parse(iso), offsetAt) };
    return last.text;
  };
}

function textAt(ms: number, offsetAt: (ms: number) => Offset): string | undefined {
  if (Number.isNaN(ms)) return undefined;
  const offset = offsetAt(ms);
  const local = new Date(ms + offset.ms).toISOString();
  const dayEnd = local.indexOf('T');
  return `${local.slice(0, dayEnd)} ${local.slice(dayEnd + 1, dayEnd + 9)} ${offset.text}`;
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
