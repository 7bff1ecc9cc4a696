// One attempt to send one delivery: sends it, then records and judges the outcome. The only place
// that calls `send` for what is stored; ../notices/outage.ts sends what cannot be stored.

import { AdapterError, unansweredReasons } from '../../kit/errors.ts';
import { paceOf, type Quota } from '../../kit/quota.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { Message, Receipt, Sink } from '../../kit/sink.ts';
import type { AttemptTrace, Tracing } from '../../observe/tracing/index.ts';
import { databaseErrorText } from '../../store/database.ts';
import type { Wake } from '../loops/wake.ts';
import type { Voice } from '../message/index.ts';
import type { Route } from '../routing/index.ts';
import type { Template } from '../template/template.ts';
import type { Admission } from './admission.ts';
import { AttemptReporter, type AttemptReporterOptions } from './attempt-reporter.ts';
import { circumstancesOf } from './circumstances.ts';
import type { Concurrency } from './concurrency.ts';
import type { Digester } from './digester.ts';
import type { Failing } from './failing.ts';
import type { Hastening } from './hastening.ts';
import type { Health, Transition } from './health.ts';
import type { InHand } from './in-hand.ts';
import { type Attempt, type Judge, type Judged, notItsFault, suspectTimeoutMs } from './judge.ts';
import type { Limiter } from './limiter.ts';
import { type DeliveryPolicy, failureFrom, latenessOf } from './policy.ts';
import { remoteIdOf } from './remote-id.ts';
import { unansweredWaitMs } from './spacing.ts';
import type { Deadlines } from './within.ts';

/**
 * Ends a send for a reason that is neither the sink's fault nor the delivery's. The message may
 * have arrived.
 */
export class CutOff extends AdapterError {
  constructor(message: string) {
    super('retry', 'timeout', message);
  }
}

/** What a lane is given that its attempts need. */
export interface AttemptOptions extends AttemptReporterOptions {
  readonly sink: Sink;
  readonly voice: Voice;
  readonly template?: Template | undefined;
  readonly policy: DeliveryPolicy;
  readonly limiter: Limiter;
  /** Cards must name their tenant. */
  showTenant(): boolean;
  readonly routes: readonly Route[];
  readonly tracing?: Tracing | undefined;
}

/** What attempts share with the lane that starts them. */
export interface AttemptParts {
  readonly wake: Wake;
  readonly inHand: InHand;
  readonly failing: Failing;
  readonly concurrency: Concurrency;
  readonly digester: Digester;
  readonly judge: Judge;
  readonly hastening: Hastening;
  readonly admission: Admission;
  readonly deadlines: Deadlines;
  /** For a text that hung while others passed. */
  readonly shortDeadlines: Deadlines;
  /** Called for each change of the sink's state. */
  changed(transition: Transition | undefined): void;
}

export type AttemptKind = Pick<Attempt, 'isProbe' | 'isAfterPause'>;

/** An attempt that is under way. */
interface Begun extends AttemptKind {
  readonly delivery: DueDelivery;
  readonly mark: number;
  /** Monotonic. */
  readonly startedAtMs: number;
  /** As many sends as are allowed are under way. */
  readonly wasFull: boolean;
  readonly trace: AttemptTrace | undefined;
}

export class Attempts {
  readonly #options: AttemptOptions;
  readonly #parts: AttemptParts;
  readonly #reporter: AttemptReporter;

  constructor(options: AttemptOptions, parts: AttemptParts) {
    this.#options = options;
    this.#parts = parts;
    this.#reporter = new AttemptReporter(options);
  }

