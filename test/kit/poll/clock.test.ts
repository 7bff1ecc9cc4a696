// What time it is at the far end.
import { expect, test } from 'vitest';
import { Clock } from '../../../src/kit/poll/clock.ts';

const nowMs = Date.parse('2026-03-01T00:00:00Z');

test.each([
  ['Sun, 01 Mar 2026 00:00:00 GMT', 0],
  ['Sun, 01 Mar 2026 00:00:03 GMT', 0],
  ['Sun, 01 Mar 2026 01:00:00 GMT', 3_600_000],
  ['Sat, 28 Feb 2026 23:00:00 GMT', -3_600_000],
  // Between the question and the answer.
  ['Sat, 28 Feb 2026 23:59:31 GMT', 0],
  ['Sun, 01 Mar 1970 00:00:00 GMT', 0],
  ['2026-03-01T01:00:00Z', 0],
  ['soon', 0],
  [undefined, 0],
])('of an answer from %s', (date, aheadMs) => {
  const clock = new Clock(() => nowMs);
  clock.heard(date, nowMs - 30_000);
  expect(clock.nowMs() - nowMs).toBe(aheadMs);
});

test('a clock that was set right counts again', () => {
  let offMs = 3_600_000;
  const clock = new Clock(() => nowMs + offMs);
  clock.heard('Sun, 01 Mar 2026 00:00:00 GMT', nowMs + offMs);
  expect(clock.nowMs()).toBe(nowMs);
  offMs = 0;
  clock.heard('Sun, 01 Mar 2026 00:00:00 GMT', nowMs);
  expect(clock.nowMs()).toBe(nowMs);
});
