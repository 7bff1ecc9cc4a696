// Makes posted messages of one sink true again: edits those whose incident changed since. One at a
// time, and only while no delivery is ready, so that no card waits for an edit. An edit that was
// interrupted is made again: it says what is true then.

import { AdapterError } from '../../kit/errors.ts';
import type { MessageForm } from '../../kit/event.ts';
import { paceOf, type Quota } from '../../kit/quota.ts';
import type { DueEdit, FailedEdit } from '../../kit/records/edit.ts';
import type { Message, Sink } from '../../kit/sink.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { recordEdited, recordEditFailed, settleEdits, takeDueEdits } from '../../store/edits.ts';
import { backoffMs, databaseBackoff } from '../loops/backoff.ts';
import type { Lease } from '../loops/lease.ts';
import { CutOff } from './attempt.ts';
import { type EditVerdict, editVerdict, refusalsMax } from './edit-verdict.ts';
import type { Health, Transition } from './health.ts';
import type { Limiter } from './limiter.ts';
import { type DeliveryPolicy, type Failure, failureFrom } from './policy.ts';
import type { SinkCheck } from './sink-check.ts';
import type { Thread } from './thread.ts';
import type { Deadlines } from './within.ts';

/** Edits that are read at once. */
const batchMax = 20;
/** Tokens of the rate limit that are left to cards. */
const spareTokens = 10;
/** How often edits that no message can take are forgotten. */
const settleEveryMs = 60_000;
/** What was read longer ago is read again: the incident may have changed since. */
const freshMs = 2000;

export interface EditsDependencies {
  /** Of the sink. */
  readonly id: string;
  readonly sink: Pick<Sink, 'edit'>;
  readonly db: Database;
  readonly lease: Lease;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly policy: DeliveryPolicy;
  readonly limiter: Limiter;
  readonly check: SinkCheck;
  readonly deadlines: Deadlines;
  /** In [0, 1). */
  readonly random: () => number;
  messageOf(edit: DueEdit): Message;
  readonly thread: Pick<Thread, 'tell'>;
  /** Called when an edit ended, or was read. */
  onChange(): void;
  /** Called for each change of the sink's state. @param detail what went wrong, in words */
  changed(transition: Transition | undefined, detail?: string): void;
}

const never = Number.POSITIVE_INFINITY;

export class Edits {
  readonly #deps: EditsDependencies;
  /** Read and not yet made. */
  #due: DueEdit[] = [];
  #mayBeMore = true;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #settledAtMs = Number.NEGATIVE_INFINITY;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  /** In a row. */
  #failures = 0;
  /** An edit or a reading that is under way. */
  #running: Promise<void> | undefined;
  /** Of messages whose longer forms were refused here. */
  readonly #forms = new Map<number, MessageForm>();

  constructor(deps: EditsDependencies) {
    this.#deps = deps;
  }

