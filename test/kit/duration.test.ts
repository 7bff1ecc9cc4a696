// One grammar for every length of time that people write.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duration, durationsWithin, durationText } from '../../src/kit/duration.ts';

const day = 86_400_000;

test.each([
  ['90s', 90_000],
  ['5m', 300_000],
  ['24h', day],
  ['7d', 7 * day],
  ['2w', 14 * day],
  ['1y', 365 * day],
  ['2W', 14 * day],
  ['30 d', 30 * day],
  ['0s', 0],
])('%s is a duration', (text, ms) => {
  expect(duration(text)).toBe(ms);
});

test.each(['', '30', '-1d', '1.5h', '1h30m', '5 min', '1  d', '1M1', '1234567890s', 's', 'now'])(
  '%j is none',
  (text) => {
    expect(duration(text)).toBeUndefined();
  },
);

test('what is written for a number of seconds reads back as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), (seconds) => {
      expect(duration(durationText(seconds * 1000))).toBe(seconds * 1000);
    }),
  );
  expect([60_000, 366 * day, 5_400_000, 0].map(durationText)).toEqual(['1m', '366d', '90m', '0s']);
});

test('of lengths that are offered, none is longer than the most', () => {
  expect(durationsWithin(['1h', '1d', '7d'], day)).toEqual(['1h', '1d']);
  expect(durationsWithin(['1h', '1d', '7d'], day - 1)).toEqual(['1h']);
  expect(durationsWithin(['1h'], 0)).toEqual([]);
});
