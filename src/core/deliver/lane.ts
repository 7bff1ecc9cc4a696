// The loop that works one sink: take what is most urgent, send, record. What it decides by is in
// the files beside it; each attempt is one of attempt.ts.

import type { DueDelivery } from '../../kit/records/delivery.ts';
import { databaseErrorText } from '../../store/database.ts';
import { restoreDeliveries, takeDue } from '../../store/deliveries.ts';
import { readSinkState } from '../../store/sinks.ts';
import { backoffMs, databaseBackoff } from '../loops/backoff.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import { createWake } from '../loops/wake.ts';
import type { Writes } from '../loops/writes.ts';
import { type AttemptKind, type AttemptOptions, Attempts, CutOff } from './attempt.ts';
import { Concurrency } from './concurrency.ts';
import { Digester } from './digester.ts';
import { Failing } from './failing.ts';
import { Hastening } from './hastening.ts';
import { Health, type Transition } from './health.ts';
import { InHand } from './in-hand.ts';
import { Judge, suspectTimeoutMs } from './judge.ts';
import { Precedence } from './precedence.ts';
import { Prober } from './prober.ts';
import { unansweredMax } from './spacing.ts';
import { StateReporter, type StateReporterDependencies } from './state-reporter.ts';
import { Deadlines } from './within.ts';

/**
 * While an outcome has waited for longer than this, nothing new is sent: what a kill repeats stays
 * bounded when the database is slow, and the memory when it is away.
 */
const unwrittenMaxMs = 50;
/** How long before its end the lease ends what is in flight. */
const cutOffMs = 1000;
/** An adapter's own time-out knows better how far the request came, so that it may go first. */
const adapterGrace = 0.02;
/** How long a lane waits whose lease is too short for a send. */
const leaseWaitMs = 100;

const ordinary: AttemptKind = { isProbe: false, isAfterPause: false };

export interface LaneDependencies extends AttemptOptions, StateReporterDependencies {
  /** Sends a second that the limiter allows; Infinity for no limit. */
  readonly perSecond: number;
  /** In [0, 1). */
  readonly random: () => number;
  /**
   * Resolves when what waits is under the ids that the sinks have now; to false as long as this
   * process must not work them.
   * @throws the driver's error; it is asked again
   */
  settled?(): Promise<boolean>;
  readonly writes?: Writes | undefined;
}

export interface Lane extends RoleWorker {
  /** Fresh deliveries, just stored. */
  offer(deliveries: readonly DueDelivery[]): void;
  /** True if nothing is due, in flight or unwritten, as far as this process knows. */
  isIdle(): boolean;
  /** True from the beginning of a storm until it was announced that it is over. */
  isInStorm(): boolean;
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
  readonly #wake = createWake();
  readonly #failing = new Failing();
  readonly #inHand: InHand;
  readonly #precedence: Precedence;
  readonly #concurrency: Concurrency;
  readonly #digester: Digester;
  readonly #hastening: Hastening;
  readonly #reporter: StateReporter;
  readonly #judge: Judge;
  readonly #prober: Prober;
  readonly #attempts: Attempts;
  /** Undefined until the lane goes on where the last holder was. */
  #health: Health | undefined;
  #isStopping = false;
  #isIdle = false;
  /** The sink was paused, and what failed before is not yet as it was. */
  #isAcquittalOwed = false;
  #turnedAtMs = performance.now();
  /** When a stop ends what is in flight. Monotonic. */
  #drainedAtMs = Number.POSITIVE_INFINITY;
  #finished = Promise.resolve();

