// Times and durations, as calendars write them.
import { expect, it } from 'vitest';
import {
  instantAt,
  spanOf,
  UnreadError,
  wallTimesOf,
} from '../../../../src/core/rules/calendar/time.ts';

const context = { timeZone: 'Asia/Bangkok', locations: {} };
const isoOf = (value: string, parameters = {}) =>
  wallTimesOf({ name: 'DTSTART', parameters, value }, context).map((time) =>
    new Date(instantAt(time)).toISOString(),
  );

it.each([
  ['20261201T080000Z', {}, '2026-12-01T08:00:00.000Z'],
  ['20261201T080000', {}, '2026-12-01T01:00:00.000Z'],
  ['20261201T080000', { TZID: 'Europe/Berlin' }, '2026-12-01T07:00:00.000Z'],
  ['20260701T080000', { TZID: 'Europe/Berlin' }, '2026-07-01T06:00:00.000Z'],
  ['20261201', { VALUE: 'DATE' }, '2026-11-30T17:00:00.000Z'],
])('%s with %j is %s', (value, parameters, iso) => {
  expect(isoOf(value, parameters)).toEqual([iso]);
});

it('a list is several', () => {
  expect(isoOf('20261201T080000Z,20261202T080000Z')).toHaveLength(2);
});

it.each(['20260230T080000Z', '2026-12-01', '20261201T250000', 'x', ''])(
  '%j is no time',
  (value) => {
    expect(() => isoOf(value)).toThrow(UnreadError);
  },
);

it('a zone that nobody knows is said', () => {
  expect(() => isoOf('20261201T080000', { TZID: 'Mars/Base' })).toThrow(
    'has a time zone that is not known: Mars/Base',
  );
});

it.each([
  ['P1W', 7 * 1440, 0],
  ['P1D', 1440, 0],
  ['PT12H', 0, 720],
  ['P1DT1H30M', 1440, 90],
  ['+PT5M10S', 0, 5],
])('%s lasts', (text, wallMinutes, exactMinutes) => {
  expect(spanOf(text)).toEqual({ wallMinutes, exactMinutes });
});

it.each(['-PT1H', '1H', 'P1Y'])('%s is no duration of a shift', (text) => {
  expect(() => spanOf(text)).toThrow(UnreadError);
});
