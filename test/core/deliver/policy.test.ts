// What is said of an attempt that failed, and when a card says that it was held up.

import { describe, expect, test } from 'vitest';
import { defaultPolicy, failureFrom, latenessOf } from '../../../src/core/deliver/policy.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { DueDelivery } from '../../../src/kit/records/delivery.ts';
import { storedEvent } from '../../support/events.ts';

const delivery = (more: Partial<DueDelivery> = {}): DueDelivery => ({
  event: storedEvent(),
  priority: 1,
  attempts: 0,
  form: 'full',
  ...more,
});

describe('a failed attempt', () => {
  test('an error that is not an adapter’s counts as retry, unknown', () => {
    expect(failureFrom(new TypeError('x'))).toMatchObject({ outcome: 'retry', reason: 'unknown' });
    expect(failureFrom('thrown text')).toMatchObject({
      outcome: 'retry',
      reason: 'unknown',
      message: 'thrown text',
    });
  });

  test('what an adapter’s error says is kept as it is', () => {
    const facts = { status: 429, retryAfterMs: 7000, answer: 'slow down' };
    const error = new AdapterError('retry', 'rate_limited', 'no', facts);
    expect(failureFrom(error)).toEqual({
      outcome: 'retry',
      reason: 'rate_limited',
      message: 'no',
      ...facts,
    });
  });
});

describe('a card that comes late', () => {
  const receivedAtMs = Date.parse(storedEvent().receivedAt);
  const well = { state: 'ok', recoveredAtMs: 0, restedAtMs: 0 } as const;
  const latenessAfter = (ms: number, health: Parameters<typeof latenessOf>[1] = well) =>
    latenessOf(delivery(), health, receivedAtMs + ms, defaultPolicy);

  test('says so from five minutes on', () => {
    expect(latenessAfter(299_999)).toEqual({});
    expect(latenessAfter(300_000)).toEqual({ delayed: { seconds: 300, reason: 'backlog' } });
    expect(latenessAfter(-5000)).toEqual({});
  });

  test('was held by its route: it says so from a minute on, and is late only by what came after', () => {
    const heldFor = (heldMs: number, laterMs: number, by: 'group' | 'storm' = 'group') => {
      const held = { by, untilMs: receivedAtMs + heldMs };
      const due = delivery({ held, route: 'night' });
      const recovered = { ...well, recoveredAtMs: receivedAtMs + 1000 };
      return latenessOf(due, recovered, receivedAtMs + heldMs + laterMs, defaultPolicy);
    };
    expect(heldFor(59_999, 1000)).toEqual({});
    const held = { by: 'group', seconds: 900, route: 'night' };
    expect(heldFor(900_000, 1000)).toEqual({ held });
    expect(heldFor(900_000, 600_000)).toEqual({
      held,
      delayed: { seconds: 600, reason: 'backlog' },
    });
    expect(heldFor(2000, 0, 'storm')).toEqual({ held: { by: 'storm' } });
  });

  test('blames the pause of an operator if that came last', () => {
    const [early, late] = [receivedAtMs + 1000, receivedAtMs + 2000];
    const reason = (more: Partial<typeof well>) => latenessAfter(7_200_000, { ...well, ...more });
    const by = (why: string) => ({ delayed: { seconds: 7200, reason: why } });
    expect(reason({ restedAtMs: late } as never)).toEqual(by('pause'));
    expect(reason({ restedAtMs: late, recoveredAtMs: early } as never)).toEqual(by('pause'));
    expect(reason({ restedAtMs: early, recoveredAtMs: late } as never)).toEqual(by('sink'));
    expect(reason({ restedAtMs: receivedAtMs - 1 } as never)).toEqual(by('backlog'));
  });

  test('blames the sink if that is down, or was down since the event came, and else the backlog', () => {
    const reason = (health: Parameters<typeof latenessOf>[1]) =>
      latenessAfter(7_200_000, health).delayed;
    expect(reason({ ...well, state: 'backing_off' })).toEqual({ seconds: 7200, reason: 'sink' });
    expect(reason({ ...well, recoveredAtMs: receivedAtMs + 7_000_000 })).toEqual({
      seconds: 7200,
      reason: 'sink',
    });
    expect(reason({ ...well, recoveredAtMs: receivedAtMs - 1 })).toEqual({
      seconds: 7200,
      reason: 'backlog',
    });
  });
});
