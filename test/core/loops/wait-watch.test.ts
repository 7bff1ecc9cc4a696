import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WaitWatch } from '../../../src/core/loops/wait-watch.ts';

test('a wait counts from its beginning to its end, whether it is answered or fails', async () => {
  const watch = new WaitWatch();
  expect(watch.waitedMs()).toBe(0);
  const answered = watch.of(sleep(50, 'answer'));
  await sleep(20);
  expect(watch.waitedMs()).toBeGreaterThan(10);
  expect(await answered).toBe('answer');
  expect(watch.waitedMs()).toBe(0);
  await expect(watch.of(Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(watch.waitedMs()).toBe(0);
});
