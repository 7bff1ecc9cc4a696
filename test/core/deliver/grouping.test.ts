// When a group is due, from its ages alone.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepOf } from '../../../src/core/deliver/grouping.ts';
import type { WaitingGroup } from '../../../src/kit/records/group.ts';

const policy = { by: [], waitMs: 30_000, intervalMs: 300_000, max: 100, cards: 0 };
const fresh = (more: Partial<WaitingGroup> = {}): WaitingGroup => ({
  key: 'g',
  waiting: 5,
  oldestMs: 0,
  sentMs: null,
  cards: 0,
  total: 0,
  ...more,
});
const digest = (count: number, isNew: boolean) => ({
  kind: 'digest',
  count,
  isNew,
  startsInterval: true,
});

describe('a group', () => {
  test('that is new waits from its first event on, and then goes out as one', () => {
    expect(stepOf(fresh(), policy)).toEqual({ kind: 'wait', ms: 30_000 });
    expect(stepOf(fresh({ oldestMs: 29_000 }), policy)).toEqual({ kind: 'wait', ms: 1000 });
    expect(stepOf(fresh({ oldestMs: 30_000 }), policy)).toEqual(digest(5, true));
  });

  test('of which something was sent waits for the end of its interval', () => {
    expect(stepOf(fresh({ oldestMs: 10_000, sentMs: 20_000, total: 3 }), policy)).toEqual({
      kind: 'wait',
      ms: 280_000,
    });
    expect(stepOf(fresh({ oldestMs: 250_000, sentMs: 300_000 }), policy)).toEqual(digest(5, false));
  });

  test('that had been quiet for its interval is a new one, and waits as one', () => {
    expect(stepOf(fresh({ oldestMs: 1000, sentMs: 301_001 }), policy)).toEqual({
      kind: 'wait',
      ms: 29_000,
    });
    expect(stepOf(fresh({ oldestMs: 40_000, sentMs: 400_000 }), policy)).toEqual(digest(5, true));
  });

  test('that is full does not wait', () => {
    expect(stepOf(fresh({ waiting: 100 }), policy)).toEqual(digest(100, true));
    expect(stepOf(fresh({ waiting: 100, sentMs: 5, oldestMs: 2 }), policy)).toEqual(
      digest(100, false),
    );
  });

  test('of one event is a card', () => {
    const step = stepOf(fresh({ waiting: 1, oldestMs: 30_000 }), policy);
    expect(step).toEqual({ kind: 'cards', count: 1, isNew: true, startsInterval: true });
  });

  test('whose route is gone goes out at once', () => {
    expect(stepOf(fresh(), undefined)).toEqual(digest(5, true));
  });
});

describe('with cards', () => {
  const throttle = { ...policy, waitMs: 0, cards: 3 };

  test('the first of an interval go out one by one, as they come', () => {
    expect(stepOf(fresh({ waiting: 2 }), throttle)).toEqual({
      kind: 'cards',
      count: 2,
      isNew: true,
      startsInterval: true,
    });
    const later = stepOf(fresh({ waiting: 5, oldestMs: 1, sentMs: 1000, cards: 2 }), throttle);
    expect(later).toEqual({ kind: 'cards', count: 1, isNew: false, startsInterval: false });
  });

  test('the others go out together at its end', () => {
    expect(stepOf(fresh({ oldestMs: 1, sentMs: 1000, cards: 3 }), throttle)).toEqual({
      kind: 'wait',
      ms: 299_000,
    });
    expect(stepOf(fresh({ oldestMs: 1, sentMs: 300_000, cards: 3 }), throttle)).toEqual(
      digest(5, false),
    );
  });
});

test('whatever the ages, nothing waits for longer than the wait or the interval, and never for no time', () => {
  const group = fc.record({
    waiting: fc.integer({ min: 1, max: 200 }),
    oldestMs: fc.integer({ min: 0, max: 1_000_000 }),
    sentMs: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
    cards: fc.integer({ min: 0, max: 5 }),
  });
  const policies = fc.record({
    cards: fc.integer({ min: 0, max: 5 }),
    waitMs: fc.constantFrom(0, 30_000),
  });
  fc.assert(
    fc.property(group, policies, (ages, more) => {
      const step = stepOf(fresh(ages), { ...policy, ...more });
      if (step.kind === 'wait') {
        expect(step.ms).toBeGreaterThan(0);
        expect(step.ms).toBeLessThanOrEqual(Math.max(more.waitMs, policy.intervalMs));
      } else expect(step.count).toBeGreaterThan(0);
    }),
  );
});
