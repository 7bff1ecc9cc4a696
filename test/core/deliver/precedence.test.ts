// How long the less urgent waits for the more urgent that is under way.
import { expect, test } from 'vitest';
import { createPrecedence, precedenceMaxMs } from '../../../src/core/deliver/precedence.ts';

test('nobody waits where nothing more urgent is under way', () => {
  expect(createPrecedence().waitMs(5, 0, () => undefined)).toBe(0);
});

test('nobody waits where so many do that the pace is worth more than their order', () => {
  const precedence = createPrecedence();
  expect(precedence.waitMs(100, 101, () => 100)).toBe(0);
  expect(precedence.waitMs(100, 100, () => 100)).toBe(precedenceMaxMs);
});

test('it ends with the send that is waited for, and at last a second after its beginning', () => {
  const precedence = createPrecedence();
  expect(precedence.waitMs(100, 0, () => 100)).toBe(precedenceMaxMs);
  expect(precedence.waitMs(300, 0, () => 100)).toBe(precedenceMaxMs - 200);
  expect(precedence.waitMs(350, 0, () => undefined)).toBe(0);
  expect(precedence.waitMs(1100, 0, () => 100)).toBe(0);
});

test('each severity of a burst waits for the one before it, also where answers are slow', () => {
  const precedence = createPrecedence();
  const waits = [0, 500, 1000, 1500].map((sinceMs) => precedence.waitMs(sinceMs + 1, 0, () => sinceMs) > 0);
  expect(waits).toEqual([true, true, true, true]);
});

test('where urgent ones never cease, waiting takes about a tenth of the time', () => {
  const precedence = createPrecedence();
  const totalMs = 300_000;
  let waitedMs = 0;
  for (let nowMs = 0; nowMs < totalMs; nowMs += 10) {
    // Another urgent one begins each 200 ms and takes 250 ms.
    if (precedence.waitMs(nowMs, 0, () => nowMs - (nowMs % 200)) > 0) waitedMs += 10;
  }
  expect(waitedMs / totalMs).toBeGreaterThan(0.05);
  expect(waitedMs / totalMs).toBeLessThan(0.13);
});
