// What becomes of a delivery whose attempt failed. Pure. The outcomes themselves are named by adapters through kit/http.

import { AdapterError, type FailureOutcome, type FailureReason, unansweredReasons } from '../../kit/errors.ts';
import type { Quota } from '../../kit/quota.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { SinkStateName } from '../../kit/records/sink-state.ts';
import type { Message, MessageForm } from '../../kit/sink.ts';
import {
  type BackoffLimits,
  backoffMs,
  deliveryBackoff,
  pausedBackoff,
  sinkBackoff,
  waitedMs,
} from '../loops/backoff.ts';
import type { StormPolicy } from './storm.ts';

export interface DeliveryPolicy {
  /** How long one `send` may take. */
  readonly sendTimeoutMs: number;
  /** No send starts unless the lease outlasts this, or the send's time-out if that is less; with the lease every send ends. */
  readonly leaseLeftMs: number;
  /** How long a stop waits for what is in flight. */
  readonly drainMs: number;
  /** Sends of one sink at the same time, at most; how many it is finds itself. */
  readonly concurrency: number;
  /** Between the attempts of one delivery. */
  readonly backoff: BackoffLimits;
  /** Between the probes of a sink that is down. */
  readonly sinkBackoff: BackoffLimits;
  /** Between the probes of a paused sink. */
  readonly pausedBackoff: BackoffLimits;
  /** A delivery is dead once it has waited this long on its own account; see `waitedMs`. */
  readonly maxAgeMs: number;
  /** So many deliveries in a row that failed, with no success in between, mean that the sink is down. */
  readonly outageFailures: number;
  /** So many failures of one delivery without a no, each contradicted, must there be before its text counts as the reason. */
  readonly poisonFailures: number;
  /** Longest wait that a far end may ask for. */
  readonly retryAfterMaxMs: number;
  /** A card held up for longer than this says so. */
  readonly delayedMs: number;
  /** How old the memory's picture of what is due may become. */
  readonly rereadMs: number;
  /** When too much is due at once; undefined: never. */
  readonly storm?: StormPolicy | undefined;
}

export const defaultPolicy: DeliveryPolicy = {
  sendTimeoutMs: 30_000,
  leaseLeftMs: 10_000,
  drainMs: 20_000,
  concurrency: 64,
  backoff: deliveryBackoff,
  sinkBackoff,
  pausedBackoff,
  maxAgeMs: 72 * 3_600_000,
  outageFailures: 5,
  poisonFailures: 4,
  retryAfterMaxMs: 3_600_000,
  delayedMs: 300_000,
  rereadMs: 1000,
};

/** A failed attempt, in words that the log, the metrics and the database share. */
export interface Failure {
  readonly outcome: FailureOutcome;
  readonly reason: FailureReason;
  readonly status: number | null;
  readonly retryAfterMs: number | undefined;
  readonly quota?: Quota | undefined;
  readonly answer: string | null;
  readonly message: string;
}

