// Who is on duty: within a shift, in a gap, in overlapping ones, and who is next.
import { expect, test } from 'vitest';
import { type Duty, shiftAfter, shiftAt } from '../../../src/core/rules/duty.ts';

const shift = (who: string, fromMs: number, untilMs: number) => ({
  ...{ who, mention: [], fromMs, untilMs },
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
