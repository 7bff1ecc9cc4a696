// Whether a sink is ok, backing off or paused, and when it may be tried again. Holds no timer: time
// is passed in.

import type { FailureOutcome, FailureReason } from '../../kit/errors.ts';
import type { SinkState, SinkStateName } from '../../kit/records/sink-state.ts';
import { backoffMs } from '../loops/backoff.ts';
import type { DeliveryPolicy } from './policy.ts';

/**
 * A send that got no answer in all its time says more than one that failed at once; and few are
 * under way.
 */
const timeoutWeight = 2;

/** `go`: send at will. `probe`: one request, alone. `wait`: nothing for that many milliseconds. */
export type Gate =
  | { readonly kind: 'go' }
  | { readonly kind: 'probe'; readonly isPaused: boolean }
  | { readonly kind: 'wait'; readonly ms: number };

/** A change of state that must be written down and announced. */
export interface Transition {
  readonly from: SinkStateName;
  readonly to: SinkStateName;
  readonly reason: string | null;
  /** How long the state that ended had lasted. */
  readonly lastedMs: number;
  /** When it began, milliseconds since the epoch. */
  readonly fromSinceMs: number;
  /** When it returns to ok: whether it was also paused since it went down. */
  readonly wasPaused: boolean;
}

const go: Gate = { kind: 'go' };

/** The clock and the random numbers that the state depends on. */
export interface HealthClock {
  /** Milliseconds since the epoch, only to be shown. Times given to the methods are monotonic. */
  now(): number;
  /** In [0, 1). */
  random(): number;
}

export class Health {
  readonly #policy: DeliveryPolicy;
  readonly #clock: HealthClock;
  #state: SinkStateName;
  #sinceMs: number;
  #recoveredAtMs = 0;
  #restedAtMs = 0;
  #steps = 0;
  /** Failed looks at a paused sink; a check that passes does not end them, only a delivery does. */
  #pausedSteps = 0;
  #wasPaused: boolean;
  #probeAtMs = Number.NEGATIVE_INFINITY;
  /** Weights of the deliveries that failed in a row. */
  readonly #failing = new Map<number, number>();

  /** @param initial as the last holder left it; undefined if it never was anything but ok */
  constructor(
    policy: DeliveryPolicy,
    initial: Omit<SinkState, 'storm'> | undefined,
    clock: HealthClock,
  ) {
    this.#policy = policy;
    this.#clock = clock;
    this.#state = initial?.state ?? 'ok';
    this.#sinceMs = initial?.sinceMs ?? clock.now();
    this.#wasPaused = this.#state === 'paused';
  }

  get state(): SinkStateName {
    return this.#state;
  }

  /** When the sink last recovered, milliseconds since the epoch; 0 if it was never down. */
  get recoveredAtMs(): number {
    return this.#recoveredAtMs;
  }

  /** When it last was at rest, for an operator had paused it; as {@link recoveredAtMs}. */
  get restedAtMs(): number {
    return this.#restedAtMs;
  }

  /** An operator lets the sink rest now, whatever its state. */
  rested(): void {
    this.#restedAtMs = this.#clock.now();
  }

