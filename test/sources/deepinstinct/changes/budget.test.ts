// The budget of requests: never more than agreed within any minute, whatever clocks and restarts do.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Budget } from '../../../../src/sources/deepinstinct/changes/budget.ts';

const beginMs = Date.parse('2026-03-05T00:00:00Z');
const minuteMs = 60_000;

test('lets pass what was agreed, and then waits until the first is a minute old', () => {
  const budget = new Budget(3);
  for (const afterMs of [0, 10_000, 20_000]) {
    expect(budget.freeInMs(beginMs + afterMs)).toBe(0);
    budget.spend(beginMs + afterMs);
  }
  expect(budget.freeInMs(beginMs + 25_000)).toBe(35_000);
  expect(budget.freeInMs(beginMs + 59_999)).toBe(1);
  expect(budget.freeInMs(beginMs + minuteMs)).toBe(0);
});

test('goes on where another process stopped, and counts nothing twice', () => {
  const first = new Budget(2);
  first.spend(beginMs);
  first.spend(beginMs + 1000);
  const second = new Budget(2);
  second.recall(first.used(beginMs + 2000));
  expect(second.freeInMs(beginMs + 2000)).toBe(58_000);
  second.recall(second.used(beginMs + 2000));
  expect(second.freeInMs(beginMs + minuteMs)).toBe(0);
});

test('counts requests of one millisecond each', () => {
  const first = new Budget(3);
  for (let count = 0; count < 3; count += 1) first.spend(beginMs);
  const second = new Budget(3);
  second.recall(first.used(beginMs));
  second.recall(first.used(beginMs));
  expect(second.freeInMs(beginMs)).toBe(minuteMs);
});

test('a clock that went back frees nothing at once, and holds nothing up for longer than a minute', () => {
  const budget = new Budget(1);
  budget.spend(beginMs);
  const earlierMs = beginMs - 86_400_000;
  expect(budget.freeInMs(earlierMs)).toBe(minuteMs);
  expect(budget.freeInMs(earlierMs + minuteMs)).toBe(0);
});

test('no minute has more, whenever requests are wished for and processes begin anew', () => {
  const steps = fc.array(
    fc.record({ waitMs: fc.integer({ min: 0, max: 40_000 }), isRestart: fc.boolean() }),
    { minLength: 20, maxLength: 100 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), steps, (perMinute, wishes) => {
      let budget = new Budget(perMinute);
      let nowMs = beginMs;
      const made: number[] = [];
      for (const { waitMs, isRestart } of wishes) {
        nowMs += waitMs;
        if (isRestart) {
          const next = new Budget(perMinute);
          next.recall(budget.used(nowMs));
          budget = next;
        }
        if (budget.freeInMs(nowMs) > 0) continue;
        budget.spend(nowMs);
        made.push(nowMs);
      }
      for (const from of made)
        expect(made.filter((at) => at >= from && at < from + minuteMs).length).toBeLessThanOrEqual(
          perMinute,
        );
    }),
  );
});
