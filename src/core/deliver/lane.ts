// The loop that works one sink: takes the most urgent delivery, sends it, records the outcome. The
// files beside it decide; attempt.ts makes each attempt.

import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { SinkFacts } from '../../kit/records/role.ts';
import { databaseErrorText } from '../../store/database.ts';
import { restoreDeliveries } from '../../store/deliveries/index.ts';
import { readSinkState } from '../../store/sinks.ts';
import { backoffMs, databaseBackoff } from '../loops/backoff.ts';
import type { Control } from '../loops/controls.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import { type AttemptKind, CutOff } from './attempt.ts';
import { Health, type Transition } from './health.ts';
import { createParts, type LaneDependencies, type LaneParts } from './lane-parts.ts';
import { unansweredMax } from './spacing.ts';

export type { LaneDependencies } from './lane-parts.ts';

/**
 * While an outcome has waited longer than this to be written, nothing new is sent. This bounds what
 * a kill repeats when the database is slow, and the memory when it is away.
 */
const unwrittenMaxMs = 50;
/** How long before the end of the lease the sends that are under way are ended. */
const cutOffMs = 1000;
/** How long a lane waits whose lease is too short for a send. */
const leaseWaitMs = 100;

const ordinary: AttemptKind = { isProbe: false, isAfterPause: false };

export interface Lane extends RoleWorker {
  /** Fresh deliveries, just stored. */
  offer(deliveries: readonly DueDelivery[]): void;
  /** True if nothing is due, in flight or unwritten, as far as this process knows. */
  isIdle(): boolean;
  /** True from the beginning of a storm until its end was announced. */
  isInStorm(): boolean;
  sinkFacts(): SinkFacts;
}

/** Works the sink until stopped or until the role is lost. */
export function startLane(deps: LaneDependencies, lease: Lease): Lane {
  const lane = new SinkLane(deps, lease);
  lane.start();
  return lane;
}

class SinkLane implements Lane {
  readonly #deps: LaneDependencies;
  readonly #lease: Lease;
  /** What the lease must outlast for a send to start. */
  readonly #leaseLeftMs: number;
  readonly #parts: LaneParts;
  readonly #control: Control | undefined;
  #unwatch: (() => void) | undefined;
  /** Undefined until the lane goes on where the last holder was. */
  #health: Health | undefined;
  #isStopping = false;
  #isIdle = false;
  /** The sink was paused, and the counts of the deliveries that failed were not reset yet. */
  #isAcquittalOwed = false;
  #turnedAtMs = performance.now();
  /** When a stop ends what is in flight. Monotonic. */
  #drainedAtMs = Number.POSITIVE_INFINITY;
  #finished = Promise.resolve();

