// When a sink is ok, backs off, is paused; what becomes of a delivery that failed.
import { describe, expect, test } from 'vitest';
import { createHealth } from '../../../src/core/deliver/health.ts';
import { afterRejection, defaultPolicy, failureFrom, tryAgain, unchanged } from '../../../src/core/deliver/policy.ts';
import { AdapterError } from '../../../src/core/errors.ts';
import type { DueDelivery } from '../../../src/core/store/deliveries.ts';
import { storedEvent } from '../../support/events.ts';

const clock = { now: () => 1_000_000, random: () => 0.5 };
const delivery = (more: Partial<DueDelivery> = {}): DueDelivery => ({
  event: storedEvent(),
  priority: 1,
  attempts: 0,
  form: 'full',
  ...more,
});

describe('the health of a sink', () => {
  test('five deliveries in a row that fail make it back off, and one that fails five times does not', () => {
    const alone = createHealth(defaultPolicy, undefined, clock);
    for (let n = 0; n < 5; n += 1) expect(alone.failed(7, 0)).toBeUndefined();
    const many = createHealth(defaultPolicy, undefined, clock);
    expect([1, 2, 3, 4].map((id) => many.failed(id, 0))).toEqual([undefined, undefined, undefined, undefined]);
    expect(many.failed(5, 0)).toMatchObject({ from: 'ok', to: 'backing_off' });
    expect(many.gate(500)).toEqual({ kind: 'wait', ms: 500 });
    expect(many.gate(1000)).toEqual({ kind: 'probe', isPaused: false });
    expect(many.lastFailedId).toBe(5);
  });

  test('a success in between starts the count anew', () => {
    const health = createHealth(defaultPolicy, undefined, clock);
    for (const id of [1, 2, 3, 4]) health.failed(id, 0);
    health.delivered();
    for (const id of [5, 6, 7, 8]) expect(health.failed(id, 0)).toBeUndefined();
  });

  test('each failed probe doubles the wait, and a success ends it', () => {
    const health = createHealth(defaultPolicy, undefined, clock);
    for (const id of [1, 2, 3, 4, 5]) health.failed(id, 0);
    health.backOff(6, 'timeout', undefined, 1000);
    expect(health.gate(1000)).toEqual({ kind: 'wait', ms: 2000 });
    health.backOff(7, 'timeout', undefined, 3000);
    expect(health.gate(3000)).toEqual({ kind: 'wait', ms: 4000 });
    expect(health.delivered()).toMatchObject({ from: 'backing_off', to: 'ok' });
    expect(health.gate(3000)).toEqual({ kind: 'go' });
  });

  test('a wait that the far end asks for is obeyed, up to an hour', () => {
    const health = createHealth(defaultPolicy, undefined, clock);
    health.backOff(undefined, 'rate_limited', 17_000, 0);
    expect(health.gate(0)).toEqual({ kind: 'wait', ms: 17_000 });
    const greedy = createHealth(defaultPolicy, undefined, clock);
    greedy.backOff(undefined, 'rate_limited', 9e9, 0);
    expect(greedy.gate(0)).toEqual({ kind: 'wait', ms: 3_600_000 });
  });

  test('a paused sink is looked at once a minute, and goes on where the last holder left it', () => {
    const health = createHealth(defaultPolicy, { state: 'paused', reason: 'auth', sinceMs: 5 }, clock);
    expect(health.gate(0)).toEqual({ kind: 'probe', isPaused: true });
    expect(health.pause('auth', 0)).toBeUndefined();
    expect(health.gate(0)).toEqual({ kind: 'wait', ms: 60_000 });
    expect(health.checkPassed(60_000)).toMatchObject({ to: 'backing_off' });
    expect(health.delivered()).toMatchObject({ to: 'ok', fromSinceMs: 5 });
  });
});

describe('a delivery that failed', () => {
  test('an error that is not an adapter’s counts as retry, unknown', () => {
    expect(failureFrom(new TypeError('x'))).toMatchObject({ outcome: 'retry', reason: 'unknown' });
    expect(failureFrom(new AdapterError('reject_sink', 'auth', 'no'))).toMatchObject({
      outcome: 'reject_sink',
      reason: 'auth',
    });
  });

  test('a rejected card becomes bare, a bare one dies; one too large is shortened first', () => {
    expect(afterRejection(delivery(), 'rejected')).toMatchObject({ state: 'pending', form: 'bare' });
    expect(afterRejection(delivery({ form: 'bare' }), 'rejected')).toMatchObject({ state: 'dead' });
    expect(afterRejection(delivery(), 'too_large')).toMatchObject({ state: 'pending', form: 'short' });
    expect(afterRejection(delivery({ form: 'short' }), 'too_large')).toMatchObject({ state: 'pending', form: 'bare' });
  });

  test('it is tried for 72 h of its own waits and then is dead', () => {
    expect(tryAgain(delivery({ attempts: 800 }), false, 0.5, defaultPolicy).state).toBe('pending');
    expect(tryAgain(delivery({ attempts: 900 }), false, 0.5, defaultPolicy).state).toBe('dead');
  });

  test('a poisonous one goes bare at once, and what its sink did costs it nothing', () => {
    expect(tryAgain(delivery({ attempts: 3 }), true, 0.5, defaultPolicy)).toMatchObject({
      form: 'bare',
      delayMs: 0,
      attempts: 4,
    });
    expect(unchanged(delivery({ attempts: 3 }))).toEqual({ attempts: 3, state: 'pending', delayMs: 0, form: 'full' });
  });
});
