import { expect, test } from 'vitest';
import { createFailing } from '../../../src/core/deliver/failing.ts';

test('a failure tells how often it failed, and whether others passed since the first and since the last time', () => {
  const failing = createFailing();
  failing.delivered(9);
  expect(failing.failed(1)).toEqual({ failures: 1, othersPassed: false, othersPassedSince: false });
  expect(failing.failed(1)).toEqual({ failures: 2, othersPassed: false, othersPassedSince: false });
  failing.delivered(2);
  expect(failing.failed(1)).toEqual({ failures: 3, othersPassed: true, othersPassedSince: true });
  expect(failing.failed(1)).toEqual({ failures: 4, othersPassed: true, othersPassedSince: false });
});

test('what was delivered or is dead has a clean slate', () => {
  const failing = createFailing();
  for (const id of [1, 2, 3]) failing.failed(id);
  failing.delivered(1);
  failing.forget(2);
  expect([failing.has(1), failing.has(2), failing.has(3)]).toEqual([false, false, true]);
  expect(failing.failed(1)).toEqual({ failures: 1, othersPassed: false, othersPassedSince: false });
});

test('the one that failed last is the last', () => {
  const failing = createFailing();
  for (const id of [1, 2, 3, 1]) failing.failed(id);
  expect(failing.ids()).toEqual([2, 3, 1]);
});