  constructor(deps: LaneDependencies, lease: Lease) {
    const { policy } = deps;
    this.#deps = deps;
    this.#lease = lease;
    this.#control = deps.controls?.of(`sink:${deps.id}`);
    this.#leaseLeftMs = Math.min(policy.leaseLeftMs, policy.sendTimeoutMs);
    this.#parts = createParts(deps, lease, {
      mustEnd: () => this.#mustEnd(),
      changed: (transition, detail) => this.#changed(transition, detail),
    });
  }

  start(): void {
    this.#unwatch = this.#control?.watch(() => this.#parts.wake.now());
    this.#finished = this.#loop();
  }

  offer(deliveries: readonly DueDelivery[]): void {
    this.#parts.ready.offer(deliveries);
    this.#parts.digester.offered();
    this.#isIdle = false;
    if (this.#health?.state === 'paused' && this.#parts.judge.mayBeContested())
      this.#health.lookNow(performance.now());
    this.#parts.wake.now();
  }

  isIdle(): boolean {
    const areEditsMade = this.#health?.state !== 'ok' || this.#parts.edits.isIdle();
    return this.#isIdle && this.#parts.inHand.isSettled() && areEditsMade;
  }

  isInStorm(): boolean {
    return this.#parts.digester.passes !== undefined;
  }

  sinkFacts(): SinkFacts {
    const health = this.#health;
    if (health === undefined || health.state === 'ok' || this.#restMs() > 0)
      return { nextProbeAt: null };
    const gate = health.gate(performance.now());
    const waitMs = gate.kind === 'wait' ? gate.ms : 0;
    return { nextProbeAt: new Date(this.#deps.now() + waitMs).toISOString() };
  }

  stuckMs(): number {
    const sinceTurnMs = this.#lease.isHeld() ? performance.now() - this.#turnedAtMs : 0;
    return Math.max(sinceTurnMs, this.#parts.recorder.writingMs());
  }

  async stop(): Promise<void> {
    const { policy, metrics, id } = this.#deps;
    this.#isStopping = true;
    this.#unwatch?.();
    this.#drainedAtMs = performance.now() + policy.drainMs;
    this.#parts.wake.now();
    await this.#finished;
    while (this.#parts.inFlight.count() > 0) await this.#parts.wake.wait(policy.drainMs);
    const { recorder, reporter, edits } = this.#parts;
    await Promise.all([recorder.stop(), reporter.finished(), edits.finished()]);
    metrics.leaveSink(id);
  }

  async #loop(): Promise<void> {
    let failures = 0;
    while (!this.#isOver()) {
      this.#turnedAtMs = performance.now();
      this.#parts.reporter.catchUp();
      let waitMs: number;
      try {
        this.#health ??= await this.#takeUp();
        const next =
          this.#health === undefined ? this.#deps.policy.rereadMs : this.#step(this.#health);
        waitMs = typeof next === 'number' ? next : await next;
        failures = 0;
      } catch (error) {
        const { log, id: sink, random } = this.#deps;
        log.error({ sink, error: databaseErrorText(error) }, 'what is due could not be read');
        failures += 1;
        waitMs = backoffMs(failures, random(), databaseBackoff);
      }
      if (waitMs > 0 && !this.#isOver()) await this.#parts.wake.wait(waitMs);
    }
  }

  #isOver(): boolean {
    return this.#isStopping || !this.#lease.isHeld();
  }

  /** A send may start: nobody else can hold the role before it ends, and no operator paused it. */
  #maySend(): boolean {
    return this.#lease.outlasts(this.#leaseLeftMs) && this.#restMs() === 0;
  }

  /** For how long an operator lets the sink rest still. */
  #restMs(): number {
    return this.#control?.pausedMs() ?? 0;
  }

  /**
   * Another holder must never send while a send of this one is under way, however long that may
   * take.
   */
  #mustEnd(): CutOff | undefined {
    if (!this.#lease.outlasts(cutOffMs))
      return new CutOff('the lease of the sink ended before the answer came');
    if (performance.now() < this.#drainedAtMs) return undefined;
    return new CutOff('the service stopped before the answer came');
  }

  /**
   * Goes on from the state that the last holder left.
   * @returns undefined while another process works the sink
   */
  async #takeUp(): Promise<Health | undefined> {
    const { db, id, policy, metrics } = this.#deps;
    if ((await this.#deps.settled?.()) === false) return undefined;
    const state = await readSinkState(db, id);
    if (state?.storm) await this.#parts.digester.resume(performance.now(), state.storm);
    const health = new Health(policy, state, this.#deps);
    metrics.setSinkState(id, health.state);
    return health;
  }

  /**
   * Starts at most one send. Called for each send, so it returns a promise only if it must wait.
   * @returns milliseconds to wait, unless woken; 0 to go on at once
   */
  #step(health: Health): number | Promise<number> {
    const { rereadMs } = this.#deps.policy;
    const restMs = this.#restMs();
    if (restMs > 0) return this.#rest(health, restMs);
    if (!this.#maySend()) return leaseWaitMs;
    const hastening = this.#parts.hastening.pending();
    if (hastening) return hastening.then(() => 0);
    if (this.#isFull() || this.#parts.recorder.waitedMs() > unwrittenMaxMs) return rereadMs;
    if (this.#isAcquittalOwed && this.#parts.inHand.isSettled()) return this.#acquit();
    const gate = health.gate(performance.now());
    if (gate.kind === 'wait') return Math.min(gate.ms, rereadMs);
    if (gate.kind === 'probe')
      return this.#parts.inFlight.count() > 0 ? rereadMs : this.#probe(health, gate.isPaused);
    const reading = this.#parts.ready.fill(performance.now());
    return reading ? reading.then(() => this.#sendNext(health)) : this.#sendNext(health);
  }

  /**
   * An operator paused the sink: nothing is sent, not even a probe. What is in flight ends, and
   * what waits is read again after the pause, the most urgent first.
   */
  #rest(health: Health, restMs: number): number {
    health.rested();
    // Whoever ends the pause of a sink that refused us may have repaired it.
    health.lookNow(performance.now());
    this.#parts.ready.clear();
    return Math.min(restMs, this.#deps.policy.rereadMs);
  }

  #isFull(): boolean {
    return this.#parts.inFlight.size() >= this.#parts.concurrency.limit();
  }

  /**
   * The sink was the reason: resets the counts of the deliveries that failed, for whichever process
   * sends them next.
   */
  async #acquit(): Promise<number> {
    const { db, id } = this.#deps;
    await restoreDeliveries(db, this.#lease, {
      sink: id,
      deliveries: this.#parts.failing.asTheyWere(),
      unansweredMax,
    });
    this.#isAcquittalOwed = false;
    return 0;
  }

  /** The next of those that are in memory. @returns as {@link #step} */
  #sendNext(health: Health): number | Promise<number> {
    if (this.#parts.digester.waitMs(performance.now()) === 0) return this.#makeDigest();
    const next = this.#parts.ready.peek(this.#parts.digester.passes);
    this.#isIdle = next === undefined && this.#parts.digester.passes === undefined;
    // The reading may have taken longer than the lease had left.
    if (this.#isOver() || !this.#maySend()) return leaseWaitMs;
    const nowMs = performance.now();
    if (!next) return Math.min(this.#idleMs(), this.#parts.edits.step(health, nowMs));
    const othersMs = this.#parts.precedence.waitMs(nowMs, this.#parts.ready.size(), next.priority);
    const waitMs = othersMs > 0 ? othersMs : this.#tokenMs(next, nowMs);
    if (waitMs > 0) return Math.min(waitMs, this.#deps.policy.rereadMs);
    this.#parts.ready.shift();
    void this.#parts.attempts.launch(health, next, ordinary);
    return 0;
  }

  /** How long the rate limit lets it wait; what nobody will send needs no token. */
  #tokenMs(next: DueDelivery, nowMs: number): number {
    return this.#parts.admission.hasPlace(next) ? this.#deps.limiter.take(nowMs) : 0;
  }

  /** How long there is nothing to send, as far as is known. */
  #idleMs(): number {
    const nowMs = performance.now();
    return Math.min(
      this.#deps.policy.rereadMs,
      this.#parts.digester.waitMs(nowMs),
      this.#parts.ready.dueInMs(nowMs),
    );
  }

  async #makeDigest(): Promise<number> {
    if (await this.#parts.digester.turn(performance.now())) this.#parts.ready.clear();
    // Meanwhile more may have come than may go out singly.
    return 0;
  }

  /**
   * Sends one request to a sink that is down: its check if it is paused, else a delivery,
   * preferably one that did not fail before.
   */
  async #probe(health: Health, isPaused: boolean): Promise<number> {
    this.#parts.ready.clear();
    if (isPaused && this.#deps.sink.check && !(await this.#parts.prober.checkPasses(health)))
      return 0;
    const delivery = await this.#parts.prober.candidate();
    this.#isIdle = delivery === undefined;
    if (!delivery) return (await this.#probeByEdit(health)) ? 0 : this.#deps.policy.rereadMs;
    if (this.#isOver() || !this.#maySend()) return leaseWaitMs;
    await this.#parts.attempts.launch(health, delivery, { isProbe: true, isAfterPause: isPaused });
    return 0;
  }

  /** Nothing is to be sent: an edit shows as well that the sink works. @returns false: none is due */
  async #probeByEdit(health: Health): Promise<boolean> {
    if (this.#isOver() || !this.#maySend()) return false;
    return this.#parts.edits.probe(health);
  }

  /** After a change of state another delivery may be next, so those in memory are dropped. */
  #changed(transition: Transition | undefined, detail: string | undefined): void {
    if (!transition) return;
    this.#parts.ready.clear();
    // What failed while nothing passed says nothing about a delivery.
    if (transition.to === 'ok') this.#parts.failing.acquit('by check');
    if (transition.to === 'paused') this.#isAcquittalOwed = true;
    this.#parts.reporter.report(transition, detail);
    if (transition.to === 'ok') this.#parts.hastening.hastenAll();
  }
}
