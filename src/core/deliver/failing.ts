// Which deliveries of one sink failed here, what contradicts each failure, and how often the sink
// fails by itself. Holds no timer and judges nothing: see verdict.ts.

import type { MessageForm } from '../../kit/sink.ts';
import { Experience } from './experience.ts';
import { type FailedTry, FailureRecord, type Suspicion } from './failure-record.ts';

/**
 * Grows only by what fails and is neither delivered nor dead here, and a sink that is down gets one
 * request at a time.
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

  /** The one that failed last is the last. */
  ids(): readonly number[] {
    return [...this.#records.keys()];
  }

  /** How many they are. */
  count(): number {
    return this.#records.size;
  }

  /** Where the order of what passed and failed is now; to be taken when an attempt begins. */
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

  /** These were made of one that is guilty: the first failure of each is not its first. */
  suspect(eventIds: readonly number[]): void {
    for (const eventId of eventIds) this.#records.set(eventId, FailureRecord.ofGuilty(this.#turn));
  }

  /**
   * One of these may be guilty, and another may not: nothing counts against it yet, nor does it
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
   * Its text was not the reason: what speaks against it begins anew, but for refusals of a bare
   * card, which has no text.
   */
  restart(eventId: number): void {
    this.#records.get(eventId)?.acquit();
  }

  /**
   * It was the sink: what its check alone contradicted counts for nothing, or with `all` whatever
   * there is.
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
   * Of those that were refused and are not delivered, the one that is furthest on its way to the
   * bare form.
   */
  worstRefused(): number | undefined {
    let worst: [number, number] | undefined;
    for (const [id, { failures, isRefused }] of this.#records)
      if (isRefused && failures > (worst?.[1] ?? 0)) worst = [id, failures];
    return worst?.[0];
  }

  /** Of all that failed here, what they were before it. */
  asTheyWere(): readonly { readonly eventId: number; readonly attempts: number }[] {
    return [...this.#records].flatMap(([eventId, { hasFailed, attemptsBefore }]) =>
      hasFailed ? [{ eventId, attempts: attemptsBefore }] : [],
    );
  }

  /**
   * How often an attempt fails by the sink's own doing: of deliveries that passed in the end, in
   * the form in which they had failed. What fails for its text never passes in that form, so poison
   * cannot change it. From 0 to under 1.
   * @param isCareful of little experience the worst is expected
   */
  rate(isCareful: boolean): number {
    return this.#experience.rate(isCareful);
  }

  /** The same over hundreds of attempts, which few that failed often do not change. */
  lastingRate(isCareful: boolean): number {
    return this.#experience.lasting(isCareful);
  }
}
