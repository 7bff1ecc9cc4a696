// The numbers of the delivery policy, and the words for failed attempts and delayed cards. Pure.
// Adapters name the outcomes themselves, through kit/http.

import { AdapterError, type FailureOutcome, type FailureReason } from '../../kit/errors.ts';
import type { Quota } from '../../kit/quota.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { DueEdit } from '../../kit/records/edit.ts';
import type { SinkStateName } from '../../kit/records/sink-state.ts';
import {
  type BackoffLimits,
  deliveryBackoff,
  pausedBackoff,
  sinkBackoff,
} from '../loops/backoff.ts';
import type { Circumstances, HeldCard } from '../message/index.ts';
import type { StormPolicy } from './storm.ts';

export interface DeliveryPolicy {
  /** How long one `send` may take. */
  readonly sendTimeoutMs: number;
  /**
   * No send starts unless the lease outlasts this, or the send's time-out if that is less; with the
   * lease every send ends.
   */
  readonly leaseLeftMs: number;
  /** How long a stop waits for what is in flight. */
  readonly drainMs: number;
  /** Sends of one sink at the same time, at most; see `Concurrency`. */
  readonly concurrency: number;
  /** Between the attempts of one delivery. */
  readonly backoff: BackoffLimits;
  /** Between the probes of a sink that is down. */
  readonly sinkBackoff: BackoffLimits;
  /** Between the probes of a paused sink. */
  readonly pausedBackoff: BackoffLimits;
  /** A delivery is dead once it has waited this long on its own account; see `waitedMs`. */
  readonly maxAgeMs: number;
  /**
   * How many deliveries in a row must fail, with no success in between, for the sink to be down.
   */
  readonly outageFailures: number;
  /**
   * How often one delivery must fail without being refused, each time contradicted, before its text
   * counts as the reason.
   */
  readonly poisonFailures: number;
  /** Longest wait that a far end may ask for. */
  readonly retryAfterMaxMs: number;
  /** A card that its route held for at least this long says so. */
  readonly heldMs: number;
  /** A card that is late by at least this much, beyond what held it on purpose, says so. */
  readonly delayedMs: number;
  /** How long deliveries that were read stay valid in memory. */
  readonly rereadMs: number;
  /** When a storm begins; undefined: never. */
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
  heldMs: 60_000,
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
    return {
      outcome,
      reason,
      status: status ?? null,
      retryAfterMs,
      quota,
      answer: answer ?? null,
      message,
    };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    outcome: 'retry',
    reason: 'unknown',
    status: null,
    retryAfterMs: undefined,
    answer: null,
    message,
  };
}

/**
 * For a card that comes late: what held it, if that was on purpose; and if it took long after that,
 * how long, and whether an operator had paused its sink, it was down, or too much was sent before.
 */
export function latenessOf(
  delivery: DueDelivery,
  health: LatenessFacts,
  nowMs: number,
  policy: DeliveryPolicy,
): Pick<Circumstances, 'held' | 'delayed'> {
  const receivedAtMs = Date.parse(delivery.event.receivedAt);
  const held = heldCardOf(delivery, receivedAtMs, policy);
  const dueAtMs = delivery.held?.untilMs ?? receivedAtMs;
  const delayedMs = nowMs - dueAtMs;
  if (delayedMs < policy.delayedMs) return held === undefined ? {} : { held };
  return {
    held,
    delayed: { seconds: Math.round(delayedMs / 1000), reason: whyLate(health, dueAtMs) },
  };
}

/** What the health of a sink says. */
interface LatenessFacts {
  readonly state: SinkStateName;
  readonly recoveredAtMs: number;
  readonly restedAtMs: number;
}

function whyLate({ state, recoveredAtMs, restedAtMs }: LatenessFacts, dueAtMs: number) {
  if (restedAtMs > Math.max(dueAtMs, recoveredAtMs)) return 'pause';
  return state !== 'ok' || recoveredAtMs > dueAtMs ? 'sink' : 'backlog';
}

/**
 * What the first card said of its delivery, for an edit of it. Why it was late is not kept, and is
 * no longer of use.
 */
export function remarksOf(
  posted: Pick<DueEdit, 'event' | 'postedAt' | 'unanswered' | 'held' | 'route'>,
  policy: DeliveryPolicy,
): Pick<Circumstances, 'held' | 'wasLateSeconds' | 'mayBeRepeated'> {
  const receivedAtMs = Date.parse(posted.event.receivedAt);
  const held = heldCardOf(posted, receivedAtMs, policy);
  const lateMs = Date.parse(posted.postedAt) - (posted.held?.untilMs ?? receivedAtMs);
  return {
    ...(held !== undefined && { held }),
    ...(lateMs >= policy.delayedMs && { wasLateSeconds: Math.round(lateMs / 1000) }),
    ...(posted.unanswered !== undefined && { mayBeRepeated: true }),
  };
}

function heldCardOf(
  { held, route }: Pick<DueDelivery, 'held' | 'route'>,
  receivedAtMs: number,
  { heldMs }: DeliveryPolicy,
): HeldCard | undefined {
  if (held === undefined) return undefined;
  if (held.by === 'storm') return { by: 'storm' };
  const ms = held.untilMs - receivedAtMs;
  return ms < heldMs ? undefined : { by: 'group', seconds: Math.round(ms / 1000), route };
}
