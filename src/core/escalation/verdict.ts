// What becomes of an incident whose next step may be due. Pure: the same facts give the same answer.
import type { IncidentState } from '../../kit/incident.ts';
import type { Moment } from '../rules/escalation.ts';

/** How much longer than a step says a message may be on its way before that is itself a reason. */
export const graceMs = 60_000;
/** How soon it is looked at again where a message waits for its group or its hours. */
const heldAgainMs = 60_000;
/**
 * What happens again after the last step makes that one again, and no sooner than this after it:
 * it may happen every second.
 */
export const againMinMs = 15 * 60_000;

/** What is known of an incident. Times are milliseconds since the epoch, by the database's clock. */
export interface EscalationFacts {
  readonly state: IncidentState;
  /** How many moments of its route have passed. */
  readonly step: number;
  /** When it happened last: at first, or again, or more severely. */
  readonly happenedAtMs: number;
  /** When it became open again after somebody had taken it; null: nobody had. */
  readonly reopenedAtMs: number | null;
  /** When its last step was made, by the time or by somebody; null: none was. */
  readonly escalatedAtMs: number | null;
  /** When its first message was delivered; null: none was. */
  readonly deliveredAtMs: number | null;
  /** None was, and each that is not yet delivered waits for its group or its hours. */
  readonly isHeld: boolean;
  readonly nowMs: number;
}

export type StepReason = 'unacknowledged' | 'undelivered';

export type StepVerdict =
  | { readonly kind: 'wait'; readonly untilMs: number }
  /** Nobody is told any more. */
  | { readonly kind: 'end'; readonly reason: 'taken' | 'too_old' | 'done' }
  | {
      readonly kind: 'make';
      /** Index of the moment. */
      readonly at: number;
      /** Moments that had passed before it and are left out: the service was down. */
      readonly skipped: number;
      readonly reason: StepReason;
      /** When the next moment comes; null: it was the last. */
      readonly nextAtMs: number | null;
    };

/** @param maxAgeMs an incident that happened longer ago pages nobody */
export function verdictOn(
  facts: EscalationFacts,
  moments: readonly Moment[],
  maxAgeMs: number,
): StepVerdict {
  const { state, step, happenedAtMs, nowMs } = facts;
  if (state !== 'open') return { kind: 'end', reason: 'taken' };
  if (step >= moments.length) return again(facts, moments);
  if (nowMs - happenedAtMs > maxAgeMs) return { kind: 'end', reason: 'too_old' };
  const isDelivered = wasDelivered(facts);
  if (!isDelivered && facts.isHeld) return { kind: 'wait', untilMs: nowMs + heldAgainMs };
  const startMs = startOf(facts);
  const timeOf = (index: number) => startMs + moments[index]!.atMs;
  let at = step;
  if (nowMs < timeOf(at)) return { kind: 'wait', untilMs: timeOf(at) };
  while (at + 1 < moments.length && nowMs >= timeOf(at + 1)) at += 1;
  return {
    kind: 'make',
    at,
    skipped: at - step,
    reason: reasonOf(facts),
    nextAtMs: at + 1 < moments.length ? timeOf(at + 1) : null,
  };
}

function wasDelivered({ deliveredAtMs }: EscalationFacts): boolean {
  return deliveredAtMs !== null;
}

function reasonOf(facts: EscalationFacts): StepReason {
  return wasDelivered(facts) ? 'unacknowledged' : 'undelivered';
}

/** Every step was made, nobody took it, and perhaps it happened again since. */
function again(facts: EscalationFacts, moments: readonly Moment[]): StepVerdict {
  const { happenedAtMs, deliveredAtMs, nowMs } = facts;
  const escalatedAtMs = Math.min(facts.escalatedAtMs ?? 0, nowMs);
  const toldAtMs = facts.escalatedAtMs === null ? (deliveredAtMs ?? 0) : escalatedAtMs;
  const last = moments.at(-1);
  if (last === undefined || happenedAtMs <= toldAtMs) return { kind: 'end', reason: 'done' };
  const gapMs = last.atMs - (moments.at(-2)?.atMs ?? 0);
  const untilMs = escalatedAtMs + Math.max(gapMs, againMinMs);
  if (nowMs < untilMs) return { kind: 'wait', untilMs };
  const at = moments.length - 1;
  return { kind: 'make', at, skipped: 0, reason: reasonOf(facts), nextAtMs: null };
}

/** A time that is yet to come was written before the clock went back. */
function startOf({ deliveredAtMs, happenedAtMs, reopenedAtMs, nowMs }: EscalationFacts): number {
  const startMs = deliveredAtMs ?? happenedAtMs + graceMs;
  return Math.min(Math.max(startMs, reopenedAtMs ?? 0), nowMs);
}
