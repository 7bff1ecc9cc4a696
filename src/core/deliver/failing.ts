// Which deliveries of one sink failed here, what contradicts each failure, and how often the sink fails by itself. Holds no timer and judges
// nothing: see verdict.ts.
import type { MessageForm } from '../../kit/sink.ts';

/** What speaks against a delivery that has just failed. */
export interface Suspicion {
  /** How often it has failed here, since it was last acquitted. */
  readonly failures: number;
  /** How often in the form that it has now. */
  readonly inForm: number;
  /** Failures that something contradicts: another delivery passed meanwhile, or the sink's own check did. */
  readonly evidence: number;
  /** It came out of a digest that is guilty: that it fails says nothing about the sink. */
  readonly isWatched: boolean;
  /** What got no answer before the sink was found to be the reason; of `DueDelivery.unanswered`. */
  readonly pardoned: number;
  /** Refusals as a bare card, each followed by another delivery that began after it and passed. */
  readonly disprovedBare: number;
  /** Others passed since it failed for the first time. */
  readonly othersPassed: boolean;
  /** Others passed since it failed the last time: that it fails again says nothing about the sink. */
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

export interface Failing {
  has(eventId: number): boolean;
  /** The one that failed last is the last. */
  ids(): readonly number[];
  /** Where the order of what passed and failed is now; to be taken when an attempt begins. */
  mark(): number;
  failed(attempt: FailedTry): Suspicion;
  /** The sink's own check passed right after the delivery's last failure. @returns the evidence with this failure */
  checkPassed(eventId: number): number;
  /**
   * @param form in which it passed
   * @param mark as in {@link FailedTry}; absent: the attempt began just now
   */
  delivered(eventId: number, form?: MessageForm, mark?: number): void;
  /** It will not be tried again. */
  forget(eventId: number): void;
  /** These were made of one that is guilty: the first failure of each is not its first. */
  suspect(eventIds: readonly number[]): void;
  /**
   * One of these may be guilty, and another may not: nothing counts against it yet, nor does it
   * against the sink.
   */
  watch(eventIds: readonly number[]): void;
  /**
   * Its text was not the reason: what speaks against it begins anew, but for refusals of a bare
   * card, which has no text.
   */
  restart(eventId: number): void;
  /** It was the sink: what its check alone contradicted counts for nothing, or with `all` whatever there is. */
  acquit(how: 'all' | 'by check'): void;
  /** The form in which it is to be tried, if that is not the one it was stored with. */
  formOf(eventId: number): MessageForm | undefined;
  /** Its count of attempts before it failed here. */
  attemptsBefore(eventId: number): number | undefined;
  /** It hung while others passed. */
  isHanging(eventId: number): boolean;
  /**
   * Of those that were refused and are not delivered, the one that is furthest on its way to the
   * bare form.
   */
  worstRefused(): number | undefined;
  /** Of all that failed here, what they were before it. */
  asTheyWere(): readonly { readonly eventId: number; readonly attempts: number }[];
  /**
   * How often an attempt fails by the sink's own doing: of deliveries that passed in the end, in the form in which they had failed. What
   * fails for its text never passes in that form, so poison cannot change it. From 0 to under 1.
   * @param isCareful of little experience the worst is expected
   */
  rate(isCareful: boolean): number;
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

function acquitOne(known: Known): void {
  Object.assign(known, { failures: 0, inForm: 0, evidence: 0, byCheck: 0, isCounted: true, isAcquitted: true });
}

/** A memory of some so many attempts, older ones fading. */
interface Experience {
  readonly fading: number;
  failures: number;
  attempts: number;
}

const experienceOf = (attempts: number): Experience => ({ fading: 1 - 1 / attempts, failures: 0, attempts: 0 });

/** Grows only by what fails and is neither delivered nor dead here, and a sink that is down gets one request at a time. */
export function createFailing(): Failing {
  const known = new Map<number, Known>();
  const long = experienceOf(300);
  const short = experienceOf(30);
  /** Grows with each attempt that ends. */
  let turn = 0;
  /** The turn of the last that passed. */
  let passedAt = 0;
  /** The turn at which the newest of those that passed began. */
  let passedBegan = -1;

  function learn(failures: number): void {
    for (const experience of [long, short]) {
      experience.failures = experience.failures * experience.fading + failures;
      experience.attempts = experience.attempts * experience.fading + failures + 1;
    }
  }

  function begin(attempts: number, mark: number): Known {
    const counts = {
      total: 0,
      failures: 0,
      inForm: 0,
      evidence: 0,
      byCheck: 0,
      disprovedBare: 0,
      firstAt: mark,
      lastAt: mark,
    };
    return {
      ...counts,
      form: 'full',
      isCounted: true,
      attemptsBefore: attempts,
      isHanging: false,
      isRefused: false,
      isBareRefused: false,
      isAcquitted: false,
      isWatched: false,
      pardoned: 0,
    };
  }

  return {
    has: (eventId) => known.has(eventId),
    ids: () => [...known.keys()],
    mark: () => turn,
    failed({ eventId, form, mark, attempts, unanswered, isHanging, isRefused }) {
      const before = known.get(eventId);
      const now = before ?? begin(attempts, mark);
      const isFirst = now.total === 0;
      const passedSince = !isFirst && passedAt > now.lastAt;
      const isContradicted = passedSince || passedAt > mark;
      if (now.isBareRefused && passedBegan >= now.lastAt) now.disprovedBare += 1;
      if (now.form !== form) now.inForm = 0;
      if (now.isAcquitted) now.pardoned = unanswered;
      now.total += 1;
      now.failures += 1;
      now.inForm += 1;
      now.form = form;
      // What passed since speaks against the failure before as well.
      if (passedSince && !now.isCounted) now.evidence += 1;
      if (isContradicted) now.evidence += 1;
      now.isCounted = isContradicted;
      now.isHanging = isHanging;
      now.isRefused = isRefused;
      now.isAcquitted = false;
      now.isBareRefused = isRefused && form === 'bare';
      turn += 1;
      if (isFirst) now.firstAt = turn;
      now.lastAt = turn;
      known.delete(eventId);
      known.set(eventId, now);
      return {
        failures: now.failures,
        inForm: now.inForm,
        evidence: now.evidence,
        isWatched: now.isWatched,
        pardoned: now.pardoned,
        disprovedBare: now.disprovedBare,
        othersPassed: passedAt > now.firstAt,
        othersPassedSince: passedSince,
        isContradicted,
      };
    },
    checkPassed(eventId) {
      const now = known.get(eventId);
      if (now === undefined) return 0;
      if (!now.isCounted) {
        now.evidence += 1;
        now.byCheck += 1;
        now.isCounted = true;
        // It is an attempt that passed, if not one of a delivery.
        learn(0);
      }
      return now.evidence;
    },
    delivered(eventId, form = 'full', mark = turn) {
      passedBegan = Math.max(passedBegan, mark);
      turn += 1;
      passedAt = turn;
      const before = known.get(eventId);
      learn(before?.form === form ? before.inForm : 0);
      known.delete(eventId);
    },
    forget(eventId) {
      known.delete(eventId);
    },
    suspect(eventIds) {
      for (const eventId of eventIds) known.set(eventId, { ...begin(0, turn), failures: 1, evidence: 1 });
    },
    watch(eventIds) {
      for (const eventId of eventIds)
        known.set(eventId, { ...(known.get(eventId) ?? begin(0, turn)), isWatched: true });
    },
    restart(eventId) {
      const now = known.get(eventId);
      if (now) acquitOne(now);
    },
    acquit(how) {
      for (const now of known.values()) {
        // What passes after an outage proves nothing about a refusal in it.
        now.isBareRefused = false;
        if (how === 'all') now.disprovedBare = 0;
        if (how === 'by check' && now.evidence > now.byCheck) continue;
        acquitOne(now);
      }
    },
    formOf: (eventId) => (known.get(eventId)?.isAcquitted ? 'full' : undefined),
    attemptsBefore: (eventId) => known.get(eventId)?.attemptsBefore,
    isHanging(eventId) {
      const now = known.get(eventId);
      return now?.isHanging === true && now.evidence > 0;
    },
    asTheyWere: () =>
      [...known].flatMap(([eventId, { total, attemptsBefore }]) =>
        total > 0 ? [{ eventId, attempts: attemptsBefore }] : [],
      ),
    worstRefused() {
      let worst: [number, number] | undefined;
      for (const [id, { failures, isRefused }] of known)
        if (isRefused && failures > (worst?.[1] ?? 0)) worst = [id, failures];
      return worst?.[0];
    },
    rate(isCareful) {
      const recent = short.attempts === 0 ? 0 : short.failures / short.attempts;
      const prior = isCareful ? 1 : 0;
      const lasting = (long.failures + prior / 2) / Math.max(1, long.attempts + prior);
      return Math.max(recent, lasting);
    },
  };
}
