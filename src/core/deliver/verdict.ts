// Who is to blame for a failed attempt, the sink or the delivery's own text, and what becomes of
// the delivery. Pure. A failure is judged by what contradicts it, not by the status that it came
// with; see docs/decisions/0006-when-an-event-is-poisonous.md.

import { type FailureOutcome, type FailureReason, unansweredReasons } from '../../kit/errors.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { MessageForm } from '../../kit/sink.ts';
import { backoffMs, waitedMs } from '../loops/backoff.ts';
import type { Suspicion } from './failure-record.ts';
import type { DeliveryPolicy } from './policy.ts';
import { repeatWaitMs, unansweredAgeMs } from './spacing.ts';

/** The facts about a failed attempt. */
export interface Facts {
  readonly outcome: FailureOutcome;
  readonly reason: FailureReason;
  readonly form: MessageForm;
  /** It stands for several events, which can go out without each other. */
  readonly isDigest: boolean;
  /** The sink's own check failed just now. */
  readonly hasCheckFailed: boolean;
  readonly suspicion: Suspicion;
  /** Another delivery passed a moment ago, if perhaps before this one failed for the first time. */
  readonly hasJustPassed: boolean;
  /** How often an attempt fails by the sink's own doing; from 0 to under 1. */
  readonly rate: number;
  /**
   * It may have arrived, so that it will not be sent again as it is for a minute or longer; and
   * others pass, or did lately.
   */
  readonly isRepeatDear: boolean;
  /** How many failures must speak against a text at the least, where the far end did not say no. */
  readonly poisonFailures: number;
}

/**
 * - `pause`: nothing passes, and the sink is the reason. Everything is kept.
 * - `again`: later, as it is; what that says about the sink is another question.
 * - `soon`: within a second, as it is: one failure more or less will tell.
 * - `short`, `bare`, `split`: its text is the reason; at once in that form, or the digest in parts.
 * - `wait`: not even a bare card passes, and others did, so its text is not the reason. Whole
 *   again, with growing waits.
 * - `dead`: the far end understands it, others pass each time that it has not, and it does not in
 *   any form.
 */
export type Judgement = 'pause' | 'again' | 'soon' | 'short' | 'bare' | 'split' | 'wait' | 'dead';

/**
 * How probable it may be that chance alone made a delivery fail so often, before it is sent
 * otherwise.
 */
const chances = { split: 1e-2, short: 1e-4, bare: 1e-8 } as const;
/** The same of the refusals of a bare card that were disproved, before it is dead. */
const deadChance = 1e-4;
/**
 * The same where others pass and one failure more costs a minute or ten, in which the alarm may be
 * on no screen.
 */
const dearChances = { split: 1, short: 1e-2, bare: 1e-4 } as const;
/**
 * The highest rate that is used: a sink that fails more often looks the same as one that is down.
 */
const rateMax = 0.9;
/** How many refusals of a bare card are enough. */
const bareRefusals = 2;
/**
 * How often a bare card that is refused is sent within a second each, for others to pass between.
 */
const bareTries = 5;

/** Failures in a row that chance makes with that probability at most. */
export function failuresNeeded(rate: number, chance: number): number {
  if (rate <= chance) return 1;
  // What floating point adds must not cost an attempt.
  return Math.ceil(Math.log(chance) / Math.log(Math.min(rate, rateMax)) - 1e-9);
}

export function judge(facts: Facts): Judgement {
  return facts.outcome === 'retry' ? judgeFailure(facts) : judgeRejection(facts);
}

function judgeRejection(facts: Facts): Judgement {
  const { reason, form, hasCheckFailed, suspicion } = facts;
  if (hasCheckFailed && !suspicion.isContradicted) return 'pause';
  if (form === 'bare') return judgeBareRejection(facts);
  // One that is too large is so each time; whatever else says no may have meant the moment.
  const first = reason === 'too_large' ? 1 : 2;
  return (
    nextForm(facts, { split: first, short: first, bare: first + 1 }, suspicion.failures) ?? 'soon'
  );
}

/**
 * There is no text in it: unless others pass, it is the sink. What passed before the refusal, or
 * was on its way, may have been before an outage; no outage is in two refusals of which each has a
 * whole attempt that passed behind it.
 */
function judgeBareRejection({ outcome, suspicion, hasJustPassed, rate }: Facts): Judgement {
  const { isContradicted, othersPassed, disprovedBare, inForm } = suspicion;
  if (!isContradicted && !othersPassed) return hasJustPassed ? 'soon' : 'pause';
  if (outcome === 'reject_sink') return isContradicted && inForm < bareRefusals ? 'soon' : 'wait';
  if (disprovedBare >= Math.max(bareRefusals, failuresNeeded(rate, deadChance))) return 'dead';
  return inForm < bareTries ? 'soon' : 'wait';
}

