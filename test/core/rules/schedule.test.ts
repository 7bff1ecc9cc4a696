// Times of the week, by the clock on the wall of a zone: compared minute by minute, over midnight,
// and over the changes to summer time.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isWithin,
  occurrencesOf,
  parseInterval,
  type WrittenInterval,
} from '../../../src/core/rules/schedule.ts';

const is = (written: WrittenInterval, at: string) =>
  isWithin([parseInterval(written)], Date.parse(at));

test('an interval holds in the minutes that lie in it, and in no other', () => {
  const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const minute = fc.integer({ min: 0, max: 1439 });
  const clock = (value: number) =>
    `${Math.floor(value / 60)}:${String(value % 60).padStart(2, '0')}`;
  const at = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
  fc.assert(
    fc.property(
      fc.subarray(names, { minLength: 1 }),
      minute,
      minute,
      at,
      (days, from, to, atMs) => {
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
      },
    ),
    { numRuns: 300 },
  );
});

const zones = [
  'UTC',
  'Asia/Bangkok',
  'Asia/Kathmandu', // 5:45 ahead
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe', // half an hour of summer time
  'Pacific/Chatham',
  'Africa/Cairo', // summer time begins at midnight
  'America/Havana', // midnight comes twice when it ends
];

test('an interval is that of the wall clock, whatever the zone, and above all in the hours around both changes of the clock', () => {
  const names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const instant = fc.integer({
    min: Date.UTC(2024, 0, 1) / 60_000,
    max: Date.UTC(2030, 0, 1) / 60_000,
  });
  const nearChange = (changes: readonly number[]) =>
    fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -1500, max: 1500 }))
      .map(([at, off]) => at / 60_000 + off);
  const cases = zones.map((timeZone) => {
    const changes = changesOf(timeZone);
    return fc.tuple(
      fc.constant(timeZone),
      changes.length > 0 ? fc.oneof(instant, nearChange(changes)) : instant,
    );
  });
  const time = fc.integer({ min: 0, max: 95 }).map((n) => clockOf(n * 15));
  fc.assert(
    fc.property(
      fc.oneof(...cases),
      fc.subarray(names, { minLength: 1 }),
      time,
      time,
      ([timeZone, at], days, from, to) => {
        fc.pre(from !== to);
        const { day, time } = wallClock(timeZone, at * 60_000);
        const before = names[(names.indexOf(day) + 6) % 7]!;
        const expected =
          from < to
            ? days.includes(day) && from <= time && time < to
            : (days.includes(day) && from <= time) || (days.includes(before) && time < to);
        expect(isWithin([parseInterval({ days, from, to, timeZone })], at * 60_000)).toBe(expected);
      },
    ),
    { numRuns: 1000 },
  );
});

const clockOf = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** `Mon` and `02:30`: text for text what the platform prints. */
function wallClock(
  timeZone: string,
  atMs: number,
): { readonly day: string; readonly time: string } {
  const day = new Date(atMs).toLocaleDateString('en-GB', { timeZone, weekday: 'short' });
  const time = new Date(atMs).toLocaleTimeString('en-GB', { timeZone, timeStyle: 'short' });
  return { day, time };
}

/** When the clock goes forward or back from 2024 to 2029, to the hour. */
function changesOf(timeZone: string): number[] {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  const offset = (atMs: number) => format.format(atMs).split(' ')[1];
  const days = Array.from({ length: 6 * 365 }, (_, n) => Date.UTC(2024, 0, 1) + n * 86_400_000);
  return days
    .filter((atMs) => offset(atMs) !== offset(atMs + 86_400_000))
    .map((day) => {
      const hours = Array.from({ length: 24 }, (_, n) => day + n * 3_600_000);
      return hours.find((hour) => offset(hour) !== offset(hour + 3_600_000))!;
    });
}

