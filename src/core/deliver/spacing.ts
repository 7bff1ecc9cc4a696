// How long a delivery is not sent again that may already have arrived. Pure.

import { type FailureReason, unansweredReasons } from '../../kit/errors.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';

/**
 * Waits after the first, second … attempt that got no answer. Two repeats come soon, for the alarm
 * may not be there; after three that got no answer it is repeated rarely, for it most likely is.
 */
const unansweredWaitsMs = [5000, 60_000, 600_000] as const;
/**
 * How many attempts whose connection broke are repeated at the usual pace: unlike a time-out, which
 * the far end may take each time, a reset mostly says that nothing was done, and at a far end that
 * resets each fifth connection the next attempt mostly passes.
 */
const brokenMax = 4;
/** After as many attempts without an answer, a delivery is not hastened when the sink is back. */
export const unansweredMax = unansweredWaitsMs.length;

/** How long after its `unanswered`-th attempt without an answer a delivery is not sent again. */
export function unansweredWaitMs(unanswered: number): number {
  return unansweredWaitsMs[Math.min(unanswered, unansweredMax) - 1] ?? 0;
}

/** From here on a repetition costs more than what a shorter form leaves out; see `repeatWaitMs`. */
export const dearWaitMs = unansweredWaitMs(2);

/**
 * How much of a delivery's age its attempts without an answer are: the sum of the waits after them.
 */
export function unansweredAgeMs(unanswered: number): number {
  let sum = 0;
  for (let n = 1; n <= Math.min(unanswered, unansweredMax); n += 1) sum += unansweredWaitMs(n);
  return sum + Math.max(0, unanswered - unansweredMax) * unansweredWaitMs(unansweredMax);
}

/** What the spacing of repetitions goes by. */
export interface Repeated {
  /**
   * Failures in the form that the delivery has: less of it is another text, whose spacing begins
   * anew.
   */
  readonly inForm: number;
  /**
   * What got no answer before the sink was found to be the reason, and is well again: the spacing
   * begins anew.
   */
  readonly pardoned: number;
}

/**
 * For how long a delivery that just failed is not sent again in the form that it has, because it
 * may have arrived; 0 if it cannot have.
 */
export function repeatWaitMs(
  delivery: DueDelivery,
  reason: FailureReason,
  { inForm, pardoned }: Repeated,
): number {
  if (!unansweredReasons.includes(reason)) return 0;
  const inAll = Math.max(0, (delivery.unanswered ?? 0) - pardoned) + 1;
  const unanswered = delivery.form === 'full' ? inAll : Math.min(inAll, inForm);
  const spacedAs = reason === 'interrupted' ? unanswered - brokenMax : unanswered;
  return spacedAs > 0 ? unansweredWaitMs(spacedAs) : 0;
}
