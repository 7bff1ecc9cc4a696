// The one way in which the loops wait.
import { expect, test } from 'vitest';
import { createWake } from '../../../src/core/loops/wake.ts';

const hour = 3_600_000;

test('a wait ends when its time has passed, or as soon as somebody calls', async () => {
  const wake = createWake();
  await wake.wait(1);
  const waiting = wake.wait(hour);
  wake.now();
  await waiting;
});

test('a call that comes before the wait is not lost, and ends one wait only', async () => {
  const wake = createWake();
  wake.now();
  wake.now();
  await wake.wait(hour);
  const second = wake.wait(30).then(() => 'second');
  expect(
    await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 0, 'first'))]),
  ).toBe('first');
  await second;
});
