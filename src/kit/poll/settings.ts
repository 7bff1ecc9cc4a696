// The settings that every source has that is polled by time, and what they mean. Pure.
import { z } from 'zod';
import { duration, durationForms } from '../duration.ts';
import { type Past, parsePast } from '../past.ts';
import type { PollPlan } from './plan.ts';

/** A text that {@link duration} reads. */
export const durationText = z
  .string()
  .refine((text) => duration(text) !== undefined, `is no duration. ${durationForms}`);

const startFrom = z.string().superRefine((text, { addIssue }) => {
  const fault = faultOfStart(text);
  if (fault !== undefined) addIssue({ code: 'custom', message: fault });
});

export const pollSettings = {
  start_from: startFrom
    .default('24h')
    .describe(
      'Where the very first reading begins: now, a duration back (24h, 7d) or a date (2026-02-03, 2026-02-03T08:00+07:00; UTC without an offset).',
    ),
  overlap: durationText
    .default('10m')
    .describe(
      'How far before the newest item each reading begins again: what the far end stores later than that is not seen.',
    ),
  lag: durationText
    .default('0s')
    .describe(
      'How far behind the far end’s clock a reading ends, where items appear out of their order.',
    ),
} as const;
export type PollSettings = z.output<z.ZodObject<typeof pollSettings>>;

export function boundsOf({
  start_from,
  overlap,
  lag,
}: PollSettings): Pick<PollPlan, 'startFrom' | 'overlapMs' | 'lagMs'> {
  return {
    startFrom: startOf(start_from),
    overlapMs: duration(overlap) ?? 0,
    lagMs: duration(lag) ?? 0,
  };
}

/** What is allowed and looks like a mistake, for `warnings` of a definition. */
export function pollWarnings({ start_from }: PollSettings, nowMs: number) {
  const start = startOf(start_from);
  if (start === 'now' || start.kind !== 'date' || start.ms <= nowMs) return [];
  const text =
    'is in the future, which means the same as "now": nothing that is there at the very first start is announced, and everything that comes after it is.';
  return [{ key: 'start_from', text }];
}

function startOf(text: string): Past | 'now' {
  return text.trim().toLowerCase() === 'now' ? 'now' : parsePast(text.trim())!;
}

function faultOfStart(text: string): string | undefined {
  if (text.trim().toLowerCase() === 'now') return undefined;
  try {
    return parsePast(text.trim()) === undefined ? 'is no time to start from' : undefined;
  } catch (error) {
    return (error as RangeError).message;
  }
}
