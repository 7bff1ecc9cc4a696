// The loop that works one sink: take what is most urgent, send, record. The only place that sends what is
// stored, and the only one that tries it again; ../outage.ts sends what cannot be stored.

import { AdapterError, unansweredReasons } from '../../kit/errors.ts';
import { paceOf, type Quota } from '../../kit/quota.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { Sink } from '../../kit/sink.ts';
import { noReason, severityLabel } from '../../observe/metrics/index.ts';
import { type AttemptTrace, type Tracing, traceIdOf } from '../../observe/tracing/index.ts';
import { databaseErrorText } from '../../store/database.ts';
import { hastenDeliveries, hastenFailed, restoreDeliveries, takeDue, takeRandomDue } from '../../store/deliveries.ts';
import { readSinkState } from '../../store/sinks.ts';
import { backoffMs, databaseBackoff } from '../loops/backoff.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import { createWake } from '../loops/wake.ts';
import type { Writes } from '../loops/writes.ts';
import { type Route, routeNamed } from '../routing/index.ts';
import type { Template } from '../template/template.ts';
import { Concurrency } from './concurrency.ts';
import { Digester } from './digester.ts';
import { Failing } from './failing.ts';
import { Health, type Transition } from './health.ts';
import { InFlight } from './in-flight.ts';
import { type Attempt, Judge, type Judged, notItsFault, suspectTimeoutMs } from './judge.ts';
import type { Limiter } from './limiter.ts';
import { failureFrom, heldUpOf } from './policy.ts';
import { Precedence } from './precedence.ts';
import { Ready } from './ready.ts';
import { createRecorder } from './recorder.ts';
import { unansweredMax, unansweredWaitMs } from './spacing.ts';
import { templated } from './templated.ts';
import { createTeller, type TransitionDependencies } from './transition.ts';
import { Deadlines } from './within.ts';

/**
 * While an outcome has waited for longer than this, nothing new is sent: what a kill repeats stays bounded when the database is slow,
 * and the memory when it is away.
 */
const unwrittenMaxMs = 50;
/** So long before its end the lease ends what is in flight. */
const cutOffMs = 1000;
/** An adapter's own time-out knows better how far the request came, so that it may go first. */
const adapterGrace = 0.02;

/** What ends a send that is neither the sink's fault nor the delivery's. It may have arrived. */
class CutOff extends AdapterError {
  constructor(message: string) {
    super('retry', 'timeout', message);
  }
}

const contradictions = {
  others: 'Others pass meanwhile, so the text of this event may be the reason.',
  check: "The sink's own check passes, so the text of this event may be the reason.",
} as const;

/** An attempt that is no probe. */
const ordinary = { isProbe: false, isAfterPause: false } as const;

export interface LaneDependencies extends TransitionDependencies {
  readonly sink: Sink;
  readonly template?: Template | undefined;
  readonly limiter: Limiter;
  /** Sends a second that the limiter allows; Infinity for no limit. */
  readonly perSecond: number;
  readonly random: () => number;
  /** Cards must name their tenant. */
  showTenant(): boolean;
  /**
   * Resolves when what waits is under the ids that the sinks have now; to false as long as this process must not work them.
   * @throws the driver's error; it is asked again
   */
  settled?(): Promise<boolean>;
  readonly routes: readonly Route[];
  readonly tracing?: Tracing | undefined;
  readonly writes?: Writes | undefined;
}

export interface Lane extends RoleWorker {
  offer(deliveries: readonly DueDelivery[]): void;
  /** True if nothing is due, in flight or unwritten, as far as this process knows. */
  isIdle(): boolean;
  /** True from the beginning of a storm until it was told that it is over. */
  isInStorm(): boolean;
}

