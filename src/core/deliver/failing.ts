// Which deliveries of one sink failed here, what contradicts each failure, and how often the sink
// fails by itself. Holds no timer and judges nothing: see verdict.ts.

import type { MessageForm } from '../../kit/sink.ts';
import { Experience } from './experience.ts';

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
  /** What {@link Failing.mark} said when the attempt began. */
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

interface Known {
  /** In all, for the order of those that fail. */
  total: number;
  failures: number;
  inForm: number;
  form: MessageForm;
  evidence: number;
  /** Of the evidence, what the check gave. */
  byCheck: number;
  /** The last failure is part of the evidence. */
  isCounted: boolean;
  disprovedBare: number;
  /** The last failure was the refusal of a bare card, and is not part of those yet. */
  isBareRefused: boolean;
  /** Where its first failure, and its last one, stand in the order. */
  firstAt: number;
  lastAt: number;
  readonly attemptsBefore: number;
  isHanging: boolean;
  isRefused: boolean;
  isAcquitted: boolean;
  isWatched: boolean;
  pardoned: number;
}

const nothingKnown: Omit<Known, 'firstAt' | 'lastAt' | 'attemptsBefore'> = {
  total: 0,
  failures: 0,
  inForm: 0,
  form: 'full',
  evidence: 0,
  byCheck: 0,
  isCounted: true,
  disprovedBare: 0,
  isBareRefused: false,
  isHanging: false,
  isRefused: false,
  isAcquitted: false,
  isWatched: false,
  pardoned: 0,
};

/** One that has not failed yet. */
function notFailed(attempts: number, mark: number): Known {
  return { ...nothingKnown, firstAt: mark, lastAt: mark, attemptsBefore: attempts };
}

function acquitOne(known: Known): void {
  Object.assign(known, {
    failures: 0,
    inForm: 0,
    evidence: 0,
    byCheck: 0,
    isCounted: true,
    isAcquitted: true,
  });
}

/**
 * Grows only by what fails and is neither delivered nor dead here, and a sink that is down gets one
 * request at a time.
 */
export class Failing {
  readonly #known = new Map<number, Known>();
  readonly #experience = new Experience();
  /** Grows with each attempt that ends. */
  #turn = 0;
  /** The turn of the last that passed. */
  #passedAt = 0;
  /** The turn at which the newest of those that passed began. */
  #passedBegan = -1;

  has(eventId: number): boolean {
    return this.#known.has(eventId);
  }

