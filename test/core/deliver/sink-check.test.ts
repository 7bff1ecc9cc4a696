// A sink's own check: asked once at a time, within its time, and what its failure means.
import { describe, expect, test } from 'vitest';
import { SinkCheck } from '../../../src/core/deliver/sink-check.ts';
import { Deadlines } from '../../../src/core/deliver/within.ts';
import { AdapterError, type FailureOutcome } from '../../../src/kit/errors.ts';

const plainly = <Result>(call: (signal: AbortSignal) => Promise<Result>) =>
  call(new AbortController().signal);

test('a sink without a check passes, and says that it has none', async () => {
  const check = new SinkCheck({}, plainly);
  expect([check.exists, await check.run()]).toEqual([false, undefined]);
});

test('many that ask together ask the sink once, and those that come later ask anew', async () => {
  let asked = 0;
  const sink = {
    async check() {
      asked += 1;
      throw new AdapterError('retry', 'timeout', `answer ${asked}`);
    },
  };
  const check = new SinkCheck(sink, plainly);
  const together = await Promise.all([check.run(), check.run(), check.run()]);
  expect(together.map((failure) => failure?.message)).toEqual(Array(3).fill('answer 1'));
  expect((await check.run())?.message).toBe('answer 2');
});

describe('the failure of a check that', () => {
  test.each<[string, FailureOutcome, FailureOutcome]>([
    ['refuses the sink is of the sink', 'reject_sink', 'reject_sink'],
    ['refuses an event is of the sink, for it carries none', 'reject_event', 'reject_sink'],
    ['asks to try again stays so', 'retry', 'retry'],
  ])('%s', async (_title, outcome, expected) => {
    const error = new AdapterError(outcome, 'rejected', 'no', { status: 403 });
    const failure = await new SinkCheck({ check: () => Promise.reject(error) }, plainly).run();
    expect(failure).toMatchObject({ outcome: expected, message: 'no', status: 403 });
  });

  test('throws what no adapter should is a failure, not a defect of the loop', async () => {
    const check = () => Promise.reject(new TypeError('x is undefined'));
    expect(await new SinkCheck({ check }, plainly).run()).toMatchObject({ outcome: 'retry' });
  });

  test('takes too long is a time-out', async () => {
    const deadlines = new Deadlines(20, () => undefined);
    const check = (signal: AbortSignal) =>
      new Promise<void>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
    const failure = await new SinkCheck({ check }, (call) => deadlines.within(call)).run();
    expect(failure).toMatchObject({ outcome: 'retry', reason: 'timeout' });
  });
});

test('the check is called as a method of its sink', async () => {
  class Real {
    #isUp = true;
    async check() {
      if (!this.#isUp) throw new Error('down');
    }
  }
  expect(await new SinkCheck(new Real(), plainly).run()).toBeUndefined();
});
