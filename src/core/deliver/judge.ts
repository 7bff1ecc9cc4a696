// Judges a failed delivery and its sink: collects what contradicts the failure, runs the sink's own
// check where nothing else can decide, asks verdict.ts, and applies the verdict.

import { unansweredReasons } from '../../kit/errors.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { Failing } from './failing.ts';
import type { Suspicion } from './failure-record.ts';
import type { Health, Transition } from './health.ts';
import type { DeliveryPolicy, Failure } from './policy.ts';
import type { SinkCheck } from './sink-check.ts';
import { dearWaitMs, repeatWaitMs } from './spacing.ts';
import {
  type Judgement,
  judge,
  suspectMaxMs,
  unchanged,
  type Verdict,
  verdictOf,
} from './verdict.ts';

/** The time for a text that hung while others passed: others need its slot. */
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
  readonly check: SinkCheck;
  readonly policy: DeliveryPolicy;
  readonly random: () => number;
  readonly failing: Failing;
  /** Called for each change of the sink's state. @param detail what went wrong, in words */
  changed(transition: Transition | undefined, detail?: string): void;
}

/** The circumstances of an attempt. */
export interface Attempt {
  readonly isProbe: boolean;
  /** The sink was paused, and its check passed before the probe. */
  readonly isAfterPause: boolean;
  /** See `Failing.mark`. */
  readonly mark: number;
  readonly durationMs: number;
}

/** An attempt of a delivery that failed. */
export interface Failed extends Attempt {
  readonly delivery: DueDelivery;
  readonly failure: Failure;
}

/** What was found. */
export interface Judged {
  /** The delivery's failure, or that of the check, where it tells more. */
  readonly failure: Failure;
  readonly judgement: Judgement;
  readonly verdict: Verdict;
  /** What shows that the sink works; null if nothing does. */
  readonly contradictedBy: 'others' | 'check' | null;
}

/** Everything that decides whether the sink is to blame. */
interface Case {
  readonly failed: Failed;
  readonly failure: Failure;
  readonly judgement: Judgement;
  readonly suspicion: Suspicion;
  /** The sink's own check passed right after it. */
  readonly hasPassed: boolean;
}

/** The sink failed, and nothing counts against the delivery. */
export function notItsFault(delivery: DueDelivery, failure: Failure): Judged {
  return { failure, judgement: 'again', verdict: unchanged(delivery), contradictedBy: null };
}

function isAsking({ retryAfterMs, reason }: Failure): boolean {
  return retryAfterMs !== undefined || reason === 'rate_limited';
}