  /** Sends one delivery and handles the outcome. Never rejects. */
  async launch(health: Health, due: DueDelivery, kind: AttemptKind): Promise<void> {
    const { inHand, wake, admission } = this.#parts;
    const begun = this.#begin(due, kind);
    try {
      // Cards pay nothing for it.
      const admitted = due.kind === undefined ? 'yes' : await admission.admits(due);
      if (admitted === 'no') return;
      if (admitted === 'if_sent') return await this.#recordIfSent(health, begun);
      const receipt = await this.#send(health, begun.delivery);
      this.#heed(receipt?.quota);
      this.#succeed(health, begun, receipt ?? {});
    } catch (error) {
      if (!(await admission.isGone(due, error))) await this.#fail(health, begun, error);
    } finally {
      inHand.inFlight.end(due.event.id, performance.now());
      wake.now();
    }
  }

  #begin(due: DueDelivery, { isProbe, isAfterPause }: AttemptKind): Begun {
    const { inHand, failing, concurrency } = this.#parts;
    const { inFlight } = inHand;
    const eventId = due.event.id;
    const form = failing.formOf(eventId) ?? due.form;
    const delivery = form === due.form ? due : { ...due, form };
    const mark = failing.mark();
    const startedAtMs = performance.now();
    // A delivery that failed before may fail again because of its text, so the others do not wait
    // for it.
    const waitedFor = failing.has(eventId) ? Number.POSITIVE_INFINITY : due.priority;
    inFlight.begin(eventId, startedAtMs, waitedFor);
    const wasFull = inFlight.size() >= concurrency.limit();
    const trace = this.#traceOf(delivery);
    return { delivery, isProbe, isAfterPause, mark, startedAtMs, wasFull, trace };
  }

  /** Undefined without tracing, or of an event that has no trace. */
  #traceOf({ event, attempts, form, traceParent }: DueDelivery): AttemptTrace | undefined {
    const { tracing, id: sink, sink: adapter } = this.#options;
    if (tracing === undefined || traceParent === undefined) return undefined;
    const attempt = { sink, origin: adapter.origin, eventId: event.id, number: attempts + 1, form };
    return tracing.attempt(traceParent, attempt);
  }

  /**
   * Adapts to the rate that the far end reported. The send whose answer reported it still counts as
   * under way.
   */
  #heed(quota: Quota | undefined): void {
    if (!quota) return;
    this.#options.limiter.heed(
      paceOf(quota, this.#parts.inHand.inFlight.count() - 1),
      performance.now(),
    );
  }

  #send(health: Health, delivery: DueDelivery): ReturnType<Sink['send']> {
    const { id, sink } = this.#options;
    const { event, threadId, attempts } = delivery;
    return this.#deadlinesOf(delivery).within((signal) => {
      const context = { deliveryId: `${id}-${event.id}`, attempt: attempts + 1, signal };
      const message = this.#messageOf(health, delivery);
      return threadId !== undefined && sink.reply
        ? sink.reply(threadId, message, context)
        : sink.send(message, context);
    });
  }

  /** A step that somebody stopped since was told by a process that died, or is told by nobody. */
  async #recordIfSent(health: Health, begun: Begun): Promise<void> {
    const { delivery } = begun;
    const { id, sink } = this.#options;
    const remoteId = await this.#deadlinesOf(delivery).within((signal) => {
      const deliveryId = `${id}-${delivery.event.id}`;
      const context = { deliveryId, attempt: delivery.attempts + 1, signal };
      return sink.find!(this.#messageOf(health, delivery), context);
    });
    if (remoteId === undefined) await this.#parts.admission.stop(delivery);
    else this.#succeed(health, begun, { remoteId, isEarlier: true });
  }

  #deadlinesOf({ event }: DueDelivery): Deadlines {
    const { inHand, failing, deadlines, shortDeadlines } = this.#parts;
    // At a sink whose answers are always slow, a shorter time would let no attempt pass.
    const isBrisk = inHand.inFlight.slowestMs() < suspectTimeoutMs / 2;
    return isBrisk && failing.isHanging(event.id) ? shortDeadlines : deadlines;
  }

  #messageOf(health: Health, delivery: DueDelivery): Message {
    const { policy, now, voice } = this.#options;
    return voice.message(delivery.event, {
      ...circumstancesOf(this.#options, delivery),
      mayBeRepeated: Boolean(delivery.unanswered),
      ...latenessOf(delivery, health, now(), policy),
    });
  }

  /** @returns milliseconds that the call took */
  #settled({ startedAtMs, wasFull }: Begun, isFailure: boolean): number {
    const nowMs = performance.now();
    const durationMs = nowMs - startedAtMs;
    this.#reporter.ended(durationMs);
    this.#parts.concurrency.settled(nowMs, durationMs, isFailure, wasFull);
    return durationMs;
  }

  #succeed(health: Health, begun: Begun, receipt: Receipt): void {
    const { inHand, failing, judge, hastening, changed } = this.#parts;
    const { event, attempts, form, incident } = begun.delivery;
    inHand.inFlight.passed(event.id, performance.now());
    begun.trace?.delivered();
    const durationMs = this.#settled(begun, false);
    const afterFailure = attempts > 0 || failing.has(event.id);
    const isDigest = event.body.digest !== undefined;
    // A message that was there already is edited, if its incident has changed since.
    const version = receipt.isEarlier === true ? undefined : incident?.version;
    const shown = { remoteId: remoteIdOf(receipt), version };
    inHand.recorder.delivered({ eventId: event.id, afterFailure, durationMs, isDigest, ...shown });
    failing.delivered(event.id, form, begun.mark);
    judge.passed();
    hastening.passed(event.id);
    this.#reporter.delivered(begun.delivery);
    changed(health.delivered(begun.isProbe));
  }

  async #fail(health: Health, begun: Begun, error: unknown): Promise<void> {
    const { failing, judge, inHand } = this.#parts;
    const { delivery, isProbe, isAfterPause, mark } = begun;
    const eventId = delivery.event.id;
    const failure = failureFrom(error);
    this.#heed(failure.quota);
    begun.trace?.failed(failure.outcome, failure);
    // A delivery that failed before may itself be the reason.
    const durationMs = this.#settled(begun, failure.outcome === 'retry' && !failing.has(eventId));
    const judged =
      error instanceof CutOff
        ? notItsFault(delivery, failure)
        : await judge.failed(health, {
            delivery,
            failure,
            isProbe,
            isAfterPause,
            mark,
            durationMs,
          });
    this.#reporter.failed(delivery, judged, durationMs);
    const { outcome, reason, status, answer } = judged.failure;
    inHand.recorder.failed({
      eventId,
      ...judged.verdict,
      outcome,
      reason,
      status,
      durationMs,
      answer,
    });
    this.#freezeIfLong(delivery, judged);
    if (judged.verdict.state === 'dead') failing.forget(eventId);
    if (judged.judgement === 'split') await this.#split(delivery);
  }

  /**
   * Marks a delivery that waits long because the sink may have been frozen: it is due again once
   * another one passes.
   */
  #freezeIfLong({ event }: DueDelivery, { failure, verdict, contradictedBy }: Judged): void {
    const isLong =
      unansweredReasons.includes(failure.reason) && verdict.delayMs > unansweredWaitMs(1);
    if (isLong && verdict.state === 'pending' && contradictedBy !== 'others')
      this.#parts.hastening.freeze(event.id);
  }

  /**
   * One event of the digest is the reason for its refusal, so the digest is sent in parts. Never
   * rejects.
   */
  async #split(digest: DueDelivery): Promise<void> {
    const { digester, failing, inHand } = this.#parts;
    const { log, id: sink } = this.#options;
    try {
      const parts = await digester.split(digest);
      failing.forget(digest.event.id);
      failing.suspect(parts.digests);
      failing.watch(parts.cards);
      inHand.ready.clear();
    } catch (error) {
      // It stays whole, and is tried again.
      log.error(
        { sink, event_id: digest.event.id, error: databaseErrorText(error) },
        'a digest was not split',
      );
    }
  }
}
