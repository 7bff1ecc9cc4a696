// An address is kept out after many failures, for the time that the database says.
import { expect, test } from 'vitest';
import { Attempts } from '../../../src/http/identity/attempts.ts';

function setUp() {
  const state = { nowMs: 0, count: 0, asked: 0 };
  const attempts = new Attempts({
    now: () => state.nowMs,
    async noteFailure() {
      state.asked += 1;
      state.count += 1;
      return { count: state.count, secondsLeft: 200 };
    },
  });
  return { attempts, state };
}

const useUpTries = (attempts: Attempts) =>
  Array.from({ length: 20 }, (_, n) => attempts.mayTry(`guess ${n}`));

test('the eleventh failure keeps it out until the time is over', async () => {
  const { attempts, state } = setUp();
  for (let n = 0; n < 10; n += 1) expect(await attempts.fail('a')).toBeNull();
  expect(attempts.secondsLeft('a')).toBeNull();
  expect(await attempts.fail('a')).toBe(200);
  state.nowMs = 1500;
  expect(attempts.secondsLeft('a')).toBe(199);
  expect(attempts.secondsLeft('b')).toBeNull();
  state.nowMs = 200_000;
  expect(attempts.secondsLeft('a')).toBeNull();
});

test('remembers tokens that worked, and bounds what it remembers', async () => {
  const { attempts, state } = setUp();
  attempts.succeed('first');
  for (let n = 0; n < 9999; n += 1) attempts.succeed(`t${n}`);
  useUpTries(attempts);
  expect(attempts.mayTry('first')).toBe(true);
  attempts.succeed('more');
  expect([attempts.mayTry('first'), attempts.mayTry('t0')]).toEqual([false, true]);
  state.count = 100;
  for (let n = 0; n < 10_001; n += 1) await attempts.fail(`a${n}`);
  expect(attempts.secondsLeft('a0')).toBeNull();
  expect(attempts.secondsLeft('a1')).toBe(200);
});

test('of tokens that nobody knows, a few a second are tried', () => {
  const { attempts, state } = setUp();
  expect(useUpTries(attempts)).toEqual(Array(20).fill(true));
  expect(attempts.mayTry('one more')).toBe(false);
  state.nowMs = 1000;
  expect(attempts.mayTry('one more')).toBe(true);
});
