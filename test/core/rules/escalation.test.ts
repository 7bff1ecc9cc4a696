// The steps of an escalation in the order of time, with their repetitions.
import { expect, test } from 'vitest';
import { type EscalationStep, momentsOf, takesPart } from '../../../src/core/rules/escalation.ts';
import { parseInterval } from '../../../src/core/rules/schedule.ts';

const minuteMs = 60_000;
const step = (minutes: number, more: Partial<EscalationStep> = {}): EscalationStep => ({
  afterMs: minutes * minuteMs,
  to: ['soc'],
  mention: [],
  repeat: 0,
  minSeverity: 0,
  ...more,
});
const minutesOf = (...steps: EscalationStep[]) =>
  momentsOf(steps).map(({ atMs, steps: own }) => [atMs / minuteMs, own.length]);

test.each([
  [[], []],
  [[step(15)], [[15, 1]]],
  // After as long as it came after the message.
  [
    [step(15, { repeat: 2 })],
    [
      [15, 1],
      [30, 1],
      [45, 1],
    ],
  ],
  // After as long as it came after the step before it.
  [
    [step(15), step(25, { repeat: 2 })],
    [
      [15, 1],
      [25, 1],
      [35, 1],
      [45, 1],
    ],
  ],
  // Two at the same time are made together, and do not shorten each other's repetition.
  [
    [step(10), step(10, { repeat: 1 }), step(20)],
    [
      [10, 2],
      [20, 2],
    ],
  ],
  // A repetition goes on behind a later step.
  [
    [step(5, { repeat: 2 }), step(12)],
    [
      [5, 1],
      [10, 1],
      [12, 1],
      [15, 1],
    ],
  ],
])('the moments of %#', (steps, minutes) => {
  expect(minutesOf(...steps)).toEqual(minutes);
});

test('who takes part: a severity from its threshold up, unknown as HIGH, within its times', () => {
  const high = step(1, { minSeverity: 4 });
  expect([5, 4, 3, 0].map((severity) => takesPart(high, severity as never, 0))).toEqual([
    ...[true, true, false, true],
  ]);
  const critical = step(1, { minSeverity: 5 });
  expect(takesPart(critical, 0, 0)).toBe(false);
  const active = [parseInterval({ from: '08:00', to: '18:00', timeZone: 'Asia/Bangkok' })];
  const day = step(1, { active });
  expect(takesPart(day, 5, Date.parse('2026-03-02T10:59Z'))).toBe(true);
  expect(takesPart(day, 5, Date.parse('2026-03-02T11:00Z'))).toBe(false);
});
