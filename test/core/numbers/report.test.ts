// A week beside the week before it.
import { expect, test } from 'vitest';
import { reportOf, reportRowsMax } from '../../../src/core/numbers/report.ts';
import type { HandledEvent } from '../../../src/kit/records/numbers.ts';

const event = (more: Partial<HandledEvent> = {}): HandledEvent => ({
  severity: 4,
  receivedAtMs: 0,
  deliveredAtMs: 2_000,
  acknowledgedAtMs: null,
  resolvedAtMs: null,
  isClosedByVendor: false,
  ...more,
});
const days = { from: '2026-11-23', until: '2026-11-29' };
const quiet = { device: null, route: null, dead: 0 };

test('severities, the gravest first, what is open, and the times of both weeks', () => {
  const events = [event(), event({ severity: 5, acknowledgedAtMs: 62_000 }), event()];
  const before = [event({ severity: 1, deliveredAtMs: null })];
  const route = { name: 'all', messages: 3, saved: 1 };
  const report = reportOf(days, { events, before, ...quiet, route, dead: 2 });
  expect(report).toMatchObject({ ...days, device: null, route, dead: 2 });
  expect(report.week).toMatchObject({
    ...{ events: 3, open: 2, isCut: false },
    severities: [
      { severity: 5, events: 1, open: 0 },
      { severity: 4, events: 2, open: 2 },
    ],
    screen: { count: 3, medianSeconds: 2 },
    acknowledge: { count: 1, medianSeconds: 60 },
  });
  expect(report.before).toMatchObject({ events: 1, open: 0, screen: { medianSeconds: null } });
});

test('of too many events the newest count, and the report says so', () => {
  const events = Array.from({ length: reportRowsMax + 1 }, () => event());
  const { week } = reportOf(days, { events, before: [], ...quiet });
  expect([week.events, week.isCut]).toEqual([reportRowsMax, true]);
});
