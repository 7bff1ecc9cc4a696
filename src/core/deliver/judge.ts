// What becomes of a delivery that failed, and of its sink: gathers what contradicts the failure, asks the sink's own check where nothing
// else can tell, has verdict.ts judge, and does what it says.

import { unansweredReasons } from '../../kit/errors.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { Sink } from '../../kit/sink.ts';
import { backoffMs } from '../loops/backoff.ts';
import type { Failing, Suspicion } from './failing.ts';
import type { Health, Transition } from './health.ts';
import {
  type DeliveryPolicy,
  dearWaitMs,
  type Failure,
  failureFrom,
  repeatWaitMs,
  sentAs,
  spaced,
  tryAgain,
  unchanged,
  type Verdict,
  waitForSink,
} from './policy.ts';
import { type Judgement, judge } from './verdict.ts';
import type { Deadlines } from './within.ts';

/** A suspect that the far end answers is tried again within this time: the sink is well, and one failure more will tell. */
const suspectMaxMs = 1000;
/** A text that hung while others passed gets no more than this again: its slot is for others. */
export const suspectTimeoutMs = 5000;
/**
 * While something passed within this time, a sink is not paused for one delivery that it refuses in
 * each form.
 */
const justPassedMs = 2000;
/**
 * The same for a delivery that gets no answer: two whole time-outs and the wait between are less.
 */
const passedLatelyMs = 120_000;
/** Sends that began together end together, a little before their time. */
const nearly = 0.99;

export interface JudgeDependencies {
  readonly sink: Sink;
  readonly policy: DeliveryPolicy;
  readonly random: () => number;
  readonly failing: Failing;
  readonly within: Deadlines['within'];
  tell(transition: Transition | undefined, detail?: string): void;
}

/** What an attempt was. */
export interface Attempt {
  readonly isProbe: boolean;
  /** The sink was paused, and its check passed before the probe. */
  readonly isAfterPause: boolean;
  /** See `Failing.mark`. */
  readonly mark: number;
  readonly durationMs: number;
}

export interface Judged {
  /** The delivery's failure, or that of the check, where it tells more. */
  readonly failure: Failure;
  readonly judgement: Judgement;
  readonly verdict: Verdict;
  /** What says that the sink is well; null if nothing does. */
  readonly contradictedBy: 'others' | 'check' | null;
}

interface Case {
  readonly health: Health;
  readonly eventId: number;
  readonly failure: Failure;
  readonly judgement: Judgement;
  readonly attempt: Attempt;
  readonly suspicion: Suspicion;
  /** The sink's own check passed right after it. */
  readonly hasPassed: boolean;
}

export interface Judge {
  /** The sink's own check; undefined if it passes, or there is none. Never rejects. */
  check(): Promise<Failure | undefined>;
  /** What becomes of a delivery that failed. Changes the sink's health. Never rejects. */
  failed(health: Health, delivery: DueDelivery, failure: Failure, attempt: Attempt): Promise<Judged>;
  /** A delivery passed just now. */
  passed(): void;
  /** The sink was paused for what few deliveries met, while its check passed: one that has not been tried may prove otherwise. */
  mayBeContested(): boolean;
}

function isAsking({ retryAfterMs, reason }: Failure): boolean {
  return retryAfterMs !== undefined || reason === 'rate_limited';
}

