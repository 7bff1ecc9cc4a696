// What becomes of a delivery whose attempt failed, and when a card says that it was held up.

import { describe, expect, test } from 'vitest';
import {
  defaultPolicy,
  failureFrom,
  heldUpOf,
  sentAs,
  spaced,
  tryAgain,
  unchanged,
  waitForSink,
} from '../../../src/core/deliver/policy.ts';
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

const repeated = (inForm: number, pardoned = 0) => ({ inForm, pardoned });

describe('a delivery that failed', () => {
  test('an error that is not an adapter’s counts as retry, unknown', () => {
    expect(failureFrom(new TypeError('x'))).toMatchObject({ outcome: 'retry', reason: 'unknown' });
    expect(failureFrom('thrown text')).toMatchObject({ outcome: 'retry', reason: 'unknown', message: 'thrown text' });
  });

  test('what an adapter’s error says is kept as it is', () => {
    const facts = { status: 429, retryAfterMs: 7000, answer: 'slow down' };
    const error = new AdapterError('retry', 'rate_limited', 'no', facts);
    expect(failureFrom(error)).toEqual({ outcome: 'retry', reason: 'rate_limited', message: 'no', ...facts });
  });

  test('one whose text is the reason goes out at once with less of it', () => {
    expect(sentAs(delivery({ attempts: 3 }), 'bare')).toEqual({
      attempts: 4,
      state: 'pending',
      delayMs: 0,
      form: 'bare',
    });
  });

  test('each further wait is twice as long, and the card stays as it was', () => {
    const verdicts = [0, 1, 2].map((attempts) => tryAgain(delivery({ attempts }), 0.5, defaultPolicy));
    expect(verdicts).toEqual(
      [1, 2, 3].map((attempts) => ({ attempts, state: 'pending', delayMs: 125 * 2 ** attempts, form: 'full' })),
    );
  });

  test('it is tried for 72 h of its own waits and then is dead', () => {
    expect(tryAgain(delivery({ attempts: 800 }), 0.5, defaultPolicy).state).toBe('pending');
    expect(tryAgain(delivery({ attempts: 900 }), 0.5, defaultPolicy).state).toBe('dead');
  });

  test('it waits no longer than its sink would while nothing passes, and what is more costs it nothing', () => {
    const verdicts = [0, 6, 7, 500].map((attempts) => waitForSink(delivery({ attempts }), 0.5, defaultPolicy));
    expect(verdicts.map(({ attempts, delayMs, state }) => [attempts, delayMs, state])).toEqual([
      [1, 250, 'pending'],
      [7, 16_000, 'pending'],
      [7, 30_000, 'pending'],
      [500, 30_000, 'pending'],
    ]);
  });

  test.each([
    ['timeout', undefined, 5000],
    ['interrupted', undefined, 0],
    ['interrupted', 3, 0],
    ['interrupted', 4, 5000],
    ['interrupted', 5, 60_000],
    ['interrupted', 50, 600_000],
    ['timeout', 1, 60_000],
    ['timeout', 2, 600_000],
    ['timeout', 3, 600_000],
    ['timeout', 50, 600_000],
    ['connection', 50, 0],
    ['server_error', undefined, 0],
  ] as const)(
    'after a %s, with %s before it that got no answer, it is not repeated for %s ms',
    (reason, unanswered, ms) => {
      const sent = delivery({ unanswered });
      expect(spaced(unchanged(sent), sent, reason, repeated(1)).delayMs).toBe(ms);
    },
  );

  test('less of it is another text: how often that failed counts, and no restart makes it more', () => {
    const short = delivery({ form: 'short', unanswered: 2 });
    expect(spaced(unchanged(short), short, 'timeout', repeated(1)).delayMs).toBe(5000);
    expect(spaced(unchanged(short), short, 'timeout', repeated(2)).delayMs).toBe(60_000);
    expect(spaced(unchanged(short), short, 'timeout', repeated(9)).delayMs).toBe(600_000);
  });

  test('what got no answer before the sink was found to be the reason does not count', () => {
    const sent = delivery({ unanswered: 2 });
    expect(spaced(unchanged(sent), sent, 'timeout', repeated(1, 2)).delayMs).toBe(5000);
    expect(spaced(unchanged(sent), sent, 'timeout', repeated(2, 1)).delayMs).toBe(60_000);
  });

  test('the time between repeats counts as age, and none that is longer is cut short', () => {
    expect(tryAgain(delivery({ attempts: 300, unanswered: 300 }), 0.5, defaultPolicy).state).toBe('dead');
    expect(tryAgain(delivery({ attempts: 250, unanswered: 250 }), 0.5, defaultPolicy).state).toBe('pending');
    const verdict = { attempts: 1, state: 'pending', delayMs: 9_000_000, form: 'full' } as const;
    expect(spaced(verdict, delivery({}), 'timeout', repeated(1)).delayMs).toBe(9_000_000);
  });

  test('what its sink did costs it nothing', () => {
    const short = delivery({ attempts: 3, form: 'short' });
    expect(unchanged(short)).toEqual({ attempts: 3, state: 'pending', delayMs: 0, form: 'short' });
  });
});

describe('a card that was held up', () => {
  const receivedAtMs = Date.parse(storedEvent().receivedAt);
  const well = { state: 'ok', recoveredAtMs: 0 } as const;
  const heldUpAfter = (ms: number, health: Parameters<typeof heldUpOf>[1] = well) =>
    heldUpOf(delivery(), health, receivedAtMs + ms, defaultPolicy);

  test('says so from five minutes on', () => {
    expect(heldUpAfter(299_999)).toEqual({});
    expect(heldUpAfter(300_000)).toEqual({ delayed: { seconds: 300, reason: 'backlog' } });
    expect(heldUpAfter(-5000)).toEqual({});
  });

  test('blames the sink if that is down, or was down since the event came, and else the backlog', () => {
    const reason = (health: Parameters<typeof heldUpOf>[1]) => heldUpAfter(7_200_000, health).delayed;
    expect(reason({ ...well, state: 'backing_off' })).toEqual({ seconds: 7200, reason: 'sink' });
    expect(reason({ ...well, recoveredAtMs: receivedAtMs + 7_000_000 })).toEqual({ seconds: 7200, reason: 'sink' });
    expect(reason({ ...well, recoveredAtMs: receivedAtMs - 1 })).toEqual({ seconds: 7200, reason: 'backlog' });
  });
});
