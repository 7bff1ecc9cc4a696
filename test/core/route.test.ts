// Routes, priorities, back-off and the limiter: the pure parts of deciding and waiting.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs, waitedMs } from '../../src/core/backoff.ts';
import type { EventDraft, Severity } from '../../src/core/event.ts';
import { createLimiter } from '../../src/core/limiter.ts';
import { nextWaitMs } from '../../src/core/poll.ts';
import { priorityOf, route } from '../../src/core/route.ts';

function draft(severity: Severity): EventDraft {
  return {
    externalId: '1',
    subject: 'event/1',
    stream: 'event',
    type: 'STATIC_ANALYSIS',
    severity,
    status: null,
    action: null,
    occurredAt: null,
    body: {},
    raw: '{}',
  };
}

describe('routes', () => {
  const high = { name: 'high', minSeverity: 4 as Severity, to: ['soc'] };

  test('an event below the threshold is suppressed with the reason, and no route matched it', () => {
    expect(route([high], 'events', draft(2))).toEqual({
      routes: [],
      decisions: [{ sink: 'soc', state: 'suppressed', reason: 'below_min_severity', priority: 3 }],
    });
  });

  test('an unknown severity passes every threshold', () => {
    expect(route([high], 'events', draft(0)).decisions[0]?.state).toBe('pending');
  });

  test('a sink that one route chooses and another suppresses gets the event once', () => {
    const all = { name: 'all', minSeverity: 1 as Severity, to: ['soc'] };
    for (const routes of [
      [high, all],
      [all, high],
    ]) {
      const { decisions } = route(routes, 'events', draft(2));
      expect(decisions).toEqual([{ sink: 'soc', state: 'pending', reason: null, priority: 3 }]);
    }
  });

  test('a route of other sources has no say', () => {
    expect(route([{ ...high, sources: ['other'] }], 'events', draft(5))).toEqual({ routes: [], decisions: [] });
  });

  test('critical goes before high, and unknown goes with high', () => {
    expect([5, 4, 0, 3, 2, 1].map((severity) => priorityOf(severity as Severity))).toEqual([0, 1, 1, 2, 3, 4]);
  });
});

describe('waiting', () => {
  test('a wait doubles from 1 s to 5 min, give or take a fifth', () => {
    expect([1, 2, 3, 9, 10, 1000].map((n) => backoffMs(n, 0.5))).toEqual([1000, 2000, 4000, 256_000, 300_000, 300_000]);
    expect(backoffMs(1, 0)).toBe(800);
    expect(backoffMs(1, 0.999_999)).toBeCloseTo(1200, 0);
  });

  test('the age of a delivery is the sum of its own waits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), (failures) => {
        let sum = 0;
        for (let n = 1; n <= failures; n += 1) sum += backoffMs(n, 0.5);
        expect(waitedMs(failures)).toBeCloseTo(sum, 3);
      }),
    );
  });

  test('after new events the next look comes within 5 s, then doubles back to the interval', () => {
    let wait = nextWaitMs(300_000, { events: 3 }, 0, 300_000, 0.5);
    const waits = [wait];
    for (let n = 0; n < 7; n += 1) {
      wait = nextWaitMs(wait, { events: 0 }, 0, 300_000, 0.5);
      waits.push(wait);
    }
    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });

  test('the next look is never sooner than 5 s unless the interval is shorter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 86_400 }),
        fc.integer({ min: 0, max: 100 }),
        fc.nat(400_000),
        (seconds, events, previous) => {
          const wait = nextWaitMs(previous, { events }, 0, seconds * 1000, 0.5);
          expect(wait).toBeGreaterThanOrEqual(Math.min(5000, seconds * 1000));
          expect(wait).toBeLessThanOrEqual(seconds * 1000);
        },
      ),
    );
  });

  test('a rejected credential is not tried again within a minute, and a Retry-After is obeyed up to an hour', () => {
    const auth = { events: 0, failure: { reason: 'auth' as const, message: '' } };
    expect(nextWaitMs(0, auth, 1, 5000, 0)).toBe(60_000);
    const limited = { events: 0, failure: { reason: 'rate_limited' as const, message: '', retryAfterMs: 9_999_999 } };
    expect(nextWaitMs(0, limited, 1, 5000, 0)).toBe(3_600_000);
  });
});

describe('the limiter', () => {
  test('it lets a burst through and then so many a second', () => {
    const limiter = createLimiter(10, 3, 0);
    expect([limiter.take(0), limiter.take(0), limiter.take(0), limiter.take(0)]).toEqual([0, 0, 0, 100]);
    expect(limiter.take(100)).toBe(0);
    expect(limiter.take(100)).toBe(100);
  });

  test('a clock that goes back gives nothing away', () => {
    const limiter = createLimiter(10, 1, 1000);
    expect(limiter.take(1000)).toBe(0);
    expect(limiter.take(0)).toBeGreaterThan(0);
  });
});
