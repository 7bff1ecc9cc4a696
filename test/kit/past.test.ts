// How long ago, or a date: what START_FROM and commands take.
import { expect, test } from 'vitest';
import { parseInstant, parsePast } from '../../src/kit/past.ts';

const day = 86_400_000;

test.each([
  ['30m', 'duration', 1_800_000],
  ['12H', 'duration', day / 2],
  ['30d', 'duration', 30 * day],
  ['2w', 'duration', 14 * day],
  ['90s', 'duration', 90_000],
  ['1y', 'duration', 365 * day],
  ['30 d', 'duration', 30 * day],
  ['2026-02-03', 'date', Date.UTC(2026, 1, 3)],
  ['2026-02-03 08:00', 'date', Date.UTC(2026, 1, 3, 8)],
  ['2026-02-03T08:00:30+07:00', 'date', Date.UTC(2026, 1, 3, 1, 0, 30)],
])('%s is a %s', (text, kind, ms) => {
  expect(parsePast(text)).toEqual({ kind, ms });
});

test.each(['', '30', '30  d', '-1d', '1M2', 'now', '2026-2-3', '03/02/2026'])(
  '%j is neither',
  (text) => {
    expect(parsePast(text)).toBeUndefined();
  },
);

test.each(['2026-02-30', '2026-13-01', '2026-02-03T25:00'])('%s does not exist', (text) => {
  expect(() => parsePast(text)).toThrow(new RangeError('is a date that does not exist'));
});

test.each([
  ['2026-03-02T22:00:00+07:00', Date.UTC(2026, 2, 2, 15)],
  ['2028-02-29T00:00z', Date.UTC(2028, 1, 29)],
])('%s is an instant', (text, ms) => {
  expect(parseInstant(text)).toBe(ms);
});

test.each(['2026-03-02', '2026-03-02T22:00:00', 'now', ''])('%j is no instant', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

test.each([
  '2026-11-31T22:00:00+07:00',
  '2026-02-29T00:00Z',
  '2026-13-01T00:00Z',
  '2026-02-03T25:00Z',
])('%s is an instant that does not exist', (text) => {
  expect(() => parseInstant(text)).toThrow(/^is a (date|time) that does not exist$/);
});
