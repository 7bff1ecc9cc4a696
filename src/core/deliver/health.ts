// Whether a sink is ok, backing off or paused, and when it may be tried again. Holds no timer: time is passed in, and it is asked.

import type { FailureOutcome, FailureReason } from '../../kit/errors.ts';
import type { SinkState, SinkStateName } from '../../kit/records/sink-state.ts';
import { backoffMs } from '../loops/backoff.ts';
import type { DeliveryPolicy } from './policy.ts';

/** A send that was not answered for so long says more than one that failed at once; and few are under way. */
const timeoutWeight = 2;

/** `go`: send at will. `probe`: one request, alone. Else wait so many milliseconds. */
export type Gate =
  | { readonly kind: 'go' }
  | { readonly kind: 'probe'; readonly isPaused: boolean }
  | { readonly kind: 'wait'; readonly ms: number };

/** A change of state that must be written down and told. */
export interface Transition {
  readonly from: SinkStateName;
  readonly to: SinkStateName;
  readonly reason: string | null;
  /** How long the state that ended had lasted. */
  readonly lastedMs: number;
  /** When it began, milliseconds since the epoch. */
  readonly fromSinceMs: number;
  /** Of a return to ok: the sink had been paused in this time of being down. */
  readonly wasPaused: boolean;
}

export interface Health {
  readonly state: SinkStateName;
  /** When the sink was last found to be well again after being down, milliseconds since the epoch; 0 if it never was. */
  readonly recoveredAtMs: number;
  gate(nowMs: number): Gate;
  /** @param isProbe false: if the sink is down, it was under way when that began, and says nothing about now */
  delivered(isProbe?: boolean): Transition | undefined;
  /** A delivery failed while the sink was thought ok. */
  failed(eventId: number, nowMs: number, outcome?: FailureOutcome, reason?: FailureReason): Transition | undefined;
  /** The far end asked for a pause, or a probe failed. @param retryAfterMs undefined for the next step of the back-off */
  backOff(reason: string, retryAfterMs: number | undefined, nowMs: number, isProbe?: boolean): Transition | undefined;
  /** Nothing can pass until somebody mends the sink. */
  pause(reason: string, nowMs: number): Transition | undefined;
  /** A sink that backs off is to be probed within so many milliseconds, if not sooner anyway. */
  probeWithin(ms: number, nowMs: number): void;
  /** A paused sink is to be looked at now. */
  lookNow(nowMs: number): void;
  /** A paused sink's check passed: the next probe is a delivery. */
  checkPassed(nowMs: number): Transition | undefined;
}

/**
 * @param initial as the last holder left it
 * @param clock `now`: milliseconds since the epoch, only to be shown; times given to the methods are monotonic
 */
export function createHealth(
  policy: DeliveryPolicy,
  initial: Omit<SinkState, 'storm'> | undefined,
  clock: { now(): number; random(): number },
): Health {
  let state: SinkStateName = initial?.state ?? 'ok';
  let sinceMs = initial?.sinceMs ?? clock.now();
  let recoveredAtMs = 0;
  let steps = 0;
  /** Failed looks at a paused sink; a check that passes does not end them, only a delivery does. */
  let pausedSteps = 0;
  let wasPaused = state === 'paused';
  let probeAtMs = Number.NEGATIVE_INFINITY;
  const failing = new Map<number, number>();

  function change(to: SinkStateName, reason: string | null): Transition | undefined {
    if (to === state) return undefined;
    const now = clock.now();
    if (state === 'ok') wasPaused = false;
    wasPaused ||= state === 'paused';
    const transition = { from: state, to, reason, lastedMs: now - sinceMs, fromSinceMs: sinceMs, wasPaused };
    // A pause and the back-off after it are one time of being down.
    if (state === 'ok' || to === 'ok') sinceMs = now;
    state = to;
    return transition;
  }

  function askedMs(retryAfterMs: number | undefined): number | undefined {
    if (retryAfterMs === undefined) return undefined;
    // No wait at all would be asked for as often as there is time.
    return Math.min(Math.max(retryAfterMs, policy.sinkBackoff.firstMs), policy.retryAfterMaxMs);
  }

  function waitPaused(nowMs: number, leastMs = 0): void {
    // What was in flight together is one step.
    if (state !== 'paused' || nowMs >= probeAtMs) pausedSteps += 1;
    const stepMs = backoffMs(pausedSteps, clock.random(), policy.pausedBackoff);
    probeAtMs = Math.max(state === 'paused' ? probeAtMs : 0, nowMs + Math.max(stepMs, leastMs));
  }

  return {
    get state() {
      return state;
    },
    get recoveredAtMs() {
      return recoveredAtMs;
    },
    gate(nowMs) {
      if (state === 'ok') return { kind: 'go' };
      return nowMs >= probeAtMs
        ? { kind: 'probe', isPaused: state === 'paused' }
        : { kind: 'wait', ms: probeAtMs - nowMs };
    },
    delivered(isProbe = true) {
      if (state !== 'ok' && !isProbe) return undefined;
      failing.clear();
      steps = 0;
      pausedSteps = 0;
      if (state !== 'ok') recoveredAtMs = clock.now();
      return change('ok', null);
    },
    failed(eventId, nowMs, outcome = 'retry', reason = undefined) {
      failing.set(eventId, reason === 'timeout' ? timeoutWeight : 1);
      const weight = [...failing.values()].reduce((sum, one) => sum + one, 0);
      if (failing.size < Math.min(2, policy.outageFailures) || weight < policy.outageFailures) return undefined;
      return this.backOff(outcome === 'retry' ? (reason ?? 'unreachable') : 'refused', undefined, nowMs);
    },
    backOff(reason, retryAfterMs, nowMs, isProbe = true) {
      if (state === 'paused') {
        waitPaused(nowMs, askedMs(retryAfterMs));
        return undefined;
      }
      // What was in flight together is one step.
      if (state === 'ok' || (isProbe && nowMs >= probeAtMs)) steps += 1;
      const wait = askedMs(retryAfterMs) ?? backoffMs(steps, clock.random(), policy.sinkBackoff);
      probeAtMs = Math.max(state === 'ok' ? 0 : probeAtMs, nowMs + wait);
      return change('backing_off', reason);
    },
    pause(reason, nowMs) {
      waitPaused(nowMs);
      return change('paused', reason);
    },
    probeWithin(ms, nowMs) {
      if (state === 'backing_off') probeAtMs = Math.min(probeAtMs, nowMs + ms);
    },
    lookNow(nowMs) {
      if (state === 'paused') probeAtMs = Math.min(probeAtMs, nowMs);
    },
    checkPassed(nowMs) {
      probeAtMs = nowMs;
      return change('backing_off', 'probing');
    },
  };
}
