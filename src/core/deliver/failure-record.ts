// What is remembered of one delivery that failed here and is neither delivered nor dead. Turns are
// the order in which attempts of the sink ended: see failing.ts.

import type { MessageForm } from '../../kit/sink.ts';

/** What speaks against a delivery that has just failed. */
export interface Suspicion {
  /** How often it has failed here, since it was last acquitted. */
  readonly failures: number;
  /** How often in the form that it has now. */
  readonly inForm: number;
  /**
   * Failures that something contradicts: another delivery passed meanwhile, or the sink's own check
   * did.
   */
  readonly evidence: number;
  /** It came out of a digest that is guilty: that it fails says nothing about the sink. */
  readonly isWatched: boolean;
  /** What got no answer before the sink was found to be the reason; of `DueDelivery.unanswered`. */
  readonly pardoned: number;
  /** Refusals as a bare card, each followed by another delivery that began after it and passed. */
  readonly disprovedBare: number;
  /** Others passed since it failed for the first time. */
  readonly othersPassed: boolean;
  /**
   * Others passed since it failed the last time: that it fails again says nothing about the sink.
   */
  readonly othersPassedSince: boolean;
  /** Others passed since this attempt began, or since the last failure: this failure is its own. */
  readonly isContradicted: boolean;
}

/** An attempt that failed. */
export interface FailedTry {
  readonly eventId: number;
  readonly form: MessageForm;
  /** What `Failing.mark` said when the attempt began. */
  readonly mark: number;
  /** The delivery's count before the attempt. */
  readonly attempts: number;
  /** How often it got no answer before this attempt, as the database counts it. */
  readonly unanswered: number;
  /** It got no answer, and took as long as a suspect may take. */
  readonly isHanging: boolean;
  /** The far end, or what stands before it, said no. */
  readonly isRefused: boolean;
}

/** What else happened at the sink when an attempt failed. */
export interface Passes {
  /** The turn of this failure. */
  readonly turn: number;
  /** The turn of the last attempt that passed. */
  readonly passedAt: number;
  /** The turn at which the newest attempt of those that passed began. */
  readonly passedBegan: number;
}

export class FailureRecord {
  /** The count of attempts before it failed here. */
  readonly attemptsBefore: number;
  /** In all, whatever was forgiven. */
  #total = 0;
  /** Since it was last acquitted; the next two as well. */
  #failures = 0;
  #inForm = 0;
  #evidence = 0;
  /** The part of the evidence that the sink's check gave. */
  #byCheck = 0;
  #form: MessageForm = 'full';
  /** The last failure is part of the evidence. */
  #isCounted = true;
  #disprovedBare = 0;
  /** The last failure was the refusal of a bare card that nothing has disproved yet. */
  #isBareRefused = false;
  /** The turns of its first failure and of its last one. */
  #firstAt: number;
  #lastAt: number;
  #isHanging = false;
  #isRefused = false;
  #isAcquitted = false;
  #isWatched = false;
  #pardoned = 0;

  /** Of a delivery that has not failed yet. @param turn at which its attempt began */
  constructor(attemptsBefore: number, turn: number) {
    this.attemptsBefore = attemptsBefore;
    this.#firstAt = turn;
    this.#lastAt = turn;
  }

  /** Of a part of a digest that is guilty: the first failure of the part is not its first. */
  static ofGuilty(turn: number): FailureRecord {
    const record = new FailureRecord(0, turn);
    record.#failures = 1;
    record.#evidence = 1;
    return record;
  }

  get hasFailed(): boolean {
    return this.#total > 0;
  }

  /** Since it was last acquitted. */
  get failures(): number {
    return this.#failures;
  }

  get evidence(): number {
    return this.#evidence;
  }

  get isAcquitted(): boolean {
    return this.#isAcquitted;
  }

  /** The far end, or what stands before it, refused the last attempt. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** It hung while others passed. */
  get hangsAlone(): boolean {
    return this.#isHanging && this.#evidence > 0;
  }

  /** How often it failed in this form, if that is the form in which it failed last; else 0. */
  failuresIn(form: MessageForm): number {
    return this.#form === form ? this.#inForm : 0;
  }

  failed(attempt: FailedTry, { turn, passedAt, passedBegan }: Passes): Suspicion {
    const isFirst = this.#total === 0;
    const othersPassedSince = !isFirst && passedAt > this.#lastAt;
    const isContradicted = othersPassedSince || passedAt > attempt.mark;
    if (this.#isBareRefused && passedBegan >= this.#lastAt) this.#disprovedBare += 1;
    // What passed since speaks against the failure before as well.
    if (othersPassedSince && !this.#isCounted) this.#evidence += 1;
    if (isContradicted) this.#evidence += 1;
    this.#isCounted = isContradicted;
    this.#count(attempt);
    if (isFirst) this.#firstAt = turn;
    this.#lastAt = turn;
    return {
      failures: this.#failures,
      inForm: this.#inForm,
      evidence: this.#evidence,
      isWatched: this.#isWatched,
      pardoned: this.#pardoned,
      disprovedBare: this.#disprovedBare,
      othersPassed: passedAt > this.#firstAt,
      othersPassedSince,
      isContradicted,
    };
  }

  /**
   * The sink's own check passed right after the last failure.
   * @returns false if that failure is part of the evidence already
   */
  contradictByCheck(): boolean {
    if (this.#isCounted) return false;
    this.#evidence += 1;
    this.#byCheck += 1;
    this.#isCounted = true;
    return true;
  }

  /** That it fails says nothing about the sink from now on. */
  watch(): void {
    this.#isWatched = true;
  }

  /** The sink was the reason: see `Failing.acquit`. */
  outageEnded(how: 'all' | 'by check'): void {
    // What passes after an outage proves nothing about a refusal in it.
    this.#isBareRefused = false;
    if (how === 'all') this.#disprovedBare = 0;
    if (how === 'all' || this.#evidence <= this.#byCheck) this.acquit();
  }

  /** What speaks against it begins anew, but for disproved refusals of a bare card. */
  acquit(): void {
    this.#failures = 0;
    this.#inForm = 0;
    this.#evidence = 0;
    this.#byCheck = 0;
    this.#isCounted = true;
    this.#isAcquitted = true;
  }

  #count({ form, unanswered, isHanging, isRefused }: FailedTry): void {
    if (this.#form !== form) this.#inForm = 0;
    if (this.#isAcquitted) this.#pardoned = unanswered;
    this.#total += 1;
    this.#failures += 1;
    this.#inForm += 1;
    this.#form = form;
    this.#isHanging = isHanging;
    this.#isRefused = isRefused;
    this.#isAcquitted = false;
    this.#isBareRefused = isRefused && form === 'bare';
  }
}