function judgeFailure(facts: Facts): Judgement {
  const { form, suspicion, poisonFailures } = facts;
  if (form === 'bare' || suspicion.evidence === 0) return 'again';
  const few = Math.min(2, poisonFailures);
  const next = nextForm(
    facts,
    { split: few, short: few, bare: poisonFailures },
    suspicion.evidence,
  );
  // How long what may have arrived waits for its repetition is not for the judge to say.
  const mayHaveArrived = unansweredReasons.includes(facts.reason);
  return next ?? (mayHaveArrived || suspicion.evidence < few ? 'again' : 'soon');
}

/** @param least failures that each step needs at the least @param failures those that count */
function nextForm(
  { form, isDigest, rate, isRepeatDear }: Facts,
  least: Readonly<Record<keyof typeof chances, number>>,
  failures: number,
): 'short' | 'bare' | 'split' | undefined {
  const step = isDigest ? 'split' : form === 'full' ? 'short' : 'bare';
  const chance = (isRepeatDear ? dearChances : chances)[step];
  return failures >= Math.max(least[step], failuresNeeded(rate, chance)) ? step : undefined;
}

/**
 * How soon a suspect is tried again that the far end answers: the sink works, and one more failure
 * decides.
 */
export const suspectMaxMs = 1000;

/** What to write about the delivery. */
export interface Verdict {
  readonly attempts: number;
  readonly state: 'pending' | 'dead';
  readonly delayMs: number;
  readonly form: MessageForm;
}

/** What a verdict goes by. */
export interface VerdictFacts {
  readonly judgement: Judgement;
  readonly reason: FailureReason;
  readonly delivery: DueDelivery;
  readonly suspicion: Pick<Suspicion, 'inForm' | 'pardoned' | 'othersPassedSince'>;
  /**
   * The delivery's count of attempts before it first failed here; undefined if that is not known.
   */
  readonly attemptsBefore?: number | undefined;
  /** The sink is thought to be down. */
  readonly isDown: boolean;
  /** In [0, 1), for the jitter of waits. */
  readonly random: number;
  readonly policy: DeliveryPolicy;
}

/** What becomes of the delivery. What may have arrived is not sent again too soon as it is. */
export function verdictOf(facts: VerdictFacts): Verdict {
  const { delivery, reason, suspicion } = facts;
  const next = nextTry(facts);
  // Its text is the reason, so it did not arrive; it is sent otherwise twice at the most.
  if (next.state === 'dead' || next.form !== delivery.form) return next;
  return { ...next, delayMs: Math.max(next.delayMs, repeatWaitMs(delivery, reason, suspicion)) };
}

function nextTry({
  judgement,
  delivery,
  suspicion,
  attemptsBefore,
  isDown,
  random,
  policy,
}: VerdictFacts): Verdict {
  switch (judgement) {
    case 'pause':
      return {
        ...unchanged(delivery),
        attempts: attemptsBefore ?? delivery.attempts,
        form: 'full',
      };
    case 'soon': {
      const limits = { ...policy.backoff, maxMs: Math.min(suspectMaxMs, policy.backoff.maxMs) };
      return { ...counted(delivery), delayMs: backoffMs(suspicion.inForm, random, limits) };
    }
    case 'short':
    case 'bare':
      // At once.
      return { ...counted(delivery), form: judgement };
    case 'dead':
      return { ...counted(delivery), state: 'dead' };
    case 'wait':
      return { ...tryAgain(delivery, random, policy), form: 'full' };
    default:
      if (isDown && judgement === 'again') return unchanged(delivery);
      return (suspicion.othersPassedSince ? tryAgain : waitForSink)(delivery, random, policy);
  }
}

/** The failure was the sink's, not the delivery's: nothing changes, it stays due. */
export function unchanged({ attempts, form }: DueDelivery): Verdict {
  return { attempts, state: 'pending', delayMs: 0, form };
}

/** The attempt counts, and it stays due as it is. */
function counted(delivery: DueDelivery): Verdict {
  return { ...unchanged(delivery), attempts: delivery.attempts + 1 };
}

/** The delivery failed on its own account and will be tried again as it is, until it is too old. */
function tryAgain(delivery: DueDelivery, random: number, policy: DeliveryPolicy): Verdict {
  const attempts = delivery.attempts + 1;
  const ageMs = waitedMs(attempts, policy.backoff) + unansweredAgeMs(delivery.unanswered ?? 0);
  const state = ageMs > policy.maxAgeMs ? 'dead' : 'pending';
  return {
    attempts,
    state,
    delayMs: backoffMs(attempts, random, policy.backoff),
    form: delivery.form,
  };
}

/**
 * Nothing passed since, so the sink may be why, and then it waits no longer than a sink does; what
 * is more than that does not count as age.
 */
function waitForSink(delivery: DueDelivery, random: number, policy: DeliveryPolicy): Verdict {
  const verdict = tryAgain(delivery, random, policy);
  const delayMs = backoffMs(verdict.attempts, random, policy.sinkBackoff);
  return verdict.delayMs <= delayMs ? verdict : { ...unchanged(delivery), delayMs };
}