describe('the wall clock of the zone', () => {
  const night = { from: '22:00', to: '06:00', timeZone: 'Asia/Bangkok' };

  test('decides about the hour', () => {
    expect([is(night, '2026-03-02T15:00:00Z'), is(night, '2026-03-02T14:59:59Z')]).toEqual([
      true,
      false,
    ]);
    expect([is(night, '2026-03-02T22:59:59Z'), is(night, '2026-03-02T23:00:00Z')]).toEqual([
      true,
      false,
    ]);
  });

  test('decides about the day, and a night belongs to the day on which it began', () => {
    const friday = { ...night, days: ['fri'] };
    expect(is(friday, '2026-03-06T16:00:00Z')).toBe(true);
    expect(is(friday, '2026-03-06T20:00:00Z')).toBe(true);
    expect(is(friday, '2026-03-05T20:00:00Z')).toBe(false);
  });

  test('goes with summer time', () => {
    const office = { from: '09:00', to: '17:00', timeZone: 'Europe/Berlin' };
    expect([is(office, '2026-03-28T08:00:00Z'), is(office, '2026-03-28T07:59:00Z')]).toEqual([
      true,
      false,
    ]);
    expect([is(office, '2026-03-29T07:00:00Z'), is(office, '2026-03-29T06:59:00Z')]).toEqual([
      true,
      false,
    ]);
    expect([is(office, '2026-10-25T08:00:00Z'), is(office, '2026-10-25T07:59:00Z')]).toEqual([
      true,
      false,
    ]);
  });

  test('leaves out the hour that is not there, and holds twice in the one that comes twice', () => {
    const small = { from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' };
    const hits = (date: string) =>
      Array.from({ length: 96 }, (_, n) => Date.parse(date) + n * 900_000).filter((atMs) =>
        isWithin([parseInterval(small)], atMs),
      ).length / 4;
    expect(['2026-03-28', '2026-03-29', '2026-10-25'].map(hits)).toEqual([1, 0, 2]);
  });

  test('holds for each zone by itself in the same minute', () => {
    const at = '2026-03-02T12:30:00Z';
    const noon = (timeZone: string) => is({ from: '12:00', to: '13:00', timeZone }, at);
    expect(['UTC', 'Asia/Bangkok', 'UTC', 'Europe/London', 'Asia/Bangkok'].map(noon)).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });
});

test('one of several intervals is enough, and none is never', () => {
  const morning = parseInterval({ from: '08:00', to: '09:00', timeZone: 'UTC' });
  const evening = parseInterval({ from: '20:00', to: '21:00', timeZone: 'UTC' });
  const at = Date.parse('2026-03-02T20:30:00Z');
  expect([isWithin([morning, evening], at), isWithin([morning], at), isWithin([], at)]).toEqual([
    true,
    false,
    false,
  ]);
});

describe('an interval as it is written', () => {
  test('without times is the whole day, and one time alone is from it or up to it', () => {
    const hold = (written: object) =>
      ['00:00:00', '11:59:59', '12:00:00', '23:59:59'].map((time) =>
        is({ ...written, timeZone: 'UTC' }, `2026-03-02T${time}Z`),
      );
    expect(hold({})).toEqual([true, true, true, true]);
    expect(hold({ days: ['tue'] })).toEqual([false, false, false, false]);
    expect(hold({ from: '12:00' })).toEqual([false, false, true, true]);
    expect(hold({ to: '12:00' })).toEqual([true, true, false, false]);
    expect(hold({ from: '12:00', to: '24:00' })).toEqual(hold({ from: '12:00', to: '00:00' }));
  });
});

test('days may be written as a span, also one over the end of the week', () => {
  const days = (...written: string[]) =>
    [...parseInterval({ days: written, timeZone: 'UTC' }).days].sort();
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
  [{ timeZone: 'Mars/Olympus' }, 'has a time zone "Mars/Olympus"'],
])('%j is refused', (written, message) => {
  expect(() => parseInterval({ timeZone: 'UTC', ...written })).toThrow(message);
});

describe('a window of dates', () => {
  const songkran = (more = {}) =>
    [
      parseInterval({ first: '2026-04-13', last: '2026-04-15', timeZone: 'Asia/Bangkok', ...more }),
    ] as const;
  const at = (text: string) => Date.parse(`${text}+07:00`);

  test.each([
    ['2026-04-12T23:59', false],
    ['2026-04-13T00:00', true],
    ['2026-04-15T23:59', true],
    ['2026-04-16T00:00', false],
    ['2027-04-14T12:00', false],
  ])('%s by the clock there: %s', (text, isIn) => {
    expect(isWithin(songkran(), at(text))).toBe(isIn);
  });

  test.each([
    ['2026-04-12T20:00', false],
    ['2026-04-13T07:00', false],
    ['2026-04-13T18:00', true],
    ['2026-04-16T07:59', true],
    ['2026-04-16T18:00', false],
  ])('its nights belong to the day they begin on: %s, %s', (text, isIn) => {
    expect(isWithin(songkran({ from: '18:00', to: '08:00' }), at(text))).toBe(isIn);
  });

  test('keeps to its days of the week, and may have one end', () => {
    expect(isWithin(songkran({ days: ['tue'] }), at('2026-04-14T12:00'))).toBe(true);
    expect(isWithin(songkran({ days: ['tue'] }), at('2026-04-15T12:00'))).toBe(false);
    expect(isWithin(songkran({ last: undefined }), at('2030-01-01T12:00'))).toBe(true);
    expect(isWithin(songkran({ first: undefined }), at('1965-01-01T12:00'))).toBe(true);
  });

  test.each([
    [{ first: '2026-02-30' }, 'has a day "2026-02-30", which is no date such as 2026-04-13'],
    [{ last: '13.4.' }, 'has a day "13.4.", which is no date such as 2026-04-13'],
    [{ first: '2026-04-16' }, 'has a last day before its first'],
  ])('%j is refused', (more, message) => {
    expect(() => songkran(more)).toThrow(message);
  });
});

describe('the occurrences of an interval', () => {
  const minute = fc.integer({ min: 0, max: 1439 });
  const clock = (value: number) =>
    `${Math.floor(value / 60)}:${String(value % 60).padStart(2, '0')}`;
  // Zones whose clocks never change: there each occurrence is just the minutes in which the
  // interval holds.
  const steady = fc.constantFrom('UTC', 'Asia/Bangkok', 'Asia/Kathmandu', 'America/Phoenix');
  const days = fc.subarray(['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'], { minLength: 1 });

  test('are the times in which it holds, from the one of now on', () => {
    const at = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(days, minute, minute, at, steady, (days, from, to, nowMs, timeZone) => {
        fc.pre(from !== to);
        const interval = parseInterval({ days, from: clock(from), to: clock(to), timeZone });
        const found = occurrencesOf(interval, nowMs);
        for (let step = 0; step < 7 * 24; step += 1) {
          const atMs = nowMs + step * 3_600_000;
          const isIn = found.some(
            ({ startsAtMs, endsAtMs }) => startsAtMs <= atMs && atMs < endsAtMs,
          );
          expect([atMs, isIn]).toEqual([atMs, isWithin([interval], atMs)]);
        }
      }),
      { numRuns: 100 },
    );
  });

  const iso = ({ startsAtMs, endsAtMs }: { startsAtMs: number; endsAtMs: number }) =>
    [startsAtMs, endsAtMs].map((ms) => new Date(ms).toISOString().slice(0, 16)).join(' ');
  test.each<[string, WrittenInterval, string, string]>([
    [
      'a usual Sunday',
      { days: ['sun'], from: '2:00', to: '4:00', timeZone: 'Europe/Berlin' },
      '2026-03-20T00:00Z',
      '2026-03-22T01:00 2026-03-22T03:00',
    ],
    [
      'an hour is skipped in it',
      { days: ['sun'], from: '2:00', to: '4:00', timeZone: 'Europe/Berlin' },
      '2026-03-28T00:00Z',
      '2026-03-29T01:00 2026-03-29T02:00',
    ],
    [
      'it lies in the hour that is skipped',
      { days: ['sun'], from: '2:10', to: '2:50', timeZone: 'Europe/Berlin' },
      '2026-03-28T00:00Z',
      '2026-03-29T01:10 2026-03-29T01:50',
    ],
    [
      'an hour is repeated in it',
      { days: ['sun'], from: '2:00', to: '4:00', timeZone: 'Europe/Berlin' },
      '2026-10-24T00:00Z',
      '2026-10-25T00:00 2026-10-25T03:00',
    ],
    [
      'over midnight, begun yesterday',
      { days: ['sat'], from: '22:00', to: '6:00', timeZone: 'Asia/Bangkok' },
      '2026-03-21T20:00Z',
      '2026-03-21T15:00 2026-03-21T23:00',
    ],
    [
      'whole days',
      { from: '0:00', to: '24:00', timeZone: 'Asia/Bangkok' },
      '2026-03-21T20:00Z',
      '2026-03-21T17:00 2026-03-22T17:00',
    ],
    [
      'midnight is skipped',
      { days: ['fri'], from: '0:00', to: '2:00', timeZone: 'Africa/Cairo' },
      '2026-04-22T00:00Z',
      '2026-04-23T22:00 2026-04-23T23:00',
    ],
  ])('of a zone: %s', (_, written, at, first) => {
    expect(iso(occurrencesOf(parseInterval(written), Date.parse(at))[0]!)).toBe(first);
  });

  test('begin on the days that it is bound to, and are none when those are over', () => {
    const bound = {
      first: '2026-04-13',
      last: '2026-04-15',
      from: '20:00',
      to: '22:00',
      timeZone: 'UTC',
    };
    const of = (at: string) => occurrencesOf(parseInterval(bound), Date.parse(at)).length;
    expect([of('2026-04-01T00:00Z'), of('2026-04-10T00:00Z'), of('2026-04-14T21:00Z')]).toEqual([
      0, 3, 2,
    ]);
    expect(of('2026-04-15T22:00Z')).toBe(0);
  });
});