  /** Nothing is due or under way, as far as this process knows. */
  isIdle(): boolean {
    if (this.#deps.sink.edit === undefined) return true;
    return this.#running === undefined && this.#due.length === 0 && !this.#mayBeMore;
  }

  /** Resolves when the edit that is under way has ended and is written. Never rejects. */
  async finished(): Promise<void> {
    await this.#running;
  }

  /**
   * To be called while no delivery is ready: begins an edit if one is due. Returns at once.
   * @returns milliseconds until there may be something to do; Infinity: `onChange` will be called
   */
  step(health: Health, nowMs: number): number {
    const { sink, limiter, policy } = this.#deps;
    if (sink.edit === undefined || this.#running !== undefined) return never;
    if (nowMs < this.#notBeforeMs) return this.#notBeforeMs - nowMs;
    if (nowMs - this.#readAtMs > freshMs && this.#due.length > 0) this.#forget();
    const edit = this.#due[0];
    if (edit === undefined) {
      const sinceMs = nowMs - this.#readAtMs;
      if (!this.#mayBeMore && sinceMs < policy.rereadMs) return policy.rereadMs - sinceMs;
      void this.#begin(this.#read(nowMs));
      return never;
    }
    const waitMs = limiter.take(nowMs, spareTokens);
    if (waitMs > 0) return waitMs;
    this.#due.shift();
    void this.#begin(this.#make(health, edit, false));
    return never;
  }

  /**
   * For a sink that is down and has no delivery to be probed with: an edit shows as well that it
   * works.
   * @returns false if none is due. Never rejects
   */
  async probe(health: Health): Promise<boolean> {
    if (this.#deps.sink.edit === undefined) return false;
    await this.#running;
    await this.#begin(this.#read(performance.now()));
    const edit = this.#due.shift();
    if (edit === undefined) return false;
    await this.#begin(this.#make(health, edit, true));
    return true;
  }

  #begin(work: Promise<void>): Promise<void> {
    const running = work.finally(() => {
      this.#running = undefined;
      this.#deps.onChange();
    });
    this.#running = running;
    return running;
  }

  #forget(): void {
    this.#due = [];
    this.#mayBeMore = true;
  }

  async #read(nowMs: number): Promise<void> {
    const { db, id: sink, log } = this.#deps;
    this.#readAtMs = nowMs;
    try {
      if (nowMs - this.#settledAtMs > settleEveryMs) {
        await settleEdits(db, sink);
        this.#settledAtMs = nowMs;
      }
      this.#due = await takeDueEdits(db, { sink, limit: batchMax });
      this.#mayBeMore = this.#due.length === batchMax;
    } catch (error) {
      this.#forget();
      this.#holdBack(databaseBackoff);
      log.error({ sink, error: databaseErrorText(error) }, 'edits could not be read');
    }
  }

  /** One edit, to its end. Never rejects. */
  async #make(health: Health, due: DueEdit, isProbe: boolean): Promise<void> {
    const { id, sink, deadlines } = this.#deps;
    const { event, remoteId, attempts } = due;
    const edit = { ...due, form: this.#forms.get(event.id) ?? due.form };
    try {
      const receipt = await deadlines.within((signal) => {
        const context = { deliveryId: `${id}-${event.id}`, attempt: attempts + 1, signal };
        return sink.edit!(remoteId, this.#deps.messageOf(edit), context);
      });
      this.#slowDown(receipt?.quota);
    } catch (error) {
      // It is as it was before: whoever works the sink next makes the edit again.
      if (!(error instanceof CutOff)) await this.#failed(health, edit, failureFrom(error), isProbe);
      return;
    }
    if (await this.#isToldInThread(edit)) await this.#passed(health, edit, isProbe);
  }

  /**
   * The message shows what happened; whoever follows it is told. A reply that is refused for good is
   * given up, because the message itself is true.
   * @returns false if all of it is to be done again
   */
  async #isToldInThread(edit: DueEdit): Promise<boolean> {
    const { id: sink, log, db, lease, policy, thread, random } = this.#deps;
    try {
      await thread.tell(edit);
      return true;
    } catch (error) {
      if (error instanceof CutOff) return false;
      const isOfSink = error instanceof AdapterError;
      const attempts = edit.attempts + 1;
      const reason = isOfSink ? error.reason : 'database';
      const fields = { sink, event_id: edit.event.id, attempt: attempts, reason };
      log.warn({ ...fields, error: (error as Error).message }, 'reply to a card failed');
      if (isOfSink && (error.outcome !== 'retry' || attempts >= refusalsMax)) return true;
      const delayMs = backoffMs(attempts, random(), policy.backoff);
      const failed = { sink, eventId: edit.event.id, attempts, state: 'current', reason, delayMs };
      await this.#write(() => recordEditFailed(db, lease, failed as FailedEdit & { sink: string }));
      return false;
    }
  }

  /** Edits of a far end may have a rate of their own: cards do not wait for it. */
  #slowDown(quota: Quota | undefined): void {
    if (quota === undefined) return;
    const { tokens, perSecond } = paceOf(quota, 0);
    if (tokens < 1) this.#notBeforeMs = performance.now() + 1000 / perSecond;
  }

  async #passed(health: Health, { event, incident }: DueEdit, isProbe: boolean): Promise<void> {
    const { db, lease, id: sink, metrics, changed } = this.#deps;
    this.#failures = 0;
    this.#forms.delete(event.id);
    metrics.edits.inc({ sink, outcome: 'edited' });
    if (isProbe) changed(health.delivered());
    const shown = { sink, eventId: event.id, version: incident.version };
    await this.#write(() => recordEdited(db, lease, shown));
  }

  async #failed(health: Health, edit: DueEdit, failure: Failure, isProbe: boolean): Promise<void> {
    const { policy, random, check } = this.#deps;
    const attempts = edit.attempts + 1;
    const isAsked = failure.outcome === 'reject_sink' && check.exists;
    const checked = isAsked ? ((await check.run()) === undefined ? 'passed' : 'failed') : 'none';
    const verdict = editVerdict({
      ...{ failure, form: edit.form, attempts, check: checked, random: random() },
      backoff: policy.backoff,
    });
    this.#report(edit, failure, verdict);
    this.#heed(health, failure, { verdict, isProbe });
    await this.#store({ ...edit, attempts }, failure, verdict);
  }

  /** What the failure says about the sink, and about the edits behind it. */
  #heed(
    health: Health,
    { reason, message, retryAfterMs }: Failure,
    { verdict, isProbe }: { readonly verdict: EditVerdict; readonly isProbe: boolean },
  ): void {
    const { policy, changed } = this.#deps;
    const nowMs = performance.now();
    if (verdict.kind === 'pause') changed(health.pause(reason, nowMs), message);
    // It answered as a sink does that works.
    else if (isProbe && verdict.kind === 'gone') changed(health.delivered());
    else if (isProbe) changed(health.backOff(reason, retryAfterMs, nowMs), message);
    if (verdict.kind === 'later' || verdict.kind === 'wait') this.#holdBack(policy.sinkBackoff);
    if (verdict.kind === 'wait' && retryAfterMs !== undefined)
      this.#notBeforeMs = nowMs + Math.min(retryAfterMs, policy.retryAfterMaxMs);
  }

