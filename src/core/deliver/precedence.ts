// How long a delivery waits for others under way. A far end stores what is sent at the same time in
// any order: the most severe event of a burst should be on screen first, and the others of a small
// burst in the order in which they are sent. The waits are bounded singly and in total. Pure; time
// is passed in.

/** A more urgent send that takes longer than this keeps nobody waiting. */
export const precedenceMaxMs = 1000;
/** Where more than this many wait, their order among neighbours is worth less than the pace. */
const waitingMax = 100;
/** A send that is as urgent and takes longer than this keeps nobody waiting. */
export const orderMaxMs = 250;
/** A burst of more than this many is sent as fast as the far end takes it. */
const orderedMax = 20;
/** Such waiting costs at most this part of the time in which it is saved up. */
const creditPart = 0.1;

/** The sends that are under way. */
interface UnderWay {
  /** When the newest that is more urgent than the priority began; undefined if there is none. */
  urgentSinceMs(priority: number): number | undefined;
  /** For how long nothing has been under way; 0 while something is. */
  idleMs(nowMs: number): number;
}

/** Time that may be spent on waiting. Once it is spent, nobody waits until it is worth it again. */
class Credit {
  readonly #maxMs: number;
  readonly #worthMs: number;
  #leftMs: number;
  #isSpent = false;

  /**
   * @param maxMs how much can be saved up
   * @param worthMs how much must be there for waiting to begin again
   */
  constructor(maxMs: number, worthMs: number) {
    this.#maxMs = maxMs;
    this.#worthMs = worthMs;
    this.#leftMs = maxMs;
  }

  get leftMs(): number {
    return this.#isSpent ? 0 : this.#leftMs;
  }

  /** @param ms time that passed; a part of it is saved up */
  earn(ms: number): void {
    this.#leftMs = Math.min(this.#maxMs, this.#leftMs + ms * creditPart);
    if (this.#leftMs >= this.#worthMs) this.#isSpent = false;
  }

  spend(ms: number): void {
    this.#leftMs = Math.max(0, this.#leftMs - ms);
    // Timers do not split milliseconds.
    if (this.#leftMs < 1) this.#isSpent = true;
  }
}

/** How long to wait for one send, and the credit that all such waits are taken from. */
interface Patience {
  readonly maxMs: number;
  readonly credit: Credit;
}

export class Precedence {
  readonly #underWay: UnderWay;
  /** With what is more urgent; its credit is enough for a burst of every severity. */
  readonly #forUrgent: Patience = {
    maxMs: precedenceMaxMs,
    credit: new Credit(3000, precedenceMaxMs),
  };
  /** With what is as urgent; its credit grows while nothing is under way: no steady load pays it. */
  readonly #forOrder: Patience = { maxMs: orderMaxMs, credit: new Credit(1000, orderMaxMs) };
  #askedAtMs = Number.NEGATIVE_INFINITY;
  /** What the time since then is taken from; undefined: nobody waited. */
  #spending: Credit | undefined;

  constructor(underWay: UnderWay) {
    this.#underWay = underWay;
  }

  /**
   * How long a delivery of this priority has to wait now, in milliseconds; 0 to go on.
   * @param waiting how many deliveries wait to be sent, with this one
   */
  waitMs(nowMs: number, waiting: number, priority: number): number {
    this.#count(nowMs);
    // The end of a burst that is too large is not ordered either.
    if (waiting > orderedMax) this.#forOrder.credit.spend(Number.POSITIVE_INFINITY);
    const urgentMs = waiting > waitingMax ? 0 : this.#leftMs(nowMs, this.#forUrgent, priority);
    const waitMs = urgentMs > 0 ? urgentMs : this.#leftMs(nowMs, this.#forOrder, priority + 1);
    const { credit } = urgentMs > 0 ? this.#forUrgent : this.#forOrder;
    this.#spending = waitMs > 0 ? credit : undefined;
    return waitMs;
  }

  /** How much longer to wait for what is more urgent than `priority`. */
  #leftMs(nowMs: number, { maxMs, credit }: Patience, priority: number): number {
    // Not even looked for where it does not count: this is asked for each send.
    const sinceMs = credit.leftMs > 0 ? this.#underWay.urgentSinceMs(priority) : undefined;
    if (sinceMs === undefined) return 0;
    return Math.max(0, Math.ceil(Math.min(sinceMs + maxMs - nowMs, credit.leftMs)));
  }

  #count(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#askedAtMs);
    this.#askedAtMs = nowMs;
    this.#spending?.spend(elapsedMs);
    if (this.#spending !== this.#forUrgent.credit) this.#forUrgent.credit.earn(elapsedMs);
    this.#forOrder.credit.earn(Math.min(elapsedMs, this.#underWay.idleMs(nowMs)));
  }
}