  gate(nowMs: number): Gate {
    if (this.#state === 'ok') return go;
    if (nowMs < this.#probeAtMs) return { kind: 'wait', ms: this.#probeAtMs - nowMs };
    return { kind: 'probe', isPaused: this.#state === 'paused' };
  }

  /**
   * @param isProbe false: if the sink is down, it was under way when that began, and says nothing
   * about now
   */
  delivered(isProbe = true): Transition | undefined {
    if (this.#state !== 'ok' && !isProbe) return undefined;
    this.#failing.clear();
    this.#steps = 0;
    this.#pausedSteps = 0;
    if (this.#state !== 'ok') this.#recoveredAtMs = this.#clock.now();
    return this.#change('ok', null);
  }

  /** A delivery failed while the sink was thought ok. */
  failed(
    eventId: number,
    nowMs: number,
    outcome: FailureOutcome = 'retry',
    reason: FailureReason | undefined = undefined,
  ): Transition | undefined {
    this.#failing.set(eventId, reason === 'timeout' ? timeoutWeight : 1);
    const weight = [...this.#failing.values()].reduce((sum, one) => sum + one, 0);
    const { outageFailures } = this.#policy;
    if (this.#failing.size < Math.min(2, outageFailures) || weight < outageFailures)
      return undefined;
    return this.backOff(
      outcome === 'retry' ? (reason ?? 'unreachable') : 'refused',
      undefined,
      nowMs,
    );
  }

  /**
   * The far end asked for a pause, or a probe failed.
   * @param retryAfterMs undefined for the next step of the back-off
   */
  backOff(
    reason: string,
    retryAfterMs: number | undefined,
    nowMs: number,
    isProbe = true,
  ): Transition | undefined {
    if (this.#state === 'paused') {
      this.#waitPaused(nowMs, this.#askedMs(retryAfterMs));
      return undefined;
    }
    // What was in flight together is one step.
    if (this.#state === 'ok' || (isProbe && nowMs >= this.#probeAtMs)) this.#steps += 1;
    const waitMs = this.#askedMs(retryAfterMs) ?? this.#stepMs();
    this.#probeAtMs = Math.max(this.#state === 'ok' ? 0 : this.#probeAtMs, nowMs + waitMs);
    return this.#change('backing_off', reason);
  }

  /** Nothing can pass until somebody repairs the sink. */
  pause(reason: string, nowMs: number): Transition | undefined {
    this.#waitPaused(nowMs);
    return this.#change('paused', reason);
  }

  /** A sink that backs off is to be probed within this time, if not sooner anyway. */
  probeWithin(ms: number, nowMs: number): void {
    if (this.#state === 'backing_off') this.#probeAtMs = Math.min(this.#probeAtMs, nowMs + ms);
  }

  /** Lets a paused sink be probed now. */
  lookNow(nowMs: number): void {
    if (this.#state === 'paused') this.#probeAtMs = Math.min(this.#probeAtMs, nowMs);
  }

  /** A paused sink's check passed: the next probe is a delivery. */
  checkPassed(nowMs: number): Transition | undefined {
    this.#probeAtMs = nowMs;
    return this.#change('backing_off', 'probing');
  }

  #change(to: SinkStateName, reason: string | null): Transition | undefined {
    if (to === this.#state) return undefined;
    const from = this.#state;
    const now = this.#clock.now();
    if (from === 'ok') this.#wasPaused = false;
    this.#wasPaused ||= from === 'paused';
    const fromSinceMs = this.#sinceMs;
    // A pause and the back-off after it are one time of being down.
    if (from === 'ok' || to === 'ok') this.#sinceMs = now;
    this.#state = to;
    return {
      from,
      to,
      reason,
      lastedMs: now - fromSinceMs,
      fromSinceMs,
      wasPaused: this.#wasPaused,
    };
  }

  #stepMs(): number {
    return backoffMs(this.#steps, this.#clock.random(), this.#policy.sinkBackoff);
  }

  #askedMs(retryAfterMs: number | undefined): number | undefined {
    if (retryAfterMs === undefined) return undefined;
    // A wait of 0 would make the loop ask without a pause.
    return Math.min(
      Math.max(retryAfterMs, this.#policy.sinkBackoff.firstMs),
      this.#policy.retryAfterMaxMs,
    );
  }

  #waitPaused(nowMs: number, leastMs = 0): void {
    // What was in flight together is one step.
    if (this.#state !== 'paused' || nowMs >= this.#probeAtMs) this.#pausedSteps += 1;
    const stepMs = backoffMs(this.#pausedSteps, this.#clock.random(), this.#policy.pausedBackoff);
    this.#probeAtMs = Math.max(
      this.#state === 'paused' ? this.#probeAtMs : 0,
      nowMs + Math.max(stepMs, leastMs),
    );
  }
}
