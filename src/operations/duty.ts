// Who is on duty now, and who is next.
import { z } from 'zod';
import { type Shift, shiftAfter, shiftAt } from '../core/rules/duty.ts';
import { text, time } from './fields.ts';
import type { Operation } from './operation.ts';

const shift = z.object({ who: text, from: time, until: time });
const output = z.object({
  isConfigured: z.boolean().describe('False: the configuration has no duty'),
  now: shift.nullable().describe('Null: nobody is on duty, and the fallback is told'),
  next: shift.nullable().describe('Null: the table ends'),
  fallback: text.nullable(),
});

export const shown: Operation<Record<never, never>, z.infer<typeof output>> = {
  name: 'duty-show',
  summary: 'Who is on duty now, and who is next',
  input: z.strictObject({}),
  output,
  permission: 'read',
  route: 'GET /duty',
  async run({ config: { duty } }) {
    if (duty === undefined) return { isConfigured: false, now: null, next: null, fallback: null };
    const nowMs = Date.now();
    return {
      isConfigured: true,
      now: shownShift(shiftAt(duty, nowMs)),
      next: shownShift(shiftAfter(duty, nowMs)),
      fallback: duty.fallback.who,
    };
  },
};

function shownShift(one: Shift | undefined): z.infer<typeof shift> | null {
  if (one === undefined) return null;
  const iso = (ms: number) => new Date(ms).toISOString();
  return { who: one.who, from: iso(one.fromMs), until: iso(one.untilMs) };
}
