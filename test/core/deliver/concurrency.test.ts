// How many sends may be under way finds itself, against far ends that are only arithmetic: a fixed answer time, a queue, an outage.
import { describe, expect, test } from 'vitest';
import { createConcurrency } from '../../../src/core/deliver/concurrency.ts';

type Concurrency = ReturnType<typeof createConcurrency>;

/** Rounds of as many sends as are allowed, all answered after `answerMs` of their number. */
function run(concurrency: Concurrency, rounds: number, answerMs: (sends: number) => number, nowMs = 0): number {
  let now = nowMs;
  for (let round = 0; round < rounds; round += 1) {
    const sends = concurrency.limit();
    now += answerMs(sends);
    for (let n = 0; n < sends; n += 1) concurrency.settled(now, answerMs(sends), false, true);
  }
  return now;
}

describe('the number of sends under way', () => {
  test('begins at 32, or at the most that is allowed', () => {
    expect(createConcurrency(128).limit()).toBe(32);
    expect(createConcurrency(4).limit()).toBe(4);
  });

  test('grows to the most that is allowed while answers come as fast as ever', () => {
    const concurrency = createConcurrency(128);
    run(concurrency, 20, () => 20);
    expect(concurrency.limit()).toBe(128);
  });

  test('does not grow while fewer than allowed are wanted', () => {
    const concurrency = createConcurrency(128);
    for (let n = 0; n < 1000; n += 1) concurrency.settled(n, 20, false, false);
    expect(concurrency.limit()).toBe(32);
  });

  test('stays where the far end answers one after the other, so that more would only wait there', () => {
    const concurrency = createConcurrency(128);
    concurrency.settled(1, 1, false, false);
    run(concurrency, 50, (sends) => sends * 0.25);
    expect(concurrency.limit()).toBe(32);
  });

  test('comes back to 32 when a queue forms, and not below', () => {
    const concurrency = createConcurrency(128);
    const now = run(concurrency, 20, () => 20);
    run(concurrency, 50, () => 200, now);
    expect(concurrency.limit()).toBe(32);
  });

  test('is halved by a failure, and once only by those that were under way with it', () => {
    const concurrency = createConcurrency(128);
    for (let n = 0; n < 32; n += 1) concurrency.settled(100 + n, 100, true, true);
    expect(concurrency.limit()).toBe(16);
    concurrency.settled(301, 100, true, true);
    expect(concurrency.limit()).toBe(8);
    for (let n = 0; n < 10; n += 1) concurrency.settled(1000 + 200 * n, 100, true, false);
    expect(concurrency.limit()).toBe(1);
  });

  test('is back at 32 after a hundred answers or so', () => {
    const concurrency = createConcurrency(128);
    for (let n = 0; n < 5; n += 1) concurrency.settled(1000 + 200 * n, 100, true, false);
    expect(concurrency.limit()).toBe(1);
    let answers = 0;
    for (; concurrency.limit() < 32; answers += 1) concurrency.settled(10_000 + answers, 50, false, true);
    expect(answers).toBeLessThan(150);
  });

  test('takes a slower way to the far end for the usual one after a minute', () => {
    const concurrency = createConcurrency(128);
    const now = run(concurrency, 2, () => 5);
    const before = concurrency.limit();
    const later = run(concurrency, 10, () => 60, now);
    expect(concurrency.limit()).toBeLessThanOrEqual(before);
    run(concurrency, 20, () => 60, later + 60_000);
    expect(concurrency.limit()).toBe(128);
  });
});
