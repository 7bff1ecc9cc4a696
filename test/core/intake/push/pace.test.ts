// The rate of a source: a burst of two seconds, then one by one.
import { expect, test } from 'vitest';
import { PushPace } from '../../../../src/core/intake/push/pace.ts';

test('after a burst it says how long to wait, and keeps that', () => {
  const pace = new PushPace(2, 0);
  expect([0, 0, 0, 0].map((at) => pace.takeMs(at))).toEqual([0, 0, 0, 0]);
  expect(pace.takeMs(0)).toBe(500);
  expect(pace.takeMs(250)).toBe(250);
  expect(pace.takeMs(500)).toBe(0);
  expect(pace.takeMs(500)).toBe(500);
});

test('a slow source has room for one', () => {
  const pace = new PushPace(0.1, 0);
  expect(pace.takeMs(0)).toBe(0);
  expect(pace.takeMs(0)).toBe(10_000);
});

test('a clock that goes back gives nothing', () => {
  const pace = new PushPace(1, 1000);
  pace.takeMs(1000);
  pace.takeMs(1000);
  expect(pace.takeMs(0)).toBe(1000);
});

test('however long nobody came, it has room for two seconds', () => {
  const pace = new PushPace(2, 0);
  const waits = Array.from({ length: 5 }, () => pace.takeMs(3_600_000));
  expect(waits).toEqual([0, 0, 0, 0, 500]);
});