  /** The one that failed last is the last. */
  ids(): readonly number[] {
    return [...this.#known.keys()];
  }

  /** How many they are. */
  count(): number {
    return this.#known.size;
  }

  /** Where the order of what passed and failed is now; to be taken when an attempt begins. */
  mark(): number {
    return this.#turn;
  }

  failed(attempt: FailedTry): Suspicion {
    const { eventId, mark, attempts } = attempt;
    const now = this.#known.get(eventId) ?? notFailed(attempts, mark);
    const isFirst = now.total === 0;
    const othersPassedSince = !isFirst && this.#passedAt > now.lastAt;
    const isContradicted = othersPassedSince || this.#passedAt > mark;
    if (now.isBareRefused && this.#passedBegan >= now.lastAt) now.disprovedBare += 1;
    // What passed since speaks against the failure before as well.
    if (othersPassedSince && !now.isCounted) now.evidence += 1;
    if (isContradicted) now.evidence += 1;
    now.isCounted = isContradicted;
    countFailure(now, attempt);
    this.#turn += 1;
    if (isFirst) now.firstAt = this.#turn;
    now.lastAt = this.#turn;
    this.#known.delete(eventId);
    this.#known.set(eventId, now);
    return {
      failures: now.failures,
      inForm: now.inForm,
      evidence: now.evidence,
      isWatched: now.isWatched,
      pardoned: now.pardoned,
      disprovedBare: now.disprovedBare,
      othersPassed: this.#passedAt > now.firstAt,
      othersPassedSince,
      isContradicted,
    };
  }

  /**
   * The sink's own check passed right after the delivery's last failure.
   * @returns the evidence with this failure
   */
  checkPassed(eventId: number): number {
    const now = this.#known.get(eventId);
    if (now === undefined) return 0;
    if (!now.isCounted) {
      now.evidence += 1;
      now.byCheck += 1;
      now.isCounted = true;
      // It is an attempt that passed, if not one of a delivery.
      this.#experience.learn(0);
    }
    return now.evidence;
  }

  /**
   * @param form in which it passed
   * @param mark as in {@link FailedTry}; absent: the attempt began just now
   */
  delivered(eventId: number, form: MessageForm = 'full', mark: number = this.#turn): void {
    this.#passedBegan = Math.max(this.#passedBegan, mark);
    this.#turn += 1;
    this.#passedAt = this.#turn;
    const before = this.#known.get(eventId);
    this.#experience.learn(before?.form === form ? before.inForm : 0);
    this.#known.delete(eventId);
  }

  /** It will not be tried again. */
  forget(eventId: number): void {
    this.#known.delete(eventId);
  }

  /** These were made of one that is guilty: the first failure of each is not its first. */
  suspect(eventIds: readonly number[]): void {
    for (const eventId of eventIds)
      this.#known.set(eventId, { ...notFailed(0, this.#turn), failures: 1, evidence: 1 });
  }

  /**
   * One of these may be guilty, and another may not: nothing counts against it yet, nor does it
   * against the sink.
   */
  watch(eventIds: readonly number[]): void {
    for (const eventId of eventIds)
      this.#known.set(eventId, {
        ...(this.#known.get(eventId) ?? notFailed(0, this.#turn)),
        isWatched: true,
      });
  }

  /**
   * Its text was not the reason: what speaks against it begins anew, but for refusals of a bare
   * card, which has no text.
   */
  restart(eventId: number): void {
    const now = this.#known.get(eventId);
    if (now) acquitOne(now);
  }

  /**
   * It was the sink: what its check alone contradicted counts for nothing, or with `all` whatever
   * there is.
   */
  acquit(how: 'all' | 'by check'): void {
    for (const now of this.#known.values()) {
      // What passes after an outage proves nothing about a refusal in it.
      now.isBareRefused = false;
      if (how === 'all') now.disprovedBare = 0;
      if (how === 'by check' && now.evidence > now.byCheck) continue;
      acquitOne(now);
    }
  }

  /** The form in which it is to be tried, if that is not the one it was stored with. */
  formOf(eventId: number): MessageForm | undefined {
    return this.#known.get(eventId)?.isAcquitted ? 'full' : undefined;
  }

  /** Its count of attempts before it failed here. */
  attemptsBefore(eventId: number): number | undefined {
    return this.#known.get(eventId)?.attemptsBefore;
  }

  /** It hung while others passed. */
  isHanging(eventId: number): boolean {
    const now = this.#known.get(eventId);
    return now?.isHanging === true && now.evidence > 0;
  }

  /**
   * Of those that were refused and are not delivered, the one that is furthest on its way to the
   * bare form.
   */
  worstRefused(): number | undefined {
    let worst: [number, number] | undefined;
    for (const [id, { failures, isRefused }] of this.#known)
      if (isRefused && failures > (worst?.[1] ?? 0)) worst = [id, failures];
    return worst?.[0];
  }

  /** Of all that failed here, what they were before it. */
  asTheyWere(): readonly { readonly eventId: number; readonly attempts: number }[] {
    return [...this.#known].flatMap(([eventId, { total, attemptsBefore }]) =>
      total > 0 ? [{ eventId, attempts: attemptsBefore }] : [],
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

function countFailure(now: Known, { form, unanswered, isHanging, isRefused }: FailedTry): void {
  if (now.form !== form) now.inForm = 0;
  if (now.isAcquitted) now.pardoned = unanswered;
  now.total += 1;
  now.failures += 1;
  now.inForm += 1;
  now.form = form;
  now.isHanging = isHanging;
  now.isRefused = isRefused;
  now.isAcquitted = false;
  now.isBareRefused = isRefused && form === 'bare';
}
