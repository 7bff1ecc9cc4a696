// How many events arrived, by hour.
import { z } from 'zod';
import { countByHour } from '../store/hours.ts';
import { time } from './fields.ts';
import type { Operation } from './operation.ts';

/** How many of the newest events are counted. */
const countedMax = 10_000;
const hourMs = 3_600_000;
const hourCount = 24;

const counts = z.object({
  hours: z
    .array(z.object({ at: time, count: z.int(), urgent: z.int().describe('HIGH or CRITICAL') }))
    .describe('The last 24 hours of the clock in UTC, the oldest first; not Tocsin’s own events'),
  countedMax: z.int().describe('How many of the newest events are looked at'),
  isCut: z.boolean().describe('There were more: only hours that are whole are listed'),
});

export const counted: Operation<Record<never, never>, z.infer<typeof counts>> = {
  name: 'event-hours',
  summary: 'How many events arrived in each of the last 24 hours',
  input: z.strictObject({}),
  output: counts,
  permission: 'read',
  route: 'GET /events/hours',
  async run({ db }) {
    const { hours, isCut } = await countByHour(db, countedMax);
    const byHour = new Map(hours.map((one) => [one.at, one]));
    // By the database's clock where it says one: this process may be ahead of it.
    const newestMs = Date.parse(hours.at(-1)?.at ?? '') || 0;
    const lastMs = Math.max(newestMs, Math.floor(Date.now() / hourMs) * hourMs);
    const all = Array.from({ length: hourCount }, (_, index) => {
      const at = new Date(lastMs - (hourCount - 1 - index) * hourMs).toISOString();
      return byHour.get(at) ?? { at, count: 0, urgent: 0 };
    });
    const first = hours[0];
    const whole = all.filter(({ at }) => !isCut || first === undefined || at > first.at);
    return { countedMax, isCut, hours: whole };
  },
};
