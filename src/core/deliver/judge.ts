// Who is to blame for a failed attempt, the sink or the delivery, and what becomes of both. Asks the sink's own check where that can tell.
import type { Sink } from '../sink.ts';
import type { DueDelivery } from '../store/deliveries.ts';
import type { Failing, Suspicion } from './failing.ts';
import type { Health, Transition } from './health.ts';
import {
  afterRejection,
  type DeliveryPolicy,
  type Failure,
  failureFrom,
  tryAgain,
  unchanged,
  type Verdict,
} from './policy.ts';
import type { Within } from './within.ts';

/** What a failed attempt speaks against. */
type Blame = 'sink' | 'delivery' | 'text';

export interface JudgeDependencies {
  readonly sink: Sink;
  readonly policy: DeliveryPolicy;
  readonly random: () => number;
  readonly failing: Failing;
  readonly within: Within;
  tell(transition: Transition | undefined, detail?: string): void;
}

/** What is said to have failed, and what becomes of the delivery. */
export interface Judgement {
  readonly failure: Failure;
  readonly verdict: Verdict;
}

export interface Judge {
  /** The sink's own check; undefined if it passes, or there is none. Never rejects. */
  check(): Promise<Failure | undefined>;
  /** What becomes of a delivery that failed, and what is said to have failed. Changes the sink's health. Never rejects. */
  failed(health: Health, delivery: DueDelivery, answered: Failure, isProbe: boolean): Promise<Judgement>;
}

export function createJudge({ sink, policy, random, failing, within, tell }: JudgeDependencies): Judge {
  /** The sink, unless others passed since it failed before; its text, if that was so again and again. */
  async function blameFor({ event }: DueDelivery, failure: Failure): Promise<Blame> {
    const suspicion = failing.failed(event.id);
    if (await isPoison(suspicion, failure)) return 'text';
    return suspicion.othersPassedSince ? 'delivery' : 'sink';
  }

  /**
   * It failed often enough, and the reason is itself: its neighbours pass, or the far end answers each time with an error while the
   * sink's own check passes.
   */
  async function isPoison({ failures, othersPassed }: Suspicion, failure: Failure): Promise<boolean> {
    if (failures < policy.poisonFailures || failure.reason === 'rate_limited') return false;
    if (othersPassed) return true;
    return failure.reason === 'server_error' && sink.check !== undefined && (await check()) === undefined;
  }

  /** A rejection is believed only while the sink's own check passes: the hook may be what is wrong. */
  async function check(): Promise<Failure | undefined> {
    try {
      if (sink.check) await within((signal) => sink.check!(signal));
      return undefined;
    } catch (error) {
      const failure = failureFrom(error);
      // The check carries no event: what refuses it refuses every one, as a proxy before the sink would.
      return failure.outcome === 'reject_event' ? { ...failure, outcome: 'reject_sink' } : failure;
    }
  }

  function decide(health: Health, delivery: DueDelivery, failure: Failure, isProbe: boolean, blame: Blame): Verdict {
    const nowMs = performance.now();
    const isPoisonous = blame === 'text';
    if (failure.outcome === 'reject_sink') {
      tell(health.pause(failure.reason, nowMs), failure.message);
      return unchanged(delivery);
    }
    if (failure.outcome === 'reject_event') {
      // The sink answered and its check passes, so it is not down, whatever it thinks of this event.
      tell(health.delivered(isProbe));
      return afterRejection(delivery, failure.reason);
    }
    if (failure.retryAfterMs !== undefined || failure.reason === 'rate_limited') {
      tell(health.backOff(failure.reason, failure.retryAfterMs, nowMs, isProbe));
      return unchanged(delivery);
    }
    if (health.state !== 'ok') {
      if (isProbe) tell(health.backOff(failure.reason, undefined, nowMs));
      return isPoisonous ? tryAgain(delivery, true, random(), policy) : unchanged(delivery);
    }
    if (blame === 'sink') tell(health.failed(delivery.event.id, nowMs));
    return tryAgain(delivery, isPoisonous, random(), policy);
  }

  return {
    check,
    async failed(health, delivery, answered, isProbe) {
      const failure = answered.outcome === 'reject_event' ? ((await check()) ?? answered) : answered;
      const blame = failure.outcome === 'retry' ? await blameFor(delivery, failure) : 'sink';
      return { failure, verdict: decide(health, delivery, failure, isProbe, blame) };
    },
  };
}
