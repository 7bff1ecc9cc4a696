// How long the less urgent waits for the more urgent that is under way.
import { expect, test } from 'vitest';
import { Precedence, precedenceMaxMs } from '../../../src/core/deliver/precedence.ts';

/**
 * @param since tells when the newest that is more urgent began, whoever asks; undefined: there is
 * none
 */
function setUp(since: () => number | undefined) {
  const asked: number[] = [];
  const urgentSinceMs = (priority: number) => {
    asked.push(priority);
    return since();
  };
  return { asked, precedence: new Precedence({ urgentSinceMs }) };
}

test('nobody waits where nothing more urgent is under way', () => {
  const { precedence, asked } = setUp(() => undefined);
  expect(precedence.waitMs(5, 0, 3)).toBe(0);
  expect(asked).toEqual([3]);
});

test('nobody waits where so many do that the pace is worth more than their order, nor is it looked for', () => {
  const { precedence, asked } = setUp(() => 100);
  expect(precedence.waitMs(100, 101, 3)).toBe(0);
  expect(asked).toEqual([]);
  expect(precedence.waitMs(100, 100, 3)).toBe(precedenceMaxMs);
});

test('it ends with the send that is waited for, and at last a second after its beginning', () => {
  let sinceMs: number | undefined = 100;
  const { precedence } = setUp(() => sinceMs);
  expect(precedence.waitMs(100, 0, 3)).toBe(precedenceMaxMs);
  expect(precedence.waitMs(300, 0, 3)).toBe(precedenceMaxMs - 200);
  sinceMs = undefined;
  expect(precedence.waitMs(350, 0, 3)).toBe(0);
  sinceMs = 100;
  expect(precedence.waitMs(1100, 0, 3)).toBe(0);
});

test('each severity of a burst waits for the one before it, also where answers are slow', () => {
  let sinceMs = 0;
  const { precedence } = setUp(() => sinceMs);
  const waits = [0, 500, 1000, 1500].map((beganMs) => {
    sinceMs = beganMs;
    return precedence.waitMs(beganMs + 1, 0, 3) > 0;
  });
  expect(waits).toEqual([true, true, true, true]);
});

test('where urgent ones never cease, waiting takes about a tenth of the time', () => {
  let nowMs = 0;
  // Another urgent one begins each 200 ms and takes 250 ms.
  const { precedence } = setUp(() => nowMs - (nowMs % 200));
  const totalMs = 300_000;
  let waitedMs = 0;
  for (; nowMs < totalMs; nowMs += 10) if (precedence.waitMs(nowMs, 0, 3) > 0) waitedMs += 10;
  expect(waitedMs / totalMs).toBeGreaterThan(0.05);
  expect(waitedMs / totalMs).toBeLessThan(0.13);
});
