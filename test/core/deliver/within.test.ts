// A call that does not come back in time is over, whether or not it heeds its signal.
import { expect, test } from 'vitest';
import { Deadlines } from '../../../src/core/deliver/within.ts';

/** @returns calls that end after so many milliseconds */
function withinOf(...limits: ConstructorParameters<typeof Deadlines>): Deadlines['within'] {
  const deadlines = new Deadlines(...limits);
  return (call) => deadlines.within(call);
}

test('a call that ignores its signal ends at the time-out, as a retry', async () => {
  const call = new Deadlines(20).within(() => new Promise<never>(() => undefined));
  await expect(call).rejects.toMatchObject({ outcome: 'retry', reason: 'timeout' });
});

test('the signal says that it is over, and why', async () => {
  let given: AbortSignal | undefined;
  const call = new Deadlines(20).within((signal) => {
    given = signal;
    return new Promise<never>(() => undefined);
  });
  await expect(call).rejects.toThrow('no answer within 0.02 s');
  expect(given?.reason).toMatchObject({ reason: 'timeout' });
});

test('what the call gives or throws in time is what comes out, and its signal stays quiet', async () => {
  let given: AbortSignal | undefined;
  const within = withinOf(10_000);
  const value = await within(async (signal) => {
    given = signal;
    return 7;
  });
  expect([value, given?.aborted]).toEqual([7, false]);
  await expect(within(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
});

test('calls that begin together share a signal, and the last of them has its time all the same', async () => {
  const within = withinOf(2000);
  const signals: AbortSignal[] = [];
  const begin = (ms: number) =>
    within(async (signal) => {
      signals.push(signal);
      await new Promise((resolve) => setTimeout(resolve, ms));
      return ms;
    });
  const early = [begin(0), begin(60)];
  expect(await early[0]).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const late = begin(1950);
  expect(await Promise.all([early[1], late])).toEqual([60, 1950]);
  expect(signals[1]).toBe(signals[0]);
  expect(signals[2]).not.toBe(signals[0]);
});

test('a call that hangs ends at its own time, whoever began with it and is done', async () => {
  const within = withinOf(200);
  const hanging = within(() => new Promise<never>(() => undefined));
  const begunAtMs = performance.now();
  await within(async () => undefined);
  await expect(hanging).rejects.toMatchObject({ reason: 'timeout' });
  expect(performance.now() - begunAtMs).toBeGreaterThan(150);
});

test('a call that begins right after the last one came back has an end too', async () => {
  const within = withinOf(1000);
  await within(async () => undefined);
  await expect(within(() => new Promise<never>(() => undefined))).rejects.toMatchObject({
    reason: 'timeout',
  });
}, 4000);

test('no timer is left once all calls are back', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const within = withinOf(60_000);
  await within(async () => undefined);
  await within(() => Promise.reject(new Error('refused'))).catch(() => undefined);
  const broken = () => {
    throw new Error('broken');
  };
  await expect(within(broken)).rejects.toThrow('broken');
  expect(timers()).toBe(before);
});

test('each of several calls that hang ends', async () => {
  const within = withinOf(50);
  const hanging = [0, 1, 2].map(() => within(() => new Promise<never>(() => undefined)));
  const ended = await Promise.allSettled(hanging);
  expect(ended.map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
});

test('forty calls may listen to one signal without a warning', async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => void warnings.push(warning);
  process.on('warning', warned);
  const within = withinOf(10_000);
  const listen = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => undefined);
      setTimeout(resolve, 20);
    });
  await Promise.all(Array.from({ length: 40 }, () => within(listen)));
  process.off('warning', warned);
  expect(warnings).toEqual([]);
});

test('what must end ends at once, however long it might still take, and its signal says why', async () => {
  let error: Error | undefined;
  const signals: AbortSignal[] = [];
  const within = withinOf(60_000, () => error);
  const hanging = [1, 2].map(() =>
    within((signal) => {
      signals.push(signal);
      return new Promise<never>(() => undefined);
    }),
  );
  const settled = Promise.allSettled(hanging);
  error = new Error('the lease is over');
  expect(await settled).toEqual([1, 2].map(() => ({ status: 'rejected', reason: error })));
  expect(signals.map(({ reason }) => reason)).toEqual([error, error]);
});
