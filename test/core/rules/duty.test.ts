// Who is on duty: within a shift, in a gap, in overlapping ones, and who is next.
import { expect, test } from 'vitest';
import { type Duty, shiftAfter, shiftAt, withCalendar } from '../../../src/core/rules/duty.ts';

const shift = (who: string, fromMs: number, untilMs: number) => ({
  ...{ who, mention: [], fromMs, untilMs, from: 'table' as const },
});
const duty: Duty = {
  shifts: [shift('ana', 0, 100), shift('cy', 40, 60), shift('bo', 120, 200)],
  fallback: { who: 'lead', mention: [] },
};

test.each([
  [-1, undefined, 'ana'],
  [0, 'ana', 'cy'],
  [39, 'ana', 'cy'],
  // A replacement for a part of a shift.
  [40, 'cy', 'bo'],
  [60, 'ana', 'bo'],
  [99, 'ana', 'bo'],
  [100, undefined, 'bo'],
  [120, 'bo', undefined],
  [200, undefined, undefined],
])('at %i: %s, then %s', (atMs, now, next) => {
  expect([shiftAt(duty, atMs)?.who, shiftAfter(duty, atMs)?.who]).toEqual([now, next]);
});

test('the calendar fills what the table leaves, and the table replaces a part of it', () => {
  const people = new Map([['dee@soc.example', ['@dee']]]);
  const place = { kind: 'file', path: '/x' } as const;
  const calendar = { place, person: 'summary', timeZone: 'UTC', people } as const;
  const fallback = { who: 'lead', mention: ['@lead'] };
  const shifts = [
    { who: 'Dee', names: ['Dee', 'Dee@soc.example'], fromMs: 50, untilMs: 110 },
    { who: 'Eve', names: ['Eve'], fromMs: 110, untilMs: 150 },
  ];
  const known = withCalendar({ ...duty, calendar, fallback }, shifts);
  const at = (atMs: number) => shiftAt(known, atMs);
  expect([55, 70, 105, 115, 130, 199, 200].map((atMs) => at(atMs)?.who)).toEqual([
    'cy',
    'ana',
    'Dee',
    'Eve',
    'bo',
    'bo',
    undefined,
  ]);
  expect(at(105)).toMatchObject({ from: 'calendar', mention: ['@dee'] });
  // Somebody must be pinged: nobody knows how to mention Eve.
  expect(at(115)?.mention).toEqual(['@lead']);
});
