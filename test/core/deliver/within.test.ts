// A call that does not come back in time is over, whether or not it heeds its signal.
import { expect, test } from 'vitest';
import { within } from '../../../src/core/deliver/within.ts';

test('a call that ignores its signal ends at the time-out, as a retry', async () => {
  const call = within(20, () => new Promise<never>(() => undefined));
  await expect(call).rejects.toMatchObject({ outcome: 'retry', reason: 'timeout' });
});

test('the signal says that it is over, and why', async () => {
  let given: AbortSignal | undefined;
  const call = within(20, (signal) => {
    given = signal;
    return new Promise<never>(() => undefined);
  });
  await expect(call).rejects.toThrow('no answer within 0.02 s');
  expect(given?.reason).toMatchObject({ reason: 'timeout' });
});

test('what the call gives or throws in time is what comes out, and its signal stays quiet', async () => {
  let given: AbortSignal | undefined;
  const value = await within(10_000, async (signal) => {
    given = signal;
    return 7;
  });
  expect([value, given?.aborted]).toEqual([7, false]);
  await expect(within(10_000, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
});
