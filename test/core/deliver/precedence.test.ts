// How long a delivery waits for others under way: more urgent ones, and in a small burst the one
// before it.
import { describe, expect, test } from 'vitest';
import { InFlight } from '../../../src/core/deliver/in-flight.ts';
import { orderMaxMs, Precedence, precedenceMaxMs } from '../../../src/core/deliver/precedence.ts';

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
  return { asked, precedence: new Precedence({ urgentSinceMs, idleMs: () => 0 }) };
}

/** Sends at work: how many waited, and how much of the time, if each takes `answerMs`. */
function run(
  precedence: Precedence,
  inFlight: InFlight,
  { arrivals, answerMs }: { readonly arrivals: readonly number[]; readonly answerMs: number },
): { readonly overlaps: number; readonly waitedMs: number } {
  let [overlaps, waitedMs, next] = [0, 0, 0];
  const ends = new Map<number, number>();
  for (let nowMs = arrivals[0]!; next < arrivals.length; nowMs += 1) {
    for (const [id, atMs] of ends) {
      if (atMs > nowMs) continue;
      inFlight.end(id, nowMs);
      ends.delete(id);
    }
    const waiting = arrivals.filter((atMs, at) => at >= next && atMs <= nowMs).length;
    if (waiting === 0) continue;
    if (precedence.waitMs(nowMs, waiting, 2) > 0) waitedMs += 1;
    else {
      if (inFlight.count() > 0) overlaps += 1;
      inFlight.begin(next, nowMs, 2);
      ends.set(next, nowMs + answerMs);
      next += 1;
    }
  }
  for (const [id, atMs] of ends) inFlight.end(id, atMs);
  return { overlaps, waitedMs };
}

function atWork() {
  const inFlight = new InFlight();
  return { inFlight, precedence: new Precedence(inFlight) };
}

const together = (count: number, atMs = 1000) => Array.from({ length: count }, () => atMs);
const every = (ms: number, count: number, fromMs = 1000) =>
  Array.from({ length: count }, (_, n) => fromMs + n * ms);

test('nobody waits where nothing more urgent is under way', () => {
  const { precedence, asked } = setUp(() => undefined);
  expect(precedence.waitMs(5, 0, 3)).toBe(0);
  expect(asked).toEqual([3, 4]);
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

describe('what is as urgent', () => {
  test('goes out one after the other in a small burst', () => {
    const { inFlight, precedence } = atWork();
    const burst = { arrivals: together(9), answerMs: 100 };
    expect(run(precedence, inFlight, burst).overlaps).toBe(0);
  });

  test('waits for an answer only so long, and for all of a burst at most a second', () => {
    const { inFlight, precedence } = atWork();
    inFlight.begin(99, 1000, 2);
    expect(precedence.waitMs(1000, 9, 2)).toBe(orderMaxMs);
    expect(precedence.waitMs(1000 + orderMaxMs, 9, 2)).toBe(0);
    const slow = atWork();
    const { waitedMs } = run(slow.precedence, slow.inFlight, {
      arrivals: together(15),
      answerMs: 5000,
    });
    expect(waitedMs).toBeLessThanOrEqual(1000);
  });

  test('does not wait in a large burst, not even at its end', () => {
    const { inFlight, precedence } = atWork();
    const burst = { arrivals: together(40), answerMs: 100 };
    expect(run(precedence, inFlight, burst).waitedMs).toBe(0);
  });

  test('does not wait where a steady load leaves no time in between', () => {
    const { inFlight, precedence } = atWork();
    run(precedence, inFlight, { arrivals: together(15), answerMs: 100 });
    const load = { arrivals: every(50, 400, 10_000), answerMs: 200 };
    const { waitedMs } = run(precedence, inFlight, load);
    expect(waitedMs / (400 * 50)).toBeLessThan(0.06);
  });

  test('is ordered again after a quiet time', () => {
    const { inFlight, precedence } = atWork();
    run(precedence, inFlight, { arrivals: together(40), answerMs: 100 });
    const burst = { arrivals: together(9, 20_000), answerMs: 100 };
    expect(run(precedence, inFlight, burst).overlaps).toBe(0);
  });

  test('does not wait for one that failed before', () => {
    const { inFlight, precedence } = atWork();
    inFlight.begin(1, 1000);
    expect(precedence.waitMs(1000, 2, 2)).toBe(0);
  });
});
