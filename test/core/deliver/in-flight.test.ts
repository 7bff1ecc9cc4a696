// Which sends take a slot.
import { expect, test } from 'vitest';
import { InFlight } from '../../../src/core/deliver/in-flight.ts';

test('one that hangs while later ones pass takes no slot, and is under way all the same', () => {
  const inFlight = new InFlight();
  inFlight.begin(1, 0);
  inFlight.begin(2, 5000);
  expect(inFlight.size()).toBe(2);
  inFlight.passed(2, 5100);
  inFlight.end(2, 5100);
  expect([inFlight.size(), inFlight.count(), inFlight.ids()]).toEqual([0, 1, [1]]);
  inFlight.end(1, 5200);
  expect(inFlight.ids()).toEqual([]);
});

test('where nothing passes each takes its slot, and so does one that was hardly overtaken', () => {
  const inFlight = new InFlight();
  for (let id = 0; id < 10; id += 1) inFlight.begin(id, id * 5000);
  expect(inFlight.size()).toBe(10);
  const quick = new InFlight();
  quick.begin(1, 0);
  quick.begin(2, 900);
  quick.passed(2, 950);
  quick.end(2, 950);
  expect(quick.size()).toBe(1);
});

test('not more than 32 hang beside the slots', () => {
  const inFlight = new InFlight();
  for (let id = 0; id < 50; id += 1) inFlight.begin(id, 0);
  inFlight.begin(100, 9000);
  inFlight.passed(100, 9100);
  inFlight.end(100, 9100);
  expect(inFlight.size()).toBe(18);
});

test('the slowest answer is remembered, and forgotten with those that come later', () => {
  const inFlight = new InFlight();
  expect(inFlight.slowestMs()).toBe(0);
  inFlight.begin(1, 0);
  inFlight.passed(1, 4000);
  inFlight.end(1, 4000);
  expect(inFlight.slowestMs()).toBe(4000);
  for (let id = 2; id < 102; id += 1) {
    inFlight.begin(id, 5000);
    inFlight.passed(id, 5100);
    inFlight.end(id, 5100);
  }
  expect(inFlight.slowestMs()).toBeLessThan(2000);
});

test('of what is more urgent the newest is told, until it has ended', () => {
  const inFlight = new InFlight();
  inFlight.begin(1, 10, 1);
  inFlight.begin(2, 20, 0);
  inFlight.begin(3, 30, 3);
  inFlight.begin(4, 40);
  expect([0, 1, 2, 4].map((priority) => inFlight.urgentSinceMs(priority))).toEqual([
    undefined,
    20,
    20,
    30,
  ]);
  inFlight.end(2, 50);
  expect([1, 2].map((priority) => inFlight.urgentSinceMs(priority))).toEqual([undefined, 10]);
});

test('how long nothing has been under way is told from the end of the last', () => {
  const inFlight = new InFlight();
  expect(inFlight.idleMs(5)).toBe(Number.POSITIVE_INFINITY);
  inFlight.begin(1, 10);
  inFlight.begin(2, 20);
  inFlight.end(1, 30);
  expect(inFlight.idleMs(40)).toBe(0);
  inFlight.end(2, 50);
  expect(inFlight.idleMs(70)).toBe(20);
});