  constructor(deps: LaneDependencies, lease: Lease) {
    const { policy, id, db, log, sink, random } = deps;
    this.#deps = deps;
    this.#lease = lease;
    this.#leaseLeftMs = Math.min(policy.leaseLeftMs, policy.sendTimeoutMs);
    const inHand = new InHand({
      ...{ ...deps, sink: id, lease, batchMax: batchMaxOf(deps), rereadMs: policy.rereadMs },
      take: (limit, ids) => takeDue(db, id, limit, ids),
      onChange: () => this.#wake.now(),
    });
    const shared = { id, db, lease, log, excluded: () => inHand.excluded() };
    const digester = new Digester({
      ...{ ...deps, ...shared, storm: policy.storm, everyMs: policy.rereadMs },
      countBelow: (priority) => inHand.ready.countBelow(priority),
      announce: (notice, key) => deps.announce({ sink: id, notice, key, to: 'this' }),
    });
    const hastening = new Hastening({ ...shared, onHastened: () => inHand.expire() });
    const timeoutMs = policy.sendTimeoutMs * (1 + adapterGrace);
    const mustEnd = () => this.#mustEnd();
    const deadlines = new Deadlines(timeoutMs, mustEnd);
    const shortDeadlines = new Deadlines(Math.min(timeoutMs, suspectTimeoutMs), mustEnd);
    const within: Deadlines['within'] = (call) => deadlines.within(call);
    const changed = (transition: Transition | undefined, detail?: string) => this.#changed(transition, detail);
    const failing = this.#failing;
    const judge = new Judge({ sink, policy, random, failing, within, changed });
    const concurrency = new Concurrency(policy.concurrency, deps.perSecond);
    this.#inHand = inHand;
    this.#precedence = new Precedence(inHand.inFlight);
    this.#concurrency = concurrency;
    this.#digester = digester;
    this.#hastening = hastening;
    this.#reporter = new StateReporter(deps, lease);
    this.#judge = judge;
    this.#prober = new Prober({ ...shared, failing, judge, digester, changed });
    this.#attempts = new Attempts(deps, {
      ...{ wake: this.#wake, inHand, failing, concurrency, digester, judge, hastening },
      ...{ deadlines, shortDeadlines, changed },
    });
  }

  start(): void {
    this.#finished = this.#loop();
  }

  offer(deliveries: readonly DueDelivery[]): void {
    this.#inHand.ready.offer(deliveries);
    this.#digester.offered();
    this.#isIdle = false;
    if (this.#health?.state === 'paused' && this.#judge.mayBeContested()) this.#health.lookNow(performance.now());
    this.#wake.now();
  }

  isIdle(): boolean {
    return this.#isIdle && this.#inHand.isSettled();
  }

  isInStorm(): boolean {
    return this.#digester.passes !== undefined;
  }

  stuckMs(): number {
    const sinceTurnMs = this.#lease.isHeld() ? performance.now() - this.#turnedAtMs : 0;
    return Math.max(sinceTurnMs, this.#inHand.recorder.writingMs());
  }

  async stop(): Promise<void> {
    const { policy, metrics, id } = this.#deps;
    this.#isStopping = true;
    this.#drainedAtMs = performance.now() + policy.drainMs;
    this.#wake.now();
    await this.#finished;
    while (this.#inHand.inFlight.count() > 0) await this.#wake.wait(policy.drainMs);
    await Promise.all([this.#inHand.recorder.stop(), this.#reporter.finished()]);
    metrics.leaveSink(id);
  }

  async #loop(): Promise<void> {
    let failures = 0;
    while (!this.#isOver()) {
      this.#turnedAtMs = performance.now();
      this.#reporter.catchUp();
      let waitMs: number;
      try {
        this.#health ??= await this.#takeUp();
        const next = this.#health === undefined ? this.#deps.policy.rereadMs : this.#step(this.#health);
        waitMs = typeof next === 'number' ? next : await next;
        failures = 0;
      } catch (error) {
        const { log, id: sink, random } = this.#deps;
        log.error({ sink, error: databaseErrorText(error) }, 'what is due could not be read');
        failures += 1;
        waitMs = backoffMs(failures, random(), databaseBackoff);
      }
      if (waitMs > 0 && !this.#isOver()) await this.#wake.wait(waitMs);
    }
  }

  #isOver(): boolean {
    return this.#isStopping || !this.#lease.isHeld();
  }

  /** A send may start: nobody else can hold the role before it ends. */
  #maySend(): boolean {
    return this.#lease.outlasts(this.#leaseLeftMs);
  }

  /**
   * Another holder must never send while a send of this one is under way, however long that may
   * take.
   */
  #mustEnd(): CutOff | undefined {
    if (!this.#lease.outlasts(cutOffMs)) return new CutOff('the lease of the sink ended before the answer came');
    if (performance.now() < this.#drainedAtMs) return undefined;
    return new CutOff('the service stopped before the answer came');
  }

  /**
   * Goes on where the last holder was.
   * @returns undefined as long as the sink is another process's
   */
  async #takeUp(): Promise<Health | undefined> {
    const { db, id, policy, metrics } = this.#deps;
    if ((await this.#deps.settled?.()) === false) return undefined;
    const state = await readSinkState(db, id);
    if (state?.storm) await this.#digester.resume(performance.now(), state.storm);
    const health = new Health(policy, state, this.#deps);
    metrics.setSinkState(id, health.state);
    return health;
  }

  /**
   * Starts at most one send. No promise where nothing is waited for: it is called for each send.
   * @returns milliseconds to wait, unless woken; 0 to go on at once
   */
  #step(health: Health): number | Promise<number> {
    const { rereadMs } = this.#deps.policy;
    if (!this.#maySend()) return leaseWaitMs;
    const hastening = this.#hastening.pending();
    if (hastening) return hastening.then(() => 0);
    if (this.#isFull() || this.#inHand.recorder.waitedMs() > unwrittenMaxMs) return rereadMs;
    if (this.#isAcquittalOwed && this.#inHand.isSettled()) return this.#acquit();
    const gate = health.gate(performance.now());
    if (gate.kind === 'wait') return Math.min(gate.ms, rereadMs);
    if (gate.kind === 'probe') return this.#inHand.inFlight.count() > 0 ? rereadMs : this.#probe(health, gate.isPaused);
    const reading = this.#inHand.ready.fill(performance.now());
    return reading ? reading.then(() => this.#sendNext(health)) : this.#sendNext(health);
  }

  #isFull(): boolean {
    return this.#inHand.inFlight.size() >= this.#concurrency.limit();
  }

  /** It was the sink: no delivery is worse for it, whoever goes on with it. */
  async #acquit(): Promise<number> {
    const { db, id } = this.#deps;
    await restoreDeliveries(db, this.#lease, id, this.#failing.asTheyWere(), unansweredMax);
    this.#isAcquittalOwed = false;
    return 0;
  }

  /** The next of those that are in memory. @returns as {@link #step} */
  #sendNext(health: Health): number | Promise<number> {
    if (this.#digester.waitMs(performance.now()) === 0) return this.#makeDigest();
    const next = this.#inHand.ready.peek(this.#digester.passes);
    this.#isIdle = next === undefined && this.#digester.passes === undefined;
    if (!next) return this.#idleMs();
    // The reading may have taken longer than the lease had left.
    if (this.#isOver() || !this.#maySend()) return leaseWaitMs;
    const nowMs = performance.now();
    const urgentMs = this.#precedence.waitMs(nowMs, this.#inHand.ready.size(), next.priority);
    const waitMs = urgentMs > 0 ? urgentMs : this.#deps.limiter.take(nowMs);
    if (waitMs > 0) return Math.min(waitMs, this.#deps.policy.rereadMs);
    this.#inHand.ready.shift();
    void this.#attempts.launch(health, next, ordinary);
    return 0;
  }

  /** How long there is nothing to send, as far as is known. */
  #idleMs(): number {
    const nowMs = performance.now();
    return Math.min(this.#deps.policy.rereadMs, this.#digester.waitMs(nowMs), this.#inHand.ready.dueInMs(nowMs));
  }

  async #makeDigest(): Promise<number> {
    if (await this.#digester.turn(performance.now())) this.#inHand.ready.clear();
    // Meanwhile more may have come than may go out singly.
    return 0;
  }

  /**
   * One request to a sink that is down: its check if it is paused, else a delivery that rather did
   * not fail before.
   */
  async #probe(health: Health, isPaused: boolean): Promise<number> {
    this.#inHand.ready.clear();
    if (isPaused && this.#deps.sink.check && !(await this.#prober.checkPasses(health))) return 0;
    const delivery = await this.#prober.candidate();
    this.#isIdle = delivery === undefined;
    if (!delivery) return this.#deps.policy.rereadMs;
    if (this.#isOver() || !this.#maySend()) return leaseWaitMs;
    await this.#attempts.launch(health, delivery, { isProbe: true, isAfterPause: isPaused });
    return 0;
  }

  /**
   * A change of state makes what was read into memory worth nothing: what is due next may be
   * another one.
   */
  #changed(transition: Transition | undefined, detail: string | undefined): void {
    if (!transition) return;
    this.#inHand.ready.clear();
    // What failed while nothing passed says nothing about a delivery.
    if (transition.to === 'ok') this.#failing.acquit('by check');
    if (transition.to === 'paused') this.#isAcquittalOwed = true;
    this.#reporter.report(transition, detail);
    if (transition.to === 'ok') this.#hastening.hastenAll();
  }
}

/** How many deliveries are read at once. Of a storm, enough must be seen to know it. */
function batchMaxOf({ policy, perSecond }: LaneDependencies): number {
  return Math.min(500, Math.max(20, (policy.storm?.over ?? 0) + 20, Math.ceil(perSecond * 2)));
}
