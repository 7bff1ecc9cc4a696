// Who is on duty now, and who is next.
import { z } from 'zod';
import { readCalendarOf } from '../core/escalation/calendar.ts';
import { type Shift, shiftAfter, shiftAt, withCalendar } from '../core/rules/duty.ts';
import { text, time } from './fields.ts';
import type { Operation } from './operation.ts';

const shift = z.object({
  who: text,
  from: time,
  until: time,
  by: z.enum(['table', 'calendar']).describe('Which of the two says so'),
});
const output = z.object({
  isConfigured: z.boolean().describe('False: the configuration has no duty'),
  now: shift.nullable().describe('Null: nobody is on duty, and the fallback is told'),
  next: shift.nullable().describe('Null: nobody is after that'),
  fallback: text.nullable(),
  calendar: z
    .object({
      readAt: time.nullable().describe('Null: it was never read'),
      error: text.nullable().describe('Why it could not be read at last'),
      last: time.nullable().describe('When its last known shift ends; null: it has none ahead'),
      unread: z.array(text).describe('Events of it that Tocsin does not read, and why'),
    })
    .nullable()
    .describe('Null: the configuration has none'),
});

const input = z.strictObject({ at: time.optional().describe('Then; now if absent') });

export const shown: Operation<z.infer<typeof input>, z.infer<typeof output>> = {
  name: 'duty-show',
  summary: 'Who is on duty now, and who is next',
  input,
  output,
  permission: 'read',
  route: 'GET /duty',
  async run({ db, config: { duty } }, { at }) {
    const none = { now: null, next: null, fallback: null, calendar: null };
    if (duty === undefined) return { isConfigured: false, ...none };
    const atMs = at === undefined ? Date.now() : Date.parse(at);
    const stored = await readCalendarOf(db, duty);
    const shifts = stored?.read?.shifts ?? [];
    const known = withCalendar(duty, shifts);
    const lastMs = Math.max(atMs, ...shifts.map(({ untilMs }) => untilMs));
    return {
      isConfigured: true,
      now: shownShift(shiftAt(known, atMs)),
      next: shownShift(shiftAfter(known, atMs)),
      fallback: duty.fallback.who,
      calendar:
        duty.calendar === undefined
          ? null
          : {
              readAt: isoTime(stored?.readAtMs ?? null),
              error: stored?.error ?? null,
              last: isoTime(lastMs > atMs ? lastMs : null),
              unread: [...(stored?.read?.unread ?? [])],
            },
    };
  },
};

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function shownShift(one: Shift | undefined): z.infer<typeof shift> | null {
  if (one === undefined) return null;
  const iso = (ms: number) => new Date(ms).toISOString();
  return { who: one.who, from: iso(one.fromMs), until: iso(one.untilMs), by: one.from };
}
