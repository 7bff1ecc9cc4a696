// Durations as people write them: `90s`, `5m`, `24h`, `7d`, `2w`, `1y`. The one grammar for
// tocsin.yaml, environment variables and the options of commands. Pure.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const unitsMs = {
  s: 1000,
  m: minuteMs,
  h: hourMs,
  d: dayMs,
  w: 7 * dayMs,
  y: 365 * dayMs,
} as const;
type Unit = keyof typeof unitsMs;

/** The advice for a text that is no duration. */
export const durationForms = 'Write it as "90s", "5m", "24h", "7d", "2w" or "1y"';

/** In milliseconds. A year has 365 days. Undefined if the text is no duration, as a bare number. */
export function duration(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})\s?([smhdwy])$/i.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * unitsMs[unit.toLowerCase() as Unit];
}

/**
 * Nobody is offered a length of time that would be refused.
 * @param lengths durations
 * @returns those that are no longer than the most, in their order
 */
export function durationsWithin<Length extends string>(
  lengths: readonly Length[],
  maxMs: number,
): Length[] {
  return lengths.filter((length) => duration(length)! <= maxMs);
}

/** A text that {@link duration} reads: a whole number of the largest fitting unit up to days. */
export function durationText(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((one) => ms > 0 && ms % unitsMs[one] === 0);
  return `${ms / unitsMs[unit ?? 's']}${unit ?? 's'}`;
}
