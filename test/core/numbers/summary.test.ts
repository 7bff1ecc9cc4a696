// How long events took: medians and 90th percentiles with their counts, what is open apart.
import { expect, test } from 'vitest';
import { summarise, summaryOf } from '../../../src/core/numbers/summary.ts';
import { parseInterval } from '../../../src/core/rules/schedule.ts';
import type { HandledEvent } from '../../../src/kit/records/numbers.ts';

const startMs = Date.parse('2026-03-02T03:00Z');
/** Seconds from the event to the message, from there to the acknowledgement and to the end. */
function handled(
  [screen, acknowledge, resolve]: readonly [number | null, number | null, number | null],
  more: Partial<HandledEvent> = {},
): HandledEvent {
  const receivedAtMs = more.receivedAtMs ?? startMs;
  const deliveredAtMs = screen === null ? null : receivedAtMs + screen * 1000;
  const after = (seconds: number | null) =>
    seconds === null || deliveredAtMs === null ? null : deliveredAtMs + seconds * 1000;
  return {
    severity: 4,
    receivedAtMs,
    deliveredAtMs,
    acknowledgedAtMs: after(acknowledge),
    resolvedAtMs: after(resolve),
    isClosedByVendor: false,
    ...more,
  };
}

test('ten events: the fifth and the ninth of them in the order of their times', () => {
  const times = [10, 3, 7, 1, 9, 2, 8, 4, 6, 5];
  const events = times.map((seconds) => handled([seconds, seconds * 10, seconds * 100]));
  expect(summaryOf(events)).toEqual({
    events: 10,
    open: 0,
    closedByVendor: 0,
    screen: { count: 10, medianSeconds: 5, p90Seconds: 9 },
    acknowledge: { count: 10, medianSeconds: 50, p90Seconds: 90 },
    resolve: { count: 10, medianSeconds: 500, p90Seconds: 900 },
  });
});

test('what nobody acknowledged is open, and no time of zero', () => {
  const events = [handled([1, 60, null]), handled([1, null, null]), handled([null, null, null])];
  expect(summaryOf(events)).toMatchObject({
    events: 3,
    open: 1,
    screen: { count: 2 },
    acknowledge: { count: 1, medianSeconds: 60, p90Seconds: 60 },
    resolve: { count: 0, medianSeconds: null, p90Seconds: null },
  });
});

test('what the vendor closed is not open, and counts in no time to resolve', () => {
  expect(summaryOf([handled([1, null, 30], { isClosedByVendor: true })])).toMatchObject({
    open: 0,
    closedByVendor: 1,
    resolve: { count: 0 },
  });
});

test('a clock that went back makes no time less than nothing', () => {
  const before = handled([1, null, null], { acknowledgedAtMs: startMs - 5000 });
  expect(summaryOf([before]).acknowledge).toEqual({ count: 1, medianSeconds: 0, p90Seconds: 0 });
});

test('by severity, the gravest first, and the hours of business apart', () => {
  const business = [
    parseInterval({ days: ['mon-fri'], from: '09:00', to: '17:00', timeZone: 'Asia/Bangkok' }),
  ];
  const night = { receivedAtMs: startMs + 12 * 3_600_000 };
  const events = [
    handled([1, null, null], { severity: 3 }),
    handled([2, null, null]),
    handled([3, null, null], night),
    handled([4, null, null], { severity: 5, ...night }),
    handled([5, null, null], { severity: 0 }),
  ];
  const rows = summarise(events, business).map((one) => [
    ...[one.severity, one.hours, one.events, one.screen.medianSeconds],
  ]);
  expect(rows).toEqual([
    [5, 'other', 1, 4],
    [4, 'business', 1, 2],
    [4, 'other', 1, 3],
    [0, 'business', 1, 5],
    [3, 'business', 1, 1],
  ]);
  expect(summarise(events, []).every(({ hours }) => hours === 'other')).toBe(true);
  expect(summarise([], business)).toEqual([]);
});