export function createJudge({ sink, policy, random, failing, within, tell }: JudgeDependencies): Judge {
  let checking: Promise<Failure | undefined> | undefined;
  let isContestable = false;
  let passedAtMs = Number.NEGATIVE_INFINITY;
  const hangsMs = Math.min(suspectTimeoutMs, policy.sendTimeoutMs) * nearly;

  async function runCheck(): Promise<Failure | undefined> {
    try {
      if (sink.check) await within((signal) => sink.check!(signal));
      return undefined;
    } catch (error) {
      const failure = failureFrom(error);
      // The check carries no event: what refuses it refuses every one, as a proxy before the sink would.
      return failure.outcome === 'reject_event' ? { ...failure, outcome: 'reject_sink' } : failure;
    } finally {
      checking = undefined;
    }
  }

  /** Many that fail together ask once. */
  function check(): Promise<Failure | undefined> {
    checking ??= runCheck();
    return checking;
  }

  /** Neighbours that pass tell enough; of a single failure without an answer, the next one tells more. */
  function needsCheck(failure: Failure, { isContradicted, failures }: Suspicion, isHeeded: boolean): boolean {
    if (sink.check === undefined || isContradicted) return false;
    return failure.outcome !== 'retry' || (failures > 1 && isHeeded);
  }

  /**
   * Asks while the delivery waits: its slot is free meanwhile, and the next failure will not be the
   * first that something contradicts.
   */
  async function askMeanwhile(eventId: number): Promise<void> {
    if ((await check()) === undefined) failing.checkPassed(eventId);
  }

  /** The far end asks for time because of this text alone: others passed since it last did. */
  function isItsOwn(failure: Failure, delivery: DueDelivery, suspicion: Suspicion): boolean {
    // As `blame` has it: of one that is suspected already it says nothing about the sink.
    if (failure.reason !== 'rate_limited') return suspicion.othersPassedSince || suspicion.evidence >= 2;
    // A rate limit is of the sink, until chance no longer explains that it meets the same one each time.
    if (!suspicion.othersPassedSince) return false;
    const judgement = judgementOf(failure, delivery, suspicion, false);
    return suspicion.evidence > policy.poisonFailures && judgement !== 'again' && judgement !== 'soon';
  }

  function judgementOf(
    { outcome, reason }: Failure,
    delivery: DueDelivery,
    suspicion: Suspicion,
    hasCheckFailed: boolean,
  ): Judgement {
    const passedAgoMs = performance.now() - passedAtMs;
    // Where only the check passes, the way of all posts may be frozen.
    const doOthersPass = suspicion.othersPassed || passedAgoMs < passedLatelyMs;
    return judge({
      outcome,
      reason,
      form: delivery.form,
      isDigest: delivery.event.body.digest !== undefined,
      isRepeatDear: doOthersPass && repeatWaitMs(delivery, reason, suspicion) >= dearWaitMs,
      hasCheckFailed,
      suspicion,
      hasJustPassed: passedAgoMs < justPassedMs,
      rate: failing.rate(outcome === 'retry'),
      poisonFailures: policy.poisonFailures,
    });
  }

  function verdictOf(judgement: Judgement, delivery: DueDelivery, suspicion: Suspicion, isDown: boolean): Verdict {
    const { inForm, othersPassedSince } = suspicion;
    const { event, form } = delivery;
    const attempts = delivery.attempts + 1;
    switch (judgement) {
      case 'pause':
        return {
          ...unchanged(delivery),
          attempts: failing.attemptsBefore(event.id) ?? delivery.attempts,
          form: 'full',
        };
      case 'soon': {
        const limits = { ...policy.backoff, maxMs: Math.min(suspectMaxMs, policy.backoff.maxMs) };
        return { attempts, state: 'pending', delayMs: backoffMs(inForm, random(), limits), form };
      }
      case 'short':
      case 'bare':
        return sentAs(delivery, judgement);
      case 'dead':
        return { attempts, state: 'dead', delayMs: 0, form };
      case 'wait':
        return { ...tryAgain(delivery, random(), policy), form: 'full' };
      default:
        if (isDown && judgement === 'again') return unchanged(delivery);
        return (othersPassedSince ? tryAgain : waitForSink)(delivery, random(), policy);
    }
  }

  /** What the failure says about the sink. */
  function blame({ health, eventId, failure, judgement, attempt, suspicion, hasPassed }: Case): void {
    const nowMs = performance.now();
    const isRefused = failure.outcome !== 'retry';
    if (judgement === 'pause') {
      isContestable = failing.count() < policy.outageFailures;
      failing.acquit('all');
      tell(health.pause(failure.reason, nowMs), failure.message);
    } else if (health.state === 'ok') {
      // Of one that is suspected already it says nothing about the sink.
      if (!suspicion.isWatched && !suspicion.othersPassedSince && suspicion.evidence < 2) {
        tell(health.failed(eventId, nowMs, failure.outcome, failure.reason));
      }
    } else if (attempt.isProbe && attempt.isAfterPause && isRefused) {
      // Its check passes, and whoever held the role before may have paused it for the same few.
      isContestable = failing.count() < policy.outageFailures;
      tell(health.pause(failure.reason, nowMs), failure.message);
    } else if (attempt.isProbe) {
      tell(health.backOff(failure.reason, undefined, nowMs));
      // The far end answers, and whether this text or everything is refused shows once it is tried
      // in each form.
      if (isRefused && hasPassed) health.probeWithin(suspectMaxMs, nowMs);
    }
  }

  return {
    check,
    passed() {
      passedAtMs = performance.now();
    },
    mayBeContested: () => isContestable && failing.count() < policy.outageFailures,
    async failed(health, delivery, answered, attempt) {
      const { event, form, attempts } = delivery;
      const isUnanswered = unansweredReasons.includes(answered.reason);
      const isHanging = isUnanswered && attempt.durationMs >= hangsMs;
      const isRefused = answered.outcome !== 'retry';
      const { mark } = attempt;
      const { unanswered = 0 } = delivery;
      const tried = { eventId: event.id, form, mark, attempts, unanswered, isHanging, isRefused };
      const suspicion = failing.failed(tried);
      if (isAsking(answered) && !(health.state === 'ok' && isItsOwn(answered, delivery, suspicion))) {
        const nowMs = performance.now();
        tell(health.backOff(answered.reason, answered.retryAfterMs, nowMs, attempt.isProbe));
        return { failure: answered, judgement: 'again', contradictedBy: null, verdict: unchanged(delivery) };
      }
      const isHeeded = health.state === 'ok' || attempt.isProbe;
      const isAsked = needsCheck(answered, suspicion, isHeeded);
      const checkFailure = isAsked ? await check() : undefined;
      if (isHanging && isHeeded && !isAsked && !suspicion.isContradicted && sink.check) void askMeanwhile(event.id);
      const hasPassed = isAsked && checkFailure === undefined;
      const evidence = hasPassed ? failing.checkPassed(event.id) : suspicion.evidence;
      const failure = answered.outcome === 'reject_event' ? (checkFailure ?? answered) : answered;
      const weighed = { ...suspicion, evidence };
      const judgement = judgementOf(failure, delivery, weighed, checkFailure !== undefined);
      const isDown = health.state !== 'ok';
      const verdict = spaced(verdictOf(judgement, delivery, suspicion, isDown), delivery, failure.reason, suspicion);
      if (judgement === 'wait') failing.restart(event.id);
      blame({ health, eventId: event.id, failure, judgement, attempt, suspicion: weighed, hasPassed });
      const contradictedBy = suspicion.isContradicted ? 'others' : hasPassed ? 'check' : null;
      return { failure, judgement, verdict, contradictedBy };
    },
  };
}