  async #store(edit: DueEdit, { reason }: Failure, verdict: EditVerdict): Promise<void> {
    const { db, lease, id: sink } = this.#deps;
    const { event, attempts } = edit;
    const { kind } = verdict;
    if (kind === 'shorter') this.#forms.set(event.id, verdict.form);
    if (kind === 'gone' || kind === 'dead') this.#forms.delete(event.id);
    // Nothing counts against the edit.
    if (kind === 'wait' || kind === 'pause') return;
    const delayMs = kind === 'later' ? verdict.delayMs : 0;
    const state = kind === 'gone' || kind === 'dead' ? kind : 'current';
    const failed = { sink, eventId: event.id, attempts, state, reason, delayMs } as const;
    await this.#write(() => recordEditFailed(db, lease, failed));
  }

  /** An edit whose outcome cannot be written is made again. */
  async #write(record: () => Promise<boolean>): Promise<void> {
    const { lease, log, id: sink } = this.#deps;
    try {
      if (!(await record())) lease.lose();
    } catch (error) {
      this.#forget();
      this.#holdBack(databaseBackoff);
      log.error({ sink, error: databaseErrorText(error) }, 'an edit was not written');
    }
  }

  #holdBack(limits: Parameters<typeof backoffMs>[2]): void {
    this.#failures += 1;
    this.#notBeforeMs = performance.now() + backoffMs(this.#failures, this.#deps.random(), limits);
  }

  #report({ event, incident, attempts }: DueEdit, failure: Failure, verdict: EditVerdict): void {
    const { id: sink, metrics, log } = this.#deps;
    const { outcome, reason, status, answer, message } = failure;
    const { kind } = verdict;
    metrics.edits.inc({ sink, outcome: kind === 'gone' || kind === 'dead' ? kind : 'failed' });
    const fields = {
      ...{ sink, event_id: event.id, version: incident.version, attempt: attempts + 1 },
      ...{ outcome, reason, status, next: kind, error: message, answer },
    };
    log.warn(fields, 'edit failed');
  }
}
