// How many sends may be under way finds itself, against far ends that are only arithmetic: a fixed
// answer time, a queue, an outage.
import { describe, expect, test } from 'vitest';
import { Concurrency } from '../../../src/core/deliver/concurrency.ts';

/** Rounds of as many sends as are allowed, all answered after `answerMs` of their number. */
function run(
  concurrency: Concurrency,
  rounds: number,
  answerMs: (sends: number) => number,
  nowMs = 0,
): number {
  let now = nowMs;
  for (let round = 0; round < rounds; round += 1) {
    const sends = concurrency.limit();
    now += answerMs(sends);
    for (let n = 0; n < sends; n += 1) concurrency.settled(now, answerMs(sends), false, true);
  }
  return now;
}

const unlimited = Number.POSITIVE_INFINITY;
/** A rate that needs more than are allowed, however fast the answers. */
const fast = 20_000;

describe('the number of sends under way', () => {
  test('begins at 4, or at the most that is allowed', () => {
    expect(new Concurrency(64, unlimited).limit()).toBe(4);
    expect(new Concurrency(64, 10).limit()).toBe(4);
    expect(new Concurrency(2, unlimited).limit()).toBe(2);
  });

  test.each([
    ['10 a second, answers in 100 ms', 10, 100, 4],
    ['10 a second, answers in 400 ms', 10, 400, 8],
    ['100 a second, answers in 100 ms', 100, 100, 20],
    ['100 a second, answers in a second', 100, 1000, 64],
    ['10 a second, answers in ten seconds', 10, 10_000, 20],
    ['one a minute, answers in a second', 1 / 60, 1000, 4],
  ])('is what the rate needs, twice over, and no more: %s', (_of, perSecond, answerMs, most) => {
    const concurrency = new Concurrency(64, perSecond);
    run(concurrency, 50, () => answerMs);
    expect(concurrency.limit()).toBe(most);
  });

  test('is no greater because a far end froze for less than a minute', () => {
    const concurrency = new Concurrency(64, 10);
    const now = run(concurrency, 20, () => 100);
    run(concurrency, 1, () => 45_000, now);
    expect(concurrency.limit()).toBe(4);
  });

  test.each([
    ['answers come as fast as ever', () => 20],
    ['each of them waits for those before it', (sends: number) => sends * 0.25],
  ])('is the most that is allowed where no rate is set: %s', (_where, answerMs) => {
    const concurrency = new Concurrency(64, unlimited);
    concurrency.settled(1, 0.25, false, false);
    run(concurrency, 30, answerMs);
    expect(concurrency.limit()).toBe(64);
  });

  test('does not grow while fewer than allowed are wanted', () => {
    const concurrency = new Concurrency(64, unlimited);
    for (let n = 0; n < 1000; n += 1) concurrency.settled(n, 20, false, false);
    expect(concurrency.limit()).toBe(4);
  });

  test('stays where the far end answers one after the other, so that more would only wait there', () => {
    const concurrency = new Concurrency(64, fast);
    concurrency.settled(1, 10, false, false);
    run(concurrency, 50, (sends) => sends * 2.5);
    expect(concurrency.limit()).toBe(16);
  });

  test('comes back to 16 when a queue forms, and not below', () => {
    const concurrency = new Concurrency(64, fast);
    const now = run(concurrency, 30, () => 20);
    expect(concurrency.limit()).toBe(64);
    run(concurrency, 50, () => 200, now);
    expect(concurrency.limit()).toBe(16);
  });

  test('is halved by a failure, and once only by those that were under way with it', () => {
    const concurrency = new Concurrency(64, unlimited);
    run(concurrency, 30, () => 1);
    for (let n = 0; n < 64; n += 1) concurrency.settled(10_100 + n, 100, true, true);
    expect(concurrency.limit()).toBe(32);
    concurrency.settled(10_301, 100, true, true);
    expect(concurrency.limit()).toBe(16);
    for (let n = 0; n < 10; n += 1) concurrency.settled(11_000 + 200 * n, 100, true, false);
    expect(concurrency.limit()).toBe(1);
  });

  test('is back at 16 after a hundred answers or so', () => {
    const concurrency = new Concurrency(64, fast);
    for (let n = 0; n < 5; n += 1) concurrency.settled(1000 + 200 * n, 100, true, false);
    expect(concurrency.limit()).toBe(1);
    let answers = 0;
    for (; concurrency.limit() < 16; answers += 1)
      concurrency.settled(10_000 + answers, 50, false, true);
    expect(answers).toBeLessThan(100);
  });

  test('takes a slower way to the far end for the usual one after a minute', () => {
    const concurrency = new Concurrency(64, fast);
    const now = run(concurrency, 10, () => 5);
    const later = run(concurrency, 20, () => 60, now);
    expect(concurrency.limit()).toBe(16);
    run(concurrency, 30, () => 60, later + 60_000);
    expect(concurrency.limit()).toBe(64);
  });
});
