// The rate limit of an origin: a token bucket that is told the time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Limiter } from '../../../src/core/deliver/limiter.ts';

test('it lets a burst through and then so many a second', () => {
  const limiter = new Limiter(10, 3, 0);
  expect([limiter.take(0), limiter.take(0), limiter.take(0), limiter.take(0)]).toEqual([
    0, 0, 0, 100,
  ]);
  expect(limiter.take(99)).toBeGreaterThan(0);
  expect(limiter.take(100)).toBe(0);
  expect(limiter.take(100)).toBe(100);
});

test('an hour of silence saves up one burst and no more', () => {
  const limiter = new Limiter(10, 3, 0);
  expect([1, 2, 3, 4].map(() => limiter.take(3_600_000) === 0)).toEqual([true, true, true, false]);
});

test('in no span of time more pass than the burst and the rate allow, and who waits as told gets through', () => {
  const perSeconds = fc.integer({ min: 1, max: 50 });
  const bursts = fc.integer({ min: 1, max: 20 });
  const gaps = fc.array(fc.oneof(fc.constant(0), fc.nat(50), fc.nat(2000)), {
    maxLength: 120,
    size: 'max',
  });
  fc.assert(
    fc.property(perSeconds, bursts, gaps, (perSecond, burst, gapsMs) => {
      const limiter = new Limiter(perSecond, burst, 0);
      const taken: number[] = [];
      let nowMs = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        const waitMs = limiter.take(nowMs);
        if (waitMs === 0) taken.push(nowMs);
        else if (gapMs % 2 === 1) {
          // A millisecond more than it said: sums of fractions may fall short by a hair.
          nowMs += waitMs + 1;
          expect(limiter.take(nowMs)).toBe(0);
          taken.push(nowMs);
        }
      }
      // For each span from one that passed to a later one: how many passed above what the burst and
      // the rate allow.
      const excesses = taken.flatMap((from, first) =>
        taken.slice(first).map((to, more) => more + 1 - burst - ((to - from) / 1000) * perSecond),
      );
      expect(Math.max(0, ...excesses)).toBeLessThan(1e-6);
    }),
  );
});

test('no limit is no limit', () => {
  const limiter = new Limiter(Number.POSITIVE_INFINITY, 1, 0);
  expect(Array.from({ length: 1000 }, () => limiter.take(0)).every((waitMs) => waitMs === 0)).toBe(
    true,
  );
});

test('a clock that goes back gives nothing away', () => {
  const limiter = new Limiter(10, 1, 1000);
  expect(limiter.take(1000)).toBe(0);
  expect(limiter.take(0)).toBeGreaterThan(0);
});

test('what the far end tells goes beside its own rate, and makes nothing faster', () => {
  const limiter = new Limiter(10, 3, 0);
  limiter.heed({ tokens: 1000, perSecond: 1000, forMs: 10_000 }, 0);
  expect([0, 0, 0, 0].map((now) => limiter.take(now))).toEqual([0, 0, 0, 100]);
  limiter.heed({ tokens: 0, perSecond: 2, forMs: 10_000 }, 1000);
  expect(limiter.take(1000)).toBe(500);
  expect(limiter.take(1500)).toBe(0);
  expect(limiter.take(1500)).toBe(500);
});

test('what the far end told is over when it said so, and what it tells later counts', () => {
  const limiter = new Limiter(Number.POSITIVE_INFINITY, 1, 0);
  limiter.heed({ tokens: 0, perSecond: 0.1, forMs: 3000 }, 0);
  expect(limiter.take(0)).toBe(3000);
  expect(limiter.take(3000)).toBe(0);
  limiter.heed({ tokens: 0, perSecond: 0.1, forMs: 60_000 }, 3000);
  limiter.heed({ tokens: 2, perSecond: 0.1, forMs: 60_000 }, 3100);
  expect([0, 0, 0].map(() => limiter.take(3100) === 0)).toEqual([true, true, false]);
});

test('what others go before leaves them the spare tokens, and never more than half of the burst', () => {
  const limiter = new Limiter(10, 20, 0);
  const taken = (spare: number) => {
    let count = 0;
    while (limiter.take(0, spare) === 0) count += 1;
    return count;
  };
  expect([taken(5), taken(3), taken(0)]).toEqual([15, 2, 3]);
  expect(limiter.take(0, 5)).toBe(600);
  const narrow = new Limiter(10, 4, 0);
  expect([narrow.take(0, 50), narrow.take(0, 50), narrow.take(0, 50)]).toEqual([0, 0, 100]);
  expect(new Limiter(1, 1, 0).take(0, 50)).toBe(0);
});
