// The times that servers of all releases write, and what is none.
import { expect, test } from 'vitest';
import { timeMsOf, timeOf } from '../../../src/sources/deepinstinct/time.ts';
import { draftOf } from './drafts.ts';

test.each([
  ['2026-02-03T01:19:32.505190Z', '2026-02-03T01:19:32.505Z'],
  ['2026-02-03T01:19:32.999999Z', '2026-02-03T01:19:32.999Z'],
  ['2026-02-03T01:19:32Z', '2026-02-03T01:19:32.000Z'],
  ['2026-02-03T01:19:32.505190', '2026-02-03T01:19:32.505Z'],
  ['2026-02-03 01:19:32', '2026-02-03T01:19:32.000Z'],
  ['2026-02-03T08:19:32+07:00', '2026-02-03T01:19:32.000Z'],
  ['2026-02-03T08:19:32.5+0700', '2026-02-03T01:19:32.500Z'],
  ['', null],
  [null, null],
  ['yesterday', null],
  ['2026-02-03', null],
  ['2026-99-03T01:19:32Z', null],
  ['0000-01-01T00:00:00Z', null],
  ['0000-01-01T00:00:00.000Z', null],
  ['2026-13-01T01:19:32.505Z', null],
  ['2026-00-01T01:19:32.505Z', null],
  ['2026-02-00T01:19:32.505Z', null],
  ['2026-02-32T01:19:32.505Z', null],
  ['2026-02-03T25:00:00.000Z', null],
  ['2026-02-03T01:60:32.505Z', null],
  ['2026-02-03T01:19:60.505Z', null],
  ['2026-02-03T24:00:00.000Z', '2026-02-04T00:00:00.000Z'],
  ['2026-02-31T01:19:32.505Z', null],
  ['2026-01-31T01:19:32.505190Z', '2026-01-31T01:19:32.505Z'],
  ['2026-02-03T01:19:32.5Z', '2026-02-03T01:19:32.500Z'],
  ['2026-02-03T01:19:32.505190Z', '2026-02-03T01:19:32.505Z'],
  ['9999-12-31T23:59:59-01:00', null],
  ['2026-02-03 01:00:54+00', '2026-02-03T01:00:54.000Z'],
  ['2026-02-03 08:00:54+07', '2026-02-03T01:00:54.000Z'],
  ['2026-02-03 08:00:54 +07', '2026-02-03T01:00:54.000Z'],
  ['2026-02-03T01:00', '2026-02-03T01:00:00.000Z'],
  ['2026-02-03 08:00+07:00', '2026-02-03T01:00:00.000Z'],
  ['2026-02-03T01:00:54 UTC', '2026-02-03T01:00:54.000Z'],
  ['2026-02-03T01:00:54,25Z', '2026-02-03T01:00:54.250Z'],
  ['2024-02-29T01:00:54Z', '2024-02-29T01:00:54.000Z'],
  ['2026-02-29T01:00:54Z', null],
  ['2026-02-30 01:00:54', null],
  ['2026-04-31T01:00:54.000Z', null],
  ...[31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].flatMap(
    (days, month): [string, string | null][] => {
      const time = (day: number) =>
        `2026-${String(month + 1).padStart(2, '0')}-${day}T01:00:54.000Z`;
      return [
        [time(days), time(days)],
        [time(days + 1), null],
      ];
    },
  ),
  ['2026-02-03T01:00:54+25:00', null],
  ['2026-02-03T01:00:54+07:75', null],
  ['0001-01-01T00:00:00Z', null],
  ['0001-01-01T00:00:00.000Z', null],
  ['0099-01-01T00:00:00', null],
  ['1899-12-30T00:00:00', null],
  ['1970-01-01T00:00:00+07:00', null],
  ['Tue, 03 Feb 2026 01:00:54 GMT', '2026-02-03T01:00:54.000Z'],
  ['Mon, 30 Feb 2026 01:00:54 GMT', null],
  ['Tue, 03 Fee 2026 01:00:54 GMT', null],
  [1_770_080_454, '2026-02-03T01:00:54.000Z'],
  [1_770_080_454.25, '2026-02-03T01:00:54.250Z'],
  [1_770_080_454_123, '2026-02-03T01:00:54.123Z'],
  ['1770080454', '2026-02-03T01:00:54.000Z'],
  ['1770080454123', '2026-02-03T01:00:54.123Z'],
  ['1770080454.123456', '2026-02-03T01:00:54.123Z'],
  [0, null],
  [-1, null],
  [20_260_203, null],
  [1e300, null],
  ['20260203010054', null],
  ['03/02/2026 01:00:54', null],
  [{}, null],
])('the time %j is %s, whatever the zone of this machine', (timestamp, expected) => {
  const zone = process.env.TZ;
  process.env.TZ = 'Asia/Bangkok';
  try {
    expect(draftOf({ timestamp }).occurredAt).toBe(expected);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test('a time in milliseconds is the same instant, and what is no time is none', () => {
  const text = '2026-02-03T08:19:32.5+07:00';
  expect(timeMsOf(text)).toBe(Date.UTC(2026, 1, 3, 1, 19, 32, 500));
  expect(timeOf(text)).toBe('2026-02-03T01:19:32.500Z');
  for (const none of ['', 'soon', null, undefined, true, Number.NaN])
    expect(timeMsOf(none)).toBeUndefined();
});

test('no time is as long as 41 characters', () => {
  const text = '2026-02-03T01:19:32Z';
  expect(timeOf(text.padEnd(40))).toBe('2026-02-03T01:19:32.000Z');
  expect(timeOf(text.padEnd(41))).toBeNull();
});
