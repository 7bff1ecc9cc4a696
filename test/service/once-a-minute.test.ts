// Counting at most once a minute.
import { expect, test } from 'vitest';
import { onceAMinute } from '../../src/service/once-a-minute.ts';

test('it counts at once, and again after a minute; what failed is tried again', async () => {
  let nowMs = 0;
  let counted = 0;
  let isDown = true;
  const ask = onceAMinute(
    async () => {
      if (isDown) throw new Error('down');
      counted += 1;
    },
    () => nowMs,
  );
  await expect(ask()).rejects.toThrow('down');
  isDown = false;
  for (const atMs of [0, 59_999, 60_000, 60_001, 119_999, 120_000]) {
    nowMs = atMs;
    await ask();
  }
  expect(counted).toBe(3);
});
