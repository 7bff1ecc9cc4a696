// How long to wait after a failure, and how old a delivery is by its own waits.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  backoffMs,
  deliveryBackoff,
  pausedBackoff,
  sinkBackoff,
  sourceBackoff,
  waitedMs,
} from '../../../src/core/loops/backoff.ts';

test.each([
  ['a delivery', deliveryBackoff, [250, 500, 1000, 128_000, 256_000, 300_000]],
  ['a sink', sinkBackoff, [250, 500, 1000, 30_000, 30_000, 30_000]],
  ['a source', sourceBackoff, [250, 500, 1000, 30_000, 30_000, 30_000]],
  ['a paused sink', pausedBackoff, [1000, 2000, 4000, 30_000, 30_000, 30_000]],
])(
  'the wait of %s doubles from its first to its longest, give or take a fifth',
  (_of, limits, waits) => {
    expect([1, 2, 3, 10, 11, 1000].map((n) => backoffMs(n, 0.5, limits))).toEqual(waits);
    expect(backoffMs(1, 0, limits)).toBe(0.8 * limits.firstMs);
    expect(backoffMs(1, 0.999_999, limits)).toBeCloseTo(1.2 * limits.firstMs, 0);
  },
);

test('whatever the limits, no wait is shorter than four fifths of the first or longer than six fifths of the longest', () => {
  const limits = fc.tuple(
    fc.integer({ min: 1, max: 10_000 }),
    fc.integer({ min: 10_000, max: 1e9 }),
  );
  const failures = fc.integer({ min: 1, max: 100_000 });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(limits, failures, random, ([firstMs, maxMs], n, value) => {
      const wait = backoffMs(n, value, { firstMs, maxMs });
      expect(wait).toBeGreaterThanOrEqual(0.8 * firstMs);
      expect(wait).toBeLessThanOrEqual(1.2 * maxMs);
      const longest = maxMs * (0.8 + 0.4 * value);
      expect(backoffMs(n + 1, value, { firstMs, maxMs })).toBeCloseTo(
        Math.min(2 * wait, longest),
        3,
      );
    }),
  );
});

test('the age of a delivery is the sum of its own waits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), (failures) => {
      let sum = 0;
      for (let n = 1; n <= failures; n += 1) sum += backoffMs(n, 0.5, deliveryBackoff);
      expect(waitedMs(failures, deliveryBackoff)).toBeCloseTo(sum, 3);
    }),
  );
});
