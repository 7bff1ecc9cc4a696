// Times of the week, by the clock on the wall of a zone: compared minute by minute, over midnight, and over the changes to summer time.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWithin, parseInterval, type WrittenInterval } from '../../../src/core/rules/schedule.ts';

const is = (written: WrittenInterval, at: string) => isWithin([parseInterval(written)], Date.parse(at));

test('an interval holds in the minutes that lie in it, and in no other', () => {
  const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const minute = fc.integer({ min: 0, max: 1439 });
  const clock = (value: number) => `${Math.floor(value / 60)}:${String(value % 60).padStart(2, '0')}`;
  const at = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
  fc.assert(
    fc.property(fc.subarray(names, { minLength: 1 }), minute, minute, at, (days, from, to, atMs) => {
      fc.pre(from !== to);
      // Every minute of the week in which it holds, counted out.
      const minutes = new Set<number>();
      for (const name of days) {
        const begin = names.indexOf(name) * 1440 + from;
        const length = (to - from + 1440) % 1440;
        for (let n = 0; n < length; n += 1) minutes.add((begin + n) % 10_080);
      }
      const date = new Date(atMs);
      const now = date.getUTCDay() * 1440 + date.getUTCHours() * 60 + date.getUTCMinutes();
      const interval = parseInterval({ days, from: clock(from), to: clock(to), timeZone: 'UTC' });
      expect(isWithin([interval], atMs)).toBe(minutes.has(now));
    }),
    { numRuns: 300 },
  );
});

describe('the wall clock of the zone', () => {
  const night = { from: '22:00', to: '06:00', timeZone: 'Asia/Bangkok' };

  test('decides about the hour', () => {
    expect([is(night, '2026-03-02T15:00:00Z'), is(night, '2026-03-02T14:59:59Z')]).toEqual([true, false]);
    expect([is(night, '2026-03-02T22:59:59Z'), is(night, '2026-03-02T23:00:00Z')]).toEqual([true, false]);
  });

  test('decides about the day, and a night belongs to the day on which it began', () => {
    const friday = { ...night, days: ['fri'] };
    expect(is(friday, '2026-03-06T16:00:00Z')).toBe(true);
    expect(is(friday, '2026-03-06T20:00:00Z')).toBe(true);
    expect(is(friday, '2026-03-05T20:00:00Z')).toBe(false);
  });

  test('goes with summer time', () => {
    const office = { from: '09:00', to: '17:00', timeZone: 'Europe/Berlin' };
    expect([is(office, '2026-03-28T08:00:00Z'), is(office, '2026-03-28T07:59:00Z')]).toEqual([true, false]);
    expect([is(office, '2026-03-29T07:00:00Z'), is(office, '2026-03-29T06:59:00Z')]).toEqual([true, false]);
    expect([is(office, '2026-10-25T08:00:00Z'), is(office, '2026-10-25T07:59:00Z')]).toEqual([true, false]);
  });
});

test('days may be written as a span, also one over the end of the week', () => {
  const days = (...written: string[]) => [...parseInterval({ days: written, timeZone: 'UTC' }).days].sort();
  expect(days('mon-fri')).toEqual([1, 2, 3, 4, 5]);
  expect(days('Sat-Mon', 'wed')).toEqual([0, 1, 3, 6]);
  expect(parseInterval({ timeZone: 'UTC' }).days.size).toBe(7);
});

test.each([
  [{ from: '18:00', to: '18:00' }, 'ends when it begins'],
  [{ from: '25:00' }, 'has a time "25:00"'],
  [{ to: '24:01' }, 'has a time "24:01"'],
  [{ to: '8am' }, 'has a time "8am"'],
  [{ from: '12:60' }, 'has a time "12:60"'],
  [{ days: ['monday'] }, 'has a day "monday"'],
  [{ days: ['mon-'] }, 'has a day "mon-"'],
  [{ days: ['mon-tue-wed'] }, 'has a day "mon-tue-wed"'],
])('%j is refused', (written, message) => {
  expect(() => parseInterval({ ...written, timeZone: 'UTC' })).toThrow(message);
});