export class Judge {
  readonly #deps: JudgeDependencies;
  readonly #hangsMs: number;
  #isContestable = false;
  #passedAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: JudgeDependencies) {
    this.#deps = deps;
    this.#hangsMs = Math.min(suspectTimeoutMs, deps.policy.sendTimeoutMs) * nearly;
  }

  /** A delivery passed just now. */
  passed(): void {
    this.#passedAtMs = performance.now();
  }

  /**
   * The sink was paused because of few deliveries, while its check passed: a delivery that was not
   * tried yet may show that it works.
   */
  mayBeContested(): boolean {
    return this.#isContestable && this.#areFew();
  }

  /** What becomes of a delivery that failed. Changes the sink's health. Never rejects. */
  async failed(health: Health, failed: Failed): Promise<Judged> {
    const { delivery, failure: answered } = failed;
    const suspicion = this.#suspicionOf(failed);
    if (isAsking(answered) && !(health.state === 'ok' && this.#isItsOwn(failed, suspicion))) {
      const { retryAfterMs, reason } = answered;
      this.#deps.changed(health.backOff(reason, retryAfterMs, performance.now(), failed.isProbe));
      return notItsFault(delivery, answered);
    }
    const isHeeded = health.state === 'ok' || failed.isProbe;
    const isAsked = this.#needsCheck(answered, suspicion, isHeeded);
    const checkFailure = isAsked ? await this.#deps.check.run() : undefined;
    const hasPassed = isAsked && checkFailure === undefined;
    if (isHeeded && !isAsked) this.#askMeanwhile(failed, suspicion);
    const evidence = hasPassed
      ? this.#deps.failing.checkPassed(delivery.event.id)
      : suspicion.evidence;
    const failure = answered.outcome === 'reject_event' ? (checkFailure ?? answered) : answered;
    const weighed = { ...suspicion, evidence };
    const judgement = this.#judgementOf(failure, delivery, weighed, checkFailure !== undefined);
    const verdict = this.#verdictOf(health, { failed, failure, judgement, suspicion, hasPassed });
    if (judgement === 'wait') this.#deps.failing.restart(delivery.event.id);
    this.#blame(health, { failed, failure, judgement, suspicion: weighed, hasPassed });
    const contradictedBy = suspicion.isContradicted ? 'others' : hasPassed ? 'check' : null;
    return { failure, judgement, verdict, contradictedBy };
  }

  /** Too few deliveries failed to call the sink down. */
  #areFew(): boolean {
    return this.#deps.failing.count() < this.#deps.policy.outageFailures;
  }

  #isHanging({ failure, durationMs }: Failed): boolean {
    return unansweredReasons.includes(failure.reason) && durationMs >= this.#hangsMs;
  }

  #suspicionOf(failed: Failed): Suspicion {
    const { delivery, failure, mark } = failed;
    const { event, form, attempts, unanswered = 0 } = delivery;
    const isHanging = this.#isHanging(failed);
    const isRefused = failure.outcome !== 'retry';
    return this.#deps.failing.failed({
      eventId: event.id,
      form,
      mark,
      attempts,
      unanswered,
      isHanging,
      isRefused,
    });
  }

  /** The far end asks for time because of this text alone: others passed since it last did. */
  #isItsOwn({ failure, delivery }: Failed, suspicion: Suspicion): boolean {
    // As in `#blame`: the failure of a suspect says nothing about the sink.
    if (failure.reason !== 'rate_limited')
      return suspicion.othersPassedSince || suspicion.evidence >= 2;
    // A rate limit belongs to the sink until chance no longer explains that this delivery meets it
    // each time.
    if (!suspicion.othersPassedSince) return false;
    const judgement = this.#judgementOf(failure, delivery, suspicion, false);
    return (
      suspicion.evidence > this.#deps.policy.poisonFailures &&
      judgement !== 'again' &&
      judgement !== 'soon'
    );
  }

  /**
   * No check is needed where other deliveries pass, or after a first failure without an answer: the
   * next attempt shows more.
   */
  #needsCheck(
    failure: Failure,
    { isContradicted, failures }: Suspicion,
    isHeeded: boolean,
  ): boolean {
    if (!this.#deps.check.exists || isContradicted) return false;
    return failure.outcome !== 'retry' || (failures > 1 && isHeeded);
  }

  /**
   * Runs the check while a delivery that hung waits: its slot is free meanwhile, and the next
   * failure will already have evidence.
   */
  #askMeanwhile(failed: Failed, { isContradicted }: Suspicion): void {
    if (!this.#deps.check.exists || isContradicted || !this.#isHanging(failed)) return;
    void this.#deps.check.run().then((failure) => {
      if (failure === undefined) this.#deps.failing.checkPassed(failed.delivery.event.id);
    });
  }

  #judgementOf(
    { outcome, reason }: Failure,
    delivery: DueDelivery,
    suspicion: Suspicion,
    hasCheckFailed: boolean,
  ): Judgement {
    const { policy, failing } = this.#deps;
    const passedAgoMs = performance.now() - this.#passedAtMs;
    // If only the check passes, all posts may be frozen.
    const doOthersPass = suspicion.othersPassed || passedAgoMs < passedLatelyMs;
    const isRepeatDear = doOthersPass && repeatWaitMs(delivery, reason, suspicion) >= dearWaitMs;
    const isCareful = outcome === 'retry';
    return judge({
      outcome,
      reason,
      form: delivery.form,
      isDigest: delivery.event.body.digest !== undefined,
      isRepeatDear,
      hasCheckFailed,
      suspicion,
      hasJustPassed: passedAgoMs < justPassedMs,
      // A shorter form that comes too early is better than another minute of waiting.
      rate: isRepeatDear ? failing.lastingRate(isCareful) : failing.rate(isCareful),
      poisonFailures: policy.poisonFailures,
    });
  }

  #verdictOf(health: Health, { failed, failure, judgement, suspicion }: Case): Verdict {
    const { policy, random, failing } = this.#deps;
    const { delivery } = failed;
    const attemptsBefore = failing.attemptsBefore(delivery.event.id);
    const isDown = health.state !== 'ok';
    const { reason } = failure;
    return verdictOf({
      judgement,
      reason,
      delivery,
      suspicion,
      attemptsBefore,
      isDown,
      random: random(),
      policy,
    });
  }

  /** What the failure says about the sink. */
  #blame(health: Health, { failed, failure, judgement, suspicion, hasPassed }: Case): void {
    const nowMs = performance.now();
    const { delivery, isProbe, isAfterPause } = failed;
    const { outcome, reason, message } = failure;
    const isRefused = outcome !== 'retry';
    if (judgement === 'pause') {
      this.#isContestable = this.#areFew();
      this.#deps.failing.acquit('all');
      this.#deps.changed(health.pause(reason, nowMs), message);
    } else if (health.state === 'ok') {
      // The failure of a suspect says nothing about the sink.
      if (!suspicion.isWatched && !suspicion.othersPassedSince && suspicion.evidence < 2) {
        this.#deps.changed(health.failed(delivery.event.id, nowMs, outcome, reason));
      }
    } else if (isProbe && isAfterPause && isRefused) {
      // Its check passes, and the last holder of the role may have paused it because of the same
      // few deliveries.
      this.#isContestable = this.#areFew();
      this.#deps.changed(health.pause(reason, nowMs), message);
    } else if (isProbe) {
      this.#deps.changed(health.backOff(reason, undefined, nowMs));
      // The far end answers. Whether it refuses this text or everything shows once the text was
      // tried in each form.
      if (isRefused && hasPassed) health.probeWithin(suspectMaxMs, nowMs);
    }
  }
}
