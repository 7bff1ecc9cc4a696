// How long events took to be seen, acknowledged and resolved.
import { z } from 'zod';
import { summarise, summaryOf } from '../core/numbers/summary.ts';
import { severityNames } from '../kit/event.ts';
import { readHandled } from '../store/numbers.ts';
import { time } from './fields.ts';
import type { Operation } from './operation.ts';

const dayMs = 86_400_000;
/** How many of the newest events are read: some 80 ms, and few megabytes. */
const rowsMax = 10_000;

const spread = z.object({
  count: z.int(),
  medianSeconds: z.number().nullable().describe('Null: there is none'),
  p90Seconds: z.number().nullable().describe('Nine of ten took no longer'),
});
const summary = z.object({
  events: z.int().describe('That somebody was to hear of; not Tocsin’s own'),
  open: z.int().describe('Delivered, and neither acknowledged nor resolved: these have no time'),
  closedByVendor: z.int().describe('These count in no time to resolve'),
  screen: spread.describe('From stored to the first delivered message'),
  acknowledge: spread.describe('From the first delivered message to the first acknowledgement'),
  resolve: spread.describe('From the first delivered message to the end'),
});
const output = z.object({
  since: time,
  until: time,
  isCut: z.boolean().describe('There were more events: these are of the newest'),
  all: summary,
  rows: z.array(
    summary.extend({
      severity: z.enum(severityNames),
      hours: z
        .enum(['business', 'other'])
        .describe('business_hours of the configuration, at the time of the event'),
    }),
  ),
});

const input = z.strictObject({
  days: z.int().min(1).max(366).meta({ default: 7 }).optional().describe('How far back'),
});

export const shown: Operation<z.infer<typeof input>, z.infer<typeof output>> = {
  name: 'event-numbers',
  summary: 'How long events took to the screen, to an acknowledgement and to the end',
  input,
  output,
  permission: 'read',
  route: 'GET /events/numbers',
  async run({ db, config }, { days = 7 }) {
    const untilMs = Date.now();
    const sinceMs = untilMs - days * dayMs;
    const events = await readHandled(db, { sinceMs, untilMs, rowsMax: rowsMax + 1 });
    const looked = events.slice(0, rowsMax);
    return {
      since: new Date(sinceMs).toISOString(),
      until: new Date(untilMs).toISOString(),
      isCut: events.length > rowsMax,
      all: summaryOf(looked),
      rows: summarise(looked, config.businessHours).map(({ severity, ...row }) => ({
        severity: severityNames[severity],
        ...row,
      })),
    };
  },
};
