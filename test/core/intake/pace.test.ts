// When a source is looked at again.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Drained } from '../../../src/core/intake/drain.ts';
import { nextWaitMs } from '../../../src/core/intake/pace.ts';

const facts = { random: 0.5 };

describe('the next look', () => {
  const failed = (
    reason: 'auth' | 'database' | 'rate_limited' | 'timeout',
    retryAfterMs?: number,
  ): Drained => ({
    events: 0,
    failure: { reason, message: '', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });

  test('comes within 5 s after new events, then doubles back to the interval', () => {
    let wait = nextWaitMs({
      ...facts,
      previousMs: 300_000,
      ...{ events: 3 },
      failures: 0,
      intervalMs: 300_000,
    });
    const waits = [wait];
    for (let n = 0; n < 7; n += 1) {
      wait = nextWaitMs({
        ...facts,
        previousMs: wait,
        ...{ events: 0 },
        failures: 0,
        intervalMs: 300_000,
      });
      waits.push(wait);
    }
    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  test('is never sooner than 5 s unless the interval is shorter, and never later than the interval', () => {
    const intervals = fc.integer({ min: 1, max: 86_400_000 });
    fc.assert(
      fc.property(intervals, fc.nat(100), fc.nat(400_000), (intervalMs, events, previousMs) => {
        const wait = nextWaitMs({
          ...facts,
          previousMs: previousMs,
          ...{ events },
          failures: 0,
          intervalMs: intervalMs,
        });
        expect(wait).toBeGreaterThanOrEqual(Math.min(5000, intervalMs));
        expect(wait).toBeLessThanOrEqual(intervalMs);
      }),
    );
  });

  test('after failures comes after 250 ms, then twice as long each time up to 30 s, whatever the interval is', () => {
    for (const intervalMs of [5000, 60_000, 900_000]) {
      const waits = [1, 2, 3, 7, 8, 40].map((count) =>
        nextWaitMs({
          ...facts,
          previousMs: 5000,
          ...failed('timeout'),
          failures: count,
          intervalMs: intervalMs,
        }),
      );
      expect(waits).toEqual([250, 500, 1000, 16_000, 30_000, 30_000]);
    }
  });

  test('after failures of our own database is a second away at most', () => {
    const waits = [1, 2, 3, 4, 5, 40].map((failures) =>
      nextWaitMs({
        ...facts,
        previousMs: 5000,
        ...failed('database'),
        failures: failures,
        intervalMs: 300_000,
      }),
    );
    expect(waits).toEqual([250, 500, 1000, 1000, 1000, 1000]);
  });

  test('with a refused credential comes once soon, and is a minute away at last', () => {
    for (const intervalMs of [5000, 300_000]) {
      const waits = [1, 2, 3, 40].map((failures) =>
        nextWaitMs({
          ...facts,
          previousMs: 0,
          ...failed('auth'),
          failures: failures,
          intervalMs: intervalMs,
        }),
      );
      expect(waits).toEqual([1000, 2000, 4000, 60_000]);
    }
  });

  test('obeys a Retry-After as it is given, however many failures there were, up to an hour', () => {
    expect(
      nextWaitMs({
        ...facts,
        previousMs: 0,
        ...failed('rate_limited', 90_000),
        failures: 1,
        intervalMs: 5000,
      }),
    ).toBe(90_000);
    expect(
      nextWaitMs({
        ...facts,
        previousMs: 0,
        ...failed('rate_limited', 2000),
        failures: 40,
        intervalMs: 5000,
      }),
    ).toBe(2000);
    expect(
      nextWaitMs({
        ...facts,
        previousMs: 0,
        ...failed('rate_limited', 9_999_999),
        failures: 1,
        intervalMs: 5000,
      }),
    ).toBe(3_600_000);
    expect(
      nextWaitMs({
        ...facts,
        previousMs: 0,
        ...failed('rate_limited', 0),
        failures: 40,
        intervalMs: 5000,
      }),
    ).toBe(250);
  });
});

test('a source that has a pace of its own is looked at when it wishes, and not without a pause', () => {
  const waits = [0, 250, 9000, 300_000, 9_000_000].map((wishedMs) =>
    nextWaitMs({ ...facts, previousMs: 5000, events: 2, wishedMs, failures: 0, intervalMs: 5000 }),
  );
  expect(waits).toEqual([250, 250, 9000, 300_000, 3_600_000]);
  const failure = { reason: 'timeout', message: '' } as const;
  const failed = { ...facts, previousMs: 5000, events: 0, failure, failures: 1, intervalMs: 5000 };
  expect(nextWaitMs({ ...failed, wishedMs: 60_000 })).toBeLessThan(1000);
});
