// How long, as people write it: `90s`, `5m`, `24h`, `7d`, `2w`, `1y`. The one grammar of
// tocsin.yaml, of the variables and of the options of commands. Pure.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const unitsMs = {
  ...{ s: 1000, m: minuteMs, h: hourMs },
  ...{ d: dayMs, w: 7 * dayMs, y: 365 * dayMs },
} as const;
type Unit = keyof typeof unitsMs;

/** What to write in place of what is no duration. */
export const durationForms = 'Write it as "90s", "5m", "24h", "7d", "2w" or "1y"';

/** In milliseconds; undefined of anything else. A year has 365 days; a number alone is none. */
export function duration(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})\s?([smhdwy])$/i.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * unitsMs[unit.toLowerCase() as Unit];
}

/** As {@link duration} reads it, in the largest unit up to days that gives a whole number. */
export function durationText(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((one) => ms > 0 && ms % unitsMs[one] === 0);
  return `${ms / unitsMs[unit ?? 's']}${unit ?? 's'}`;
}
