// Waiting for a time, and for something but no longer than a time.
import { expect, test, vi } from 'vitest';
import { sleep, within } from '../../src/kit/deadline.ts';

test('a sleep takes as long as it says', async () => {
  const begunAtMs = performance.now();
  await sleep(30);
  expect(performance.now() - begunAtMs).toBeGreaterThan(25);
});

test('what is in time counts, and the timer goes with it', async () => {
  vi.useFakeTimers();
  try {
    const late = vi.fn();
    expect(await within(Promise.resolve('done'), 1000, late)).toBe('done');
    await expect(within(Promise.reject(new Error('no')), 1000, late)).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
    expect(late).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});

test('what is late is given up, with what the caller says', async () => {
  const never = new Promise<never>(() => {});
  expect(await within(never, 5, () => 'late')).toBe('late');
  const refuse = () => {
    throw new Error('too late');
  };
  await expect(within(never, 5, refuse)).rejects.toThrow('too late');
});

test('what fails after its time ends no process', async () => {
  const failing = sleep(10).then(() => Promise.reject(new Error('unheard')));
  expect(await within(failing, 1, () => 'late')).toBe('late');
  await sleep(30);
});
