// A time in the past as people write it: how long ago, or a date. Pure.

/** `ms` of a duration counts back from now; of a date it is since the epoch. */
export type Past = { readonly kind: 'duration' | 'date'; readonly ms: number };

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const duration = /^(\d{1,9})([mhdw])$/i;
const date = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i;

/**
 * `30m`, `24h`, `7d`, `2w`, or a date or date with time (UTC unless it carries an offset). Undefined of anything else.
 * @throws {RangeError} with what is wrong, as the end of a sentence about the value
 */
export function parsePast(text: string): Past | undefined {
  const span = duration.exec(text);
  if (span) return { kind: 'duration', ms: Number(span[1]) * unitMs[span[2]!.toLowerCase()]! };
  const parts = date.exec(text);
  return parts ? { kind: 'date', ms: msOfDate(parts) } : undefined;
}

function msOfDate([, day, time = '00:00', zone = 'Z']: RegExpExecArray): number {
  const ms = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  // The 30th of February becomes the 2nd of March without this look.
  const isOfCalendar = !Number.isNaN(ms) && new Date(`${day}T00:00Z`).toISOString().startsWith(day!);
  if (!isOfCalendar) throw new RangeError('is a date that does not exist');
  return ms;
}
