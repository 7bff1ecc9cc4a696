// How long a delivery that may have arrived is not sent again. That the verdict keeps to it is
// tested with the verdict.
import { expect, test } from 'vitest';
import {
  dearWaitMs,
  repeatWaitMs,
  unansweredAgeMs,
  unansweredWaitMs,
} from '../../../src/core/deliver/spacing.ts';
import type { DueDelivery } from '../../../src/kit/records/delivery.ts';
import { storedEvent } from '../../support/events.ts';

const delivery = (form: DueDelivery['form'], unanswered?: number): DueDelivery => ({
  ...{ event: storedEvent(), priority: 1, attempts: 0, form, unanswered },
});

test.each([
  [0, 0, 0],
  [1, 5000, 5000],
  [2, 60_000, 65_000],
  [3, 600_000, 665_000],
  [5, 600_000, 1_865_000],
])(
  'after %i attempts without an answer the wait is %i ms, and they are %i ms of its age',
  (count, waitMs, ageMs) => {
    expect([unansweredWaitMs(count), unansweredAgeMs(count)]).toEqual([waitMs, ageMs]);
  },
);

test.each([
  ['timeout', 'full', 2, 1, 0, 600_000],
  ['timeout', 'full', 2, 1, 2, 5000],
  ['timeout', 'short', 2, 1, 0, 5000],
  ['timeout', 'bare', 2, 2, 0, 60_000],
  ['interrupted', 'full', 3, 4, 0, 0],
  ['interrupted', 'full', 4, 5, 0, 5000],
  ['rejected', 'full', 9, 9, 0, 0],
] as const)(
  'after a %s as a %s card, %i without an answer before it, %i in this form, %i pardoned: %i ms',
  (reason, form, unanswered, inForm, pardoned, waitMs) => {
    expect(repeatWaitMs(delivery(form, unanswered), reason, { inForm, pardoned })).toBe(waitMs);
  },
);

test('a repetition is dear from a minute on', () => {
  expect(dearWaitMs).toBe(60_000);
});
