// The clocks of the tests: they run while this process works or waits, and see what is too slow.
import { expect, test } from 'vitest';
import { cpuMs, settledMs } from './stopwatch.ts';

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const block = (ms: number) => {
  const start = process.cpuUsage();
  while (process.cpuUsage(start).user < ms * 1000);
};

test('a wait counts, and a failed one too', async () => {
  expect(await settledMs(after(300))).toBeGreaterThan(20);
  expect(await settledMs(after(300).then(() => Promise.reject(new Error('late'))))).toBeGreaterThan(
    20,
  );
  expect(await settledMs(Promise.resolve())).toBe(0);
});

test('being held up counts as one tick, and as CPU only if this process was at work', async () => {
  const held = after(1).then(() => block(200));
  expect(await settledMs(held)).toBeLessThan(100);
  expect(await cpuMs(() => block(200))).toBeGreaterThan(190);
  expect(await cpuMs(() => after(300))).toBeLessThan(150);
});
