// Remembers which deliveries of one sink failed in this process, what contradicts each failure, and
// how often the sink itself fails. Holds no timer and judges nothing: see verdict.ts.

import type { MessageForm } from '../../kit/sink.ts';
import { Experience } from './experience.ts';
import { type FailedTry, FailureRecord, type Suspicion } from './failure-record.ts';

/**
 * Stays small: it holds only deliveries that failed and are neither delivered nor dead, and a sink
 * that is down gets one request at a time.
 */
export class Failing {
  readonly #records = new Map<number, FailureRecord>();
  readonly #experience = new Experience();
  /** Grows with each attempt that ends. */
  #turn = 0;
  /** The turn of the last that passed. */
  #passedAt = 0;
  /** The turn at which the newest of those that passed began. */
  #passedBegan = -1;

  has(eventId: number): boolean {
    return this.#records.has(eventId);
  }

  /** In the order of their last failures. */
  ids(): readonly number[] {
    return [...this.#records.keys()];
  }

  count(): number {
    return this.#records.size;
  }

  /** The current turn; take it when an attempt begins. */
  mark(): number {
    return this.#turn;
  }

  failed(attempt: FailedTry): Suspicion {
    const { eventId, mark, attempts } = attempt;
    const record = this.#records.get(eventId) ?? new FailureRecord(attempts, mark);
    this.#turn += 1;
    const passes = { passedAt: this.#passedAt, passedBegan: this.#passedBegan };
    const suspicion = record.failed(attempt, { ...passes, turn: this.#turn });
    this.#records.delete(eventId);
    this.#records.set(eventId, record);
    return suspicion;
  }

  /**
   * The sink's own check passed right after the delivery's last failure.
   * @returns the evidence with this failure
   */
  checkPassed(eventId: number): number {
    const record = this.#records.get(eventId);
    if (record === undefined) return 0;
    // The check is an attempt that passed, though not one of a delivery.
    if (record.contradictByCheck()) this.#experience.learn(0);
    return record.evidence;
  }

  /**
   * @param form in which it passed
   * @param mark as in {@link FailedTry}; absent: the attempt began just now
   */
  delivered(eventId: number, form: MessageForm = 'full', mark: number = this.#turn): void {
    this.#passedBegan = Math.max(this.#passedBegan, mark);
    this.#turn += 1;
    this.#passedAt = this.#turn;
    this.#experience.learn(this.#records.get(eventId)?.failuresIn(form) ?? 0);
    this.#records.delete(eventId);
  }

  /** It will not be tried again. */
  forget(eventId: number): void {
    this.#records.delete(eventId);
  }

  /** Parts of a digest that was found guilty: their first failure here counts as their second. */
  suspect(eventIds: readonly number[]): void {
    for (const eventId of eventIds) this.#records.set(eventId, FailureRecord.ofGuilty(this.#turn));
  }

  /**
   * Some of these may be guilty: until that is known, their failures count neither against them nor
   * against the sink.
   */
  watch(eventIds: readonly number[]): void {
    for (const eventId of eventIds) {
      const record = this.#records.get(eventId) ?? new FailureRecord(0, this.#turn);
      record.watch();
      this.#records.set(eventId, record);
    }
  }

  /**
   * The text of the delivery was not the reason: the evidence against it starts again from nothing,
   * except for refusals of a bare card, which has no text.
   */
  restart(eventId: number): void {
    this.#records.get(eventId)?.acquit();
  }

  /**
   * The sink was the reason. `by check` forgives deliveries whose failures only its check
   * contradicted; `all` forgives all.
   */
  acquit(how: 'all' | 'by check'): void {
    for (const record of this.#records.values()) record.outageEnded(how);
  }

  /** The form in which it is to be tried, if that is not the one it was stored with. */
  formOf(eventId: number): MessageForm | undefined {
    return this.#records.get(eventId)?.isAcquitted ? 'full' : undefined;
  }

  /** Its count of attempts before it failed here. */
  attemptsBefore(eventId: number): number | undefined {
    return this.#records.get(eventId)?.attemptsBefore;
  }

  /** It hung while others passed. */
  isHanging(eventId: number): boolean {
    return this.#records.get(eventId)?.hangsAlone === true;
  }

  /**
   * Of the deliveries that were refused, the one with the most failures: it is closest to the bare
   * form.
   */
  worstRefused(): number | undefined {
    let worst: [number, number] | undefined;
    for (const [id, { failures, isRefused }] of this.#records)
      if (isRefused && failures > (worst?.[1] ?? 0)) worst = [id, failures];
    return worst?.[0];
  }

  /** The counts of attempts that the deliveries had before they failed here. */
  asTheyWere(): readonly { readonly eventId: number; readonly attempts: number }[] {
    return [...this.#records].flatMap(([eventId, { hasFailed, attemptsBefore }]) =>
      hasFailed ? [{ eventId, attempts: attemptsBefore }] : [],
    );
  }

  /**
   * How often an attempt fails through the fault of the sink, from 0 to under 1. Counts failures of
   * deliveries that passed in the end in the form in which they had failed. A delivery that fails
   * because of its text never passes in that form, so it does not change the rate.
   * @param isCareful assume the worst while there is little experience
   */
  rate(isCareful: boolean): number {
    return this.#experience.rate(isCareful);
  }

  /** The same over hundreds of attempts, so that a few bad ones hardly change it. */
  lastingRate(isCareful: boolean): number {
    return this.#experience.lasting(isCareful);
  }
}