/** Works the sink until stopped or until the role is lost. */
export function startLane(deps: LaneDependencies, lease: Lease): Lane {
  const { policy, metrics, id: sink } = deps;
  const wake = createWake();
  const inFlight = new InFlight();
  const failing = new Failing();
  const precedence = new Precedence(inFlight);
  const concurrency = new Concurrency(policy.concurrency, deps.perSecond);
  let isStopping = false;
  let isIdle = false;
  /** Awaited before the next send: what fails after it must keep its wait. */
  let hastening: Promise<void> | undefined;
  /** Got no answer while nothing passed, and wait long: the sink may have been frozen. */
  const frozen = new Set<number>();
  /** Of those, what is to be due at once because another has passed since. */
  const thawed = new Set<number>();
  let turnedAtMs = performance.now();
  let probes = 0;
  let isAcquittalOwed = false;
  const teller = createTeller(deps, lease);
  let health: Health | undefined;
  const leaseLeftMs = Math.min(policy.leaseLeftMs, policy.sendTimeoutMs);
  let drainedAtMs = Number.POSITIVE_INFINITY;
  const deadlines = new Deadlines(policy.sendTimeoutMs * (1 + adapterGrace), mustEnd);
  const shortDeadlines = new Deadlines(Math.min(policy.sendTimeoutMs * (1 + adapterGrace), suspectTimeoutMs), mustEnd);
  const isOver = () => isStopping || !lease.isHeld();

  /** Another holder must never send while a send of this one is under way, however long that may take. */
  function mustEnd(): CutOff | undefined {
    if (!lease.outlasts(cutOffMs)) return new CutOff('the lease of the sink ended before the answer came');
    return performance.now() < drainedAtMs ? undefined : new CutOff('the service stopped before the answer came');
  }

  const recorder = createRecorder({
    db: deps.db,
    sink,
    lease,
    log: deps.log,
    writes: deps.writes,
    onWritten(eventIds, counts, delaysMs = []) {
      const nowMs = performance.now();
      for (const eventId of eventIds) ready.written(eventId);
      for (const delayMs of delaysMs) ready.dueAgain(nowMs + delayMs, nowMs);
      metrics.deliveries.inc({ sink, outcome: 'delivered' }, counts.delivered);
      metrics.deliveries.inc({ sink, outcome: 'dead' }, counts.dead);
      if (counts.delivered < eventIds.length) ready.expire();
      wake.now();
    },
  });
  const excluded = () => [...inFlight.ids(), ...recorder.unwritten()];
  const ready = new Ready({
    read: (limit, ids) => takeDue(deps.db, sink, limit, ids),
    excluded,
    // Of a storm, enough must be seen to know it.
    batchMax: Math.min(500, Math.max(20, (policy.storm?.over ?? 0) + 20, Math.ceil(deps.perSecond * 2))),
    rereadMs: policy.rereadMs,
  });
  const digester = new Digester({
    ...deps,
    lease,
    storm: policy.storm,
    everyMs: policy.rereadMs,
    excluded,
    countBelow: (priority) => ready.countBelow(priority),
    announce: (notice, key) => deps.announce({ sink, notice, key, to: 'this' }),
  });

  /** A change of state makes what was read into memory worth nothing: what is due next may be another one. */
  function tell(transition: Transition | undefined, detail?: string): void {
    if (!transition) return;
    ready.clear();
    // What failed while nothing passed says nothing about a delivery.
    if (transition.to === 'ok') failing.acquit('by check');
    if (transition.to === 'paused') isAcquittalOwed = true;
    teller.tell(transition, detail);
    if (transition.to === 'ok') hastening ??= hasten();
  }

  const judge = new Judge({
    sink: deps.sink,
    policy,
    random: deps.random,
    failing,
    within: (call) => deadlines.within(call),
    changed: tell,
  });

  /** What failed while the sink was down waits no longer. */
  async function hasten(update = () => hastenFailed(deps.db, lease, sink, unansweredMax)): Promise<void> {
    try {
      if ((await update()) === 0) return;
      ready.expire();
      wake.now();
    } catch (error) {
      deps.log.warn({ sink, error: databaseErrorText(error) }, 'what failed before is tried again at its own time');
    } finally {
      hastening = undefined;
    }
  }

  /** What got no answer before the first delivery that passed is due once more; if tried just then, after that. */
  function hastenThawed(): Promise<void> | undefined {
    const busy = new Set(excluded());
    const ids = [...thawed].filter((id) => !busy.has(id));
    if (ids.length === 0) return undefined;
    for (const id of ids) thawed.delete(id);
    return hasten(() => hastenDeliveries(deps.db, lease, sink, ids));
  }

  /** Goes on where the last holder was. @returns undefined as long as the sink is another process's */
  async function takeUp(): Promise<Health | undefined> {
    if ((await deps.settled?.()) === false) return undefined;
    const state = await readSinkState(deps.db, sink);
    if (state?.storm) await digester.resume(performance.now(), state.storm);
    const known = new Health(policy, state, deps);
    metrics.setSinkState(sink, known.state);
    return known;
  }

  async function loop(): Promise<void> {
    let failures = 0;
    while (!isOver()) {
      turnedAtMs = performance.now();
      teller.catchUp();
      let waitMs: number;
      try {
        health ??= await takeUp();
        const next = health === undefined ? policy.rereadMs : step(health);
        waitMs = typeof next === 'number' ? next : await next;
        failures = 0;
      } catch (error) {
        deps.log.error({ sink, error: databaseErrorText(error) }, 'what is due could not be read');
        failures += 1;
        waitMs = backoffMs(failures, deps.random(), databaseBackoff);
      }
      if (waitMs > 0 && !isOver()) await wake.wait(waitMs);
    }
  }

  /** Starts at most one send. @returns milliseconds to wait, unless woken; 0 to go on at once. No promise where nothing is waited for: it is called for each send */
  function step(current: Health): number | Promise<number> {
    if (!lease.outlasts(leaseLeftMs)) return 100;
    if (thawed.size > 0) hastening ??= hastenThawed();
    if (hastening) return hastening.then(() => 0);
    if (inFlight.size() >= concurrency.limit() || recorder.waitedMs() > unwrittenMaxMs) return policy.rereadMs;
    if (isAcquittalOwed && inFlight.count() === 0 && recorder.size() === 0) return acquit();
    const gate = current.gate(performance.now());
    if (gate.kind === 'wait') return Math.min(gate.ms, policy.rereadMs);
    if (gate.kind === 'probe') return inFlight.count() > 0 ? policy.rereadMs : probe(current, gate.isPaused);
    const reading = ready.fill(performance.now());
    if (reading) return reading.then(() => sendNext(current));
    return sendNext(current);
  }

  /** It was the sink: no delivery is worse for it, whoever goes on with it. */
  async function acquit(): Promise<number> {
    await restoreDeliveries(deps.db, lease, sink, failing.asTheyWere(), unansweredMax);
    isAcquittalOwed = false;
    return 0;
  }

  /** The next of those that are in memory. @returns as {@link step} */
  function sendNext(current: Health): number | Promise<number> {
    if (digester.waitMs(performance.now()) === 0) return makeDigest();
    const next = ready.peek(digester.passes);
    isIdle = next === undefined && digester.passes === undefined;
    if (!next) {
      const nowMs = performance.now();
      return Math.min(policy.rereadMs, digester.waitMs(nowMs), ready.dueInMs(nowMs));
    }
    // The reading may have taken longer than the lease had left.
    if (isOver() || !lease.outlasts(leaseLeftMs)) return 100;
    const nowMs = performance.now();
    const urgentMs = precedence.waitMs(nowMs, ready.size(), next.priority);
    if (urgentMs > 0) return Math.min(urgentMs, policy.rereadMs);
    const limitedMs = deps.limiter.take(performance.now());
    if (limitedMs > 0) return Math.min(limitedMs, policy.rereadMs);
    ready.shift();
    void launch(current, next, ordinary);
    return 0;
  }

  async function makeDigest(): Promise<number> {
    if (await digester.turn(performance.now())) ready.clear();
    // Meanwhile more may have come than may go out singly.
    return 0;
  }

  /** One request to a sink that is down: its check if it is paused, else a delivery that rather did not fail before. */
  async function probe(current: Health, isPaused: boolean): Promise<number> {
    ready.clear();
    if (isPaused && deps.sink.check) {
      const failure = await judge.check();
      if (failure) {
        tell(current.pause(failure.reason, performance.now()), failure.message);
        const { reason, status, message } = failure;
        deps.log.warn({ sink, reason, status, error: message }, 'still paused');
        return 0;
      }
      tell(current.checkPassed(performance.now()));
    }
    const delivery = await probeCandidate();
    isIdle = delivery === undefined;
    if (!delivery) return policy.rereadMs;
    if (isOver() || !lease.outlasts(leaseLeftMs)) return 100;
    await launch(current, delivery, { isProbe: true, isAfterPause: isPaused });
    return 0;
  }

  /**
   * Rather one that has not failed here yet, and if all have, any other than the last: one poisonous event must not look like an outage.
   * Of those that were refused each second time the one that failed most often, whose next form tells a text that is refused from a sink that refuses everything.
   */
  async function probeCandidate(): Promise<DueDelivery | undefined> {
    probes += 1;
    const failed = failing.ids();
    const worst = probes % 2 === 0 ? failing.worstRefused() : undefined;
    if (worst !== undefined && failed.length > 1) {
      const [again] = await takeDue(deps.db, sink, 1, excluded(), worst);
      if (again) return again;
    }
    for (const avoided of [failed, failed.slice(-1), []]) {
      const others = [...excluded(), ...avoided];
      const [first] = await takeDue(deps.db, sink, 1, others);
      if (first) return (await takeRandomDue(deps.db, sink, others)) ?? first;
      // What a group holds is due with its digest only, and may be all that can prove a pause wrong.
      if (avoided === failed && judge.mayBeContested() && digester.waitMs(performance.now()) === 0) {
        await digester.turn(performance.now());
        const [digest] = await takeDue(deps.db, sink, 1, others);
        if (digest) return digest;
      }
      if (avoided.length === 0) return undefined;
    }
    return undefined;
  }

  async function launch(
    current: Health,
    due: DueDelivery,
    probing: Omit<Attempt, 'mark' | 'durationMs'>,
  ): Promise<void> {
    const eventId = due.event.id;
    const form = failing.formOf(eventId) ?? due.form;
    const delivery = form === due.form ? due : { ...due, form };
    const mark = failing.mark();
    const startedAt = performance.now();
    // What failed before may fail again, for its text: the others wait for it no more.
    const waitedFor = failing.has(eventId) ? Number.POSITIVE_INFINITY : due.priority;
    inFlight.begin(eventId, startedAt, waitedFor);
    const wasFull = inFlight.size() >= concurrency.limit();
    const trace = traceOf(delivery);
    try {
      heed((await send(delivery))?.quota);
      inFlight.passed(eventId, performance.now());
      trace?.delivered();
      const durationMs = settled(startedAt, false, wasFull);
      succeed(current, delivery, { ...probing, mark, durationMs });
    } catch (error) {
      const failure = failureFrom(error);
      heed(failure.quota);
      trace?.failed(failure.outcome, failure);
      // One that failed before may be the reason itself.
      const durationMs = settled(startedAt, failure.outcome === 'retry' && !failing.has(eventId), wasFull);
      const isCutOff = error instanceof CutOff;
      const attempt = { ...probing, mark, durationMs };
      const judged = isCutOff
        ? notItsFault(delivery, failure)
        : await judge.failed(current, { delivery, failure, ...attempt });
      await fail(delivery, judged, durationMs);
    } finally {
      inFlight.end(eventId);
      wake.now();
    }
  }

  /** What the far end said of its rate. The send that it said it to is still among those under way. */
  function heed(quota: Quota | undefined): void {
    if (quota) deps.limiter.heed(paceOf(quota, inFlight.count() - 1), performance.now());
  }

  /** Undefined without tracing, or of an event that has no trace. */
  function traceOf({ event, attempts, form, traceParent }: DueDelivery): AttemptTrace | undefined {
    if (deps.tracing === undefined || traceParent === undefined) return undefined;
    const attempt = { sink, origin: deps.sink.origin, eventId: event.id, number: attempts + 1, form };
    return deps.tracing.attempt(traceParent, attempt);
  }

  /** @returns milliseconds that the call took */
  function settled(startedAt: number, isFailure: boolean, wasFull: boolean): number {
    const now = performance.now();
    metrics.deliveryAttemptDuration.observe({ sink }, (now - startedAt) / 1000);
    concurrency.settled(now, now - startedAt, isFailure, wasFull);
    return now - startedAt;
  }

  function send(delivery: DueDelivery): ReturnType<Sink['send']> {
    // Where answers are slow anyway, less time would let none of its attempts pass.
    const isBrisk = inFlight.slowestMs() < suspectTimeoutMs / 2;
    const limit = isBrisk && failing.isHanging(delivery.event.id) ? shortDeadlines : deadlines;
    return limit.within((signal) => {
      const context = { deliveryId: `${sink}-${delivery.event.id}`, attempt: delivery.attempts + 1, signal };
      const heldUp = heldUpOf(delivery, health!, deps.now(), policy);
      const { event, form, unanswered } = delivery;
      const route = routeNamed(deps.routes, delivery.route);
      const ways = { ...(route && { settings: route.settings?.get(sink) }), ...templated(deps, delivery, route) };
      return deps.sink.send(
        { event, form, showTenant: deps.showTenant(), ...(unanswered && { mayBeRepeated: true }), ...heldUp, ...ways },
        context,
      );
    });
  }

  function succeed(
    current: Health,
    { event, attempts, form }: DueDelivery,
    { isProbe, mark, durationMs }: Attempt,
  ): void {
    const afterFailure = attempts > 0 || failing.has(event.id);
    recorder.delivered({ eventId: event.id, afterFailure, durationMs, isDigest: event.body.digest !== undefined });
    failing.delivered(event.id, form, mark);
    judge.passed();
    for (const id of frozen) thawed.add(id);
    thawed.delete(event.id);
    frozen.clear();
    metrics.deliveryAttempts.inc({ sink, outcome: 'delivered', reason: noReason });
    const now = deps.now();
    metrics.deliveryLatency.observe({ sink }, Math.max(0, now - Date.parse(event.receivedAt)) / 1000);
    const observedMs = Date.parse(event.body.observedAt ?? '');
    if (!Number.isNaN(observedMs)) {
      metrics.eventToScreen.observe(
        { sink, severity: severityLabel(event.severity) },
        Math.max(0, now - observedMs) / 1000,
      );
    }
    tell(current.delivered(isProbe));
  }

  async function fail(delivery: DueDelivery, judged: Judged, durationMs: number): Promise<void> {
    const { failure, judgement, verdict, contradictedBy } = judged;
    const { outcome, reason, status, answer } = failure;
    const eventId = delivery.event.id;
    metrics.deliveryAttempts.inc({ sink, outcome, reason });
    deps.log.warn(
      {
        sink,
        event_id: eventId,
        attempt: delivery.attempts + 1,
        outcome,
        reason,
        status,
        duration_ms: Math.round(durationMs),
        next: verdict.state,
        next_try_s: verdict.state === 'dead' ? null : Math.round(verdict.delayMs / 10) / 100,
        judgement,
        contradicted_by: contradictedBy,
        error: contradictedBy === null ? failure.message : `${failure.message} ${contradictions[contradictedBy]}`,
        answer,
        trace_id: traceIdOf(delivery.traceParent),
      },
      'attempt failed',
    );
    recorder.failed({ eventId, ...verdict, outcome, reason, status, durationMs, answer });
    const isLong = unansweredReasons.includes(reason) && verdict.delayMs > unansweredWaitMs(1);
    if (isLong && verdict.state === 'pending' && contradictedBy !== 'others') frozen.add(eventId);
    if (verdict.state === 'dead') failing.forget(eventId);
    if (judgement === 'split') await split(delivery);
  }

  /** One of those that a digest stands for is the reason why it is refused: they go out in parts. Never rejects. */
  async function split(digest: DueDelivery): Promise<void> {
    try {
      const parts = await digester.split(digest);
      failing.forget(digest.event.id);
      failing.suspect(parts.digests);
      failing.watch(parts.cards);
      ready.clear();
    } catch (error) {
      // It stays whole, and is tried again.
      deps.log.error({ sink, event_id: digest.event.id, error: databaseErrorText(error) }, 'a digest was not split');
    }
  }

  const finished = loop();
  return {
    offer(deliveries) {
      ready.offer(deliveries);
      digester.offered();
      isIdle = false;
      if (health?.state === 'paused' && judge.mayBeContested()) health.lookNow(performance.now());
      wake.now();
    },
    isIdle: () => isIdle && inFlight.count() === 0 && recorder.size() === 0,
    isInStorm: () => digester.passes !== undefined,
    stuckMs: () => Math.max(lease.isHeld() ? performance.now() - turnedAtMs : 0, recorder.writingMs()),
    async stop() {
      isStopping = true;
      drainedAtMs = performance.now() + policy.drainMs;
      wake.now();
      await finished;
      while (inFlight.count() > 0) await wake.wait(policy.drainMs);
      await Promise.all([recorder.stop(), teller.finished()]);
      metrics.leaveSink(sink);
    },
  };
}
