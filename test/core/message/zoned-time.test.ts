// Times in the operator's zone: what its calendar says, with the offset beside it.
import { expect, test } from 'vitest';
import { createZonedTime } from '../../../src/core/message/zoned-time.ts';

test.each([
  ['Asia/Bangkok', '2026-07-02 06:59:59 +07:00'],
  ['UTC', '2026-07-01 23:59:59 +00:00'],
  ['America/New_York', '2026-07-01 19:59:59 -04:00'],
  ['Asia/Kathmandu', '2026-07-02 05:44:59 +05:45'],
])('the time in %s has its offset', (timeZone, shown) => {
  expect(createZonedTime(timeZone)('2026-07-01T23:59:59.999Z')).toBe(shown);
});

test.each(['soon', '', '2026-13-01'])('%j is no time', (text) => {
  expect(createZonedTime('UTC')(text)).toBeUndefined();
});

test.each([
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Africa/Monrovia',
  'Etc/GMT+12',
])(
  'the time in %s is what its calendar says, on either side of each change of the clocks and in old years',
  (timeZone) => {
    const time = createZonedTime(timeZone);
    const calendar = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const isSame = (ms: number) =>
      time(new Date(ms).toISOString())!.startsWith(`${calendar.format(ms)} `);
    const halfHours = Array.from({ length: 366 * 48 }, (_, n) => Date.UTC(2024) + n * 1_800_000);
    const old = Array.from({ length: 80 * 12 }, (_, n) => Date.UTC(1900, n) + 1000);
    expect([...halfHours, ...old].filter((ms) => !isSame(ms))).toEqual([]);
  },
);
