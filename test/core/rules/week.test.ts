// What is said of times of the week by the clock on a wall holds at every instant, in weeks with a
// change to summer time, too.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWithin, parseInterval } from '../../../src/core/rules/schedule.ts';
import { isWholeWeek, isWhollyWithin } from '../../../src/core/rules/week.ts';

describe('times that lie within others', () => {
  const interval = fc
    .record({
      days: fc.option(fc.subarray(['mon', 'tue-thu', 'fri', 'sat-sun'], { minLength: 1 }), {
        nil: undefined,
      }),
      from: fc.constantFrom('00:00', '08:00', '02:30', '18:00'),
      to: fc.constantFrom('08:01', '02:31', '24:00', '18:30'),
      timeZone: fc.constantFrom('Europe/Berlin', 'UTC'),
    })
    .map(parseInterval);
  /** Around a change to summer time, when the clock on the wall leaves an hour out. */
  const instant = fc
    .integer({ min: 0, max: 14 * 24 * 60 })
    .map((minute) => Date.UTC(2026, 2, 22) + minute * 60_000);

  test('do so at every instant', () => {
    let within = 0;
    fc.assert(
      fc.property(interval, fc.array(interval, { maxLength: 3 }), instant, (one, others, atMs) => {
        if (isWholeWeek(others)) expect(isWithin(others, atMs)).toBe(true);
        if (!isWhollyWithin(one, others)) return;
        within++;
        if (isWithin([one], atMs)) expect(isWithin(others, atMs)).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(within).toBeGreaterThan(100);
  });

  test.each([
    [
      ['mon'],
      '22:00',
      '06:00',
      [
        ['mon', '00:00', '24:00'],
        ['tue', '00:00', '06:00'],
      ],
      true,
    ],
    [['mon'], '22:00', '06:00', [['mon', '00:00', '24:00']], false],
    [['sat'], '22:00', '06:00', [['sat-sun', '00:00', '24:00']], true],
  ] as const)('%s %s to %s within %j: %s', (days, from, to, others, expected) => {
    const timeZone = 'UTC';
    const rest = others.map(([day, begin, end]) =>
      parseInterval({ days: [day], from: begin, to: end, timeZone }),
    );
    expect(isWhollyWithin(parseInterval({ days, from, to, timeZone }), rest)).toBe(expected);
  });

  test('a whole week is one that leaves no minute out, by one clock', () => {
    const at = (from: string, to: string, timeZone = 'UTC') =>
      parseInterval({ from, to, timeZone });
    expect(isWholeWeek([at('00:00', '24:00')])).toBe(true);
    expect(isWholeWeek([at('08:00', '18:00'), at('18:00', '08:00')])).toBe(true);
    expect(isWholeWeek([at('08:00', '18:00'), at('18:01', '08:00')])).toBe(false);
    expect(isWholeWeek([at('08:00', '18:00'), at('18:00', '08:00', 'Asia/Bangkok')])).toBe(false);
    expect(isWholeWeek([])).toBe(false);
  });
});

test('what is of some weeks only covers nothing of every week', () => {
  const whole = parseInterval({ timeZone: 'UTC' });
  const dated = parseInterval({ timeZone: 'UTC', last: '2026-04-15' });
  expect([isWholeWeek([whole]), isWholeWeek([dated])]).toEqual([true, false]);
  expect([isWhollyWithin(dated, [whole]), isWhollyWithin(whole, [dated])]).toEqual([true, false]);
});
