// When a week is due, in local time, also where the clocks change.
import { describe, expect, test } from 'vitest';
import { parseWeekly, weekBefore, weekDue, weekOfDay } from '../../../src/core/rules/weekly.ts';

const bangkok = parseWeekly({ day: 'mon', time: '09:00', timeZone: 'Asia/Bangkok' });
const berlin = parseWeekly({ day: 'mon', time: '09:00', timeZone: 'Europe/Berlin' });
const due = (iso: string, weekly = bangkok) => weekDue(weekly, Date.parse(iso));

test.each([
  ['2026-11-30T01:59:59.999Z', '2026-11-16', '2026-11-22'],
  ['2026-11-30T02:00:00.000Z', '2026-11-23', '2026-11-29'],
  ['2026-12-06T23:00:00.000Z', '2026-11-23', '2026-11-29'],
  ['2026-12-07T02:00:00.000Z', '2026-11-30', '2026-12-06'],
])('at %s the last one due is that from %s to %s', (now, from, until) => {
  expect(due(now)).toMatchObject({ from, until });
});

test('it has seven whole days of local time', () => {
  const { fromMs, untilMs, dueMs } = due('2026-11-30T03:00:00Z');
  const times = [fromMs, untilMs, dueMs].map((ms) => new Date(ms).toISOString());
  expect(times).toEqual([
    '2026-11-22T17:00:00.000Z',
    '2026-11-29T17:00:00.000Z',
    '2026-11-30T02:00:00.000Z',
  ]);
  const winter = due('2026-10-26T12:00:00Z', berlin);
  expect([winter.from, (winter.untilMs - winter.fromMs) / 3_600_000]).toEqual(['2026-10-19', 169]);
  expect(new Date(winter.dueMs).toISOString()).toBe('2026-10-26T08:00:00.000Z');
});

test('the week before, and that of a day', () => {
  const week = weekOfDay(bangkok, '2026-11-25');
  expect(week).toEqual(due('2026-11-30T03:00:00Z'));
  expect(weekOfDay(bangkok, '2026-11-23')).toEqual(week);
  expect(weekOfDay(bangkok, '2026-11-29')).toEqual(week);
  expect(weekBefore(bangkok, week)).toEqual(weekOfDay(bangkok, '2026-11-22'));
});

describe('is refused', () => {
  test.each([
    [{ day: 'mon-fri', time: '09:00', timeZone: 'UTC' }, /day "mon-fri", which is not one day/],
    [{ day: 'monday', time: '09:00', timeZone: 'UTC' }, /day "monday"/],
    [{ day: 'mon', time: '9', timeZone: 'UTC' }, /time "9"/],
    [{ day: 'mon', time: '24:00', timeZone: 'UTC' }, /ends when it begins/],
  ])('%j', (written, message) => {
    expect(() => parseWeekly(written)).toThrow(message);
  });
});
