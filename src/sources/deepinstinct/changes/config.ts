// The settings of the source of changes. Pure.
import { z } from 'zod';
import { duration, durationForms } from '../../../kit/duration.ts';
import { config as ofStream } from '../config.ts';

const hourMs = 3_600_000;
const watchMaxMs = 90 * 24 * hourMs;

export const changesConfig = z.strictObject({
  url: ofStream.shape.url,
  token: ofStream.shape.token,
  budget: z
    .int()
    .min(1)
    .max(600)
    .default(6)
    .describe('How many requests it makes of the console in any minute, at most.'),
  streams: z
    .array(z.enum(['event', 'suspicious']))
    .min(1)
    .default(['event', 'suspicious'])
    .describe('Whose items it follows: event, suspicious.'),
  watch_for: z
    .string()
    .default('14d')
    .transform((text, context) => {
      const ms = duration(text);
      if (ms !== undefined && ms >= hourMs && ms <= watchMaxMs) return ms;
      const problem = ms === undefined ? 'is no duration' : 'is not between 1h and 90d';
      context.addIssue({ code: 'custom', message: `${problem}. ${durationForms}` });
      return z.NEVER;
    })
    .describe('How long after it came an item is followed, such as 14d; 1h to 90d.'),
  event_link: ofStream.shape.event_link,
});
export type ChangesConfig = z.output<typeof changesConfig>;