/** Anything but an AdapterError is a fault of ours: tried again, as `unknown`. */
export function failureFrom(error: unknown): Failure {
  if (error instanceof AdapterError) {
    const { outcome, reason, status, retryAfterMs, quota, answer, message } = error;
    return { outcome, reason, status: status ?? null, retryAfterMs, quota, answer: answer ?? null, message };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { outcome: 'retry', reason: 'unknown', status: null, retryAfterMs: undefined, answer: null, message };
}

/** A card that was held up for long says so, and why: its sink was down meanwhile, or there was too much before it. */
export function heldUpOf(
  { event }: DueDelivery,
  health: { readonly state: SinkStateName; readonly recoveredAtMs: number },
  nowMs: number,
  policy: DeliveryPolicy,
): Pick<Message, 'delayed'> {
  const receivedAtMs = Date.parse(event.receivedAt);
  const heldUpMs = nowMs - receivedAtMs;
  if (heldUpMs < policy.delayedMs) return {};
  const wasDown = health.state !== 'ok' || health.recoveredAtMs > receivedAtMs;
  return { delayed: { seconds: Math.round(heldUpMs / 1000), reason: wasDown ? 'sink' : 'backlog' } };
}

/**
 * Waits after the first, second … attempt that got no answer. Two repeats come soon, for the alarm may not be there; after three that
 * got no answer it is repeated rarely, for it most likely is.
 */
const unansweredWaitsMs = [5000, 60_000, 600_000] as const;
/**
 * So many attempts whose connection broke are repeated at the usual pace: unlike a time-out, which the far end may take each time, a reset
 * mostly says that nothing was done, and at a far end that resets each fifth connection the next attempt mostly passes.
 */
const brokenMax = 4;
/** As many attempts without an answer are not hastened when the sink is back. */
export const unansweredMax = unansweredWaitsMs.length;

/** How long after its `unanswered`-th attempt without an answer a delivery is not sent again. */
export function unansweredWaitMs(unanswered: number): number {
  return unansweredWaitsMs[Math.min(unanswered, unansweredMax) - 1] ?? 0;
}

function unansweredAgeMs(unanswered: number): number {
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
export function repeatWaitMs(delivery: DueDelivery, reason: FailureReason, { inForm, pardoned }: Repeated): number {
  if (!unansweredReasons.includes(reason)) return 0;
  const inAll = Math.max(0, (delivery.unanswered ?? 0) - pardoned) + 1;
  const unanswered = delivery.form === 'full' ? inAll : Math.min(inAll, inForm);
  const spacedAs = reason === 'interrupted' ? unanswered - brokenMax : unanswered;
  return spacedAs > 0 ? unansweredWaitMs(spacedAs) : 0;
}

/** From here on a repetition costs more than what a shorter form leaves out; see `repeatWaitMs`. */
export const dearWaitMs = unansweredWaitMs(2);

/** Its verdict, and no repetition too soon if this attempt may have arrived. */
export function spaced(verdict: Verdict, delivery: DueDelivery, reason: FailureReason, repeated: Repeated): Verdict {
  // Its text is the reason, so it did not arrive; it is sent otherwise twice at the most.
  if (verdict.state === 'dead' || verdict.form !== delivery.form) return verdict;
  return { ...verdict, delayMs: Math.max(verdict.delayMs, repeatWaitMs(delivery, reason, repeated)) };
}

/** What to write about the delivery. */
export interface Verdict {
  readonly attempts: number;
  readonly state: 'pending' | 'dead';
  readonly delayMs: number;
  readonly form: MessageForm;
}

/** The failure was the sink's, not the delivery's: nothing changes, it stays due. */
export function unchanged(delivery: DueDelivery): Verdict {
  return { attempts: delivery.attempts, state: 'pending', delayMs: 0, form: delivery.form };
}

/**
 * Nothing passed since, so the sink may be why, and then it waits no longer than a sink does; what is more than that does not count as age.
 */
export function waitForSink(delivery: DueDelivery, random: number, policy: DeliveryPolicy): Verdict {
  const verdict = tryAgain(delivery, random, policy);
  const delayMs = backoffMs(verdict.attempts, random, policy.sinkBackoff);
  return verdict.delayMs <= delayMs ? verdict : { ...unchanged(delivery), delayMs };
}

/** The delivery failed on its own account and will be tried again as it is, until it is too old. */
export function tryAgain(delivery: DueDelivery, random: number, policy: DeliveryPolicy): Verdict {
  const attempts = delivery.attempts + 1;
  const ageMs = waitedMs(attempts, policy.backoff) + unansweredAgeMs(delivery.unanswered ?? 0);
  const state = ageMs > policy.maxAgeMs ? 'dead' : 'pending';
  return { attempts, state, delayMs: backoffMs(attempts, random, policy.backoff), form: delivery.form };
}

/** Its text is the reason why it failed: at once with less of it. */
export function sentAs(delivery: DueDelivery, form: MessageForm): Verdict {
  return { attempts: delivery.attempts + 1, state: 'pending', delayMs: 0, form };
}
