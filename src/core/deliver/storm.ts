// Whether more deliveries are due at once than people can read, and when the next digest may go
// out. Holds no timer: time is passed in.
import type { StormFacts } from '../../kit/records/sink-state.ts';

export interface StormPolicy {
  /**
   * A storm begins when more than this many are due; it is over when, at a digest's time, no more
   * are.
   */
  readonly over: number;
  /**
   * Deliveries of this priority, or a more urgent one, go out singly even in a storm; see
   * `priorityOf`.
   */
  readonly passes: number;
  /** From the beginning to the first digest, so that a page that is being read is in it. */
  readonly firstMs: number;
  /** Between digests: doubling from this one … */
  readonly betweenMs: number;
  /** … up to this one. */
  readonly betweenMaxMs: number;
}

export const stormTimes = { firstMs: 3000, betweenMs: 10_000, betweenMaxMs: 60_000 } as const;

export class Storm {
  readonly policy: StormPolicy;
  #nextAtMs: number | undefined;
  #waitMs = 0;
  #facts: StormFacts = { sinceMs: 0, due: 0, digests: 0, events: 0 };

  constructor(policy: StormPolicy) {
    this.policy = policy;
  }

  /** Monotonic time of the next digest; undefined while there is no storm. */
  get nextAtMs(): number | undefined {
    return this.#nextAtMs;
  }

  /** Of the storm that is, or of the last one. */
  get facts(): StormFacts {
    return this.#facts;
  }

  /** @param begun of a storm that another process, or another configuration, was in */
  begin(nowMs: number, begun: StormFacts): void {
    this.#nextAtMs = nowMs + this.policy.firstMs;
    this.#waitMs = this.policy.betweenMs;
    this.#facts = begun;
  }

  /** @param isMore there was more than one digest holds: the next may follow at once */
  flushed(nowMs: number, digests: number, events: number, isMore: boolean): void {
    const facts = this.#facts;
    this.#facts = { ...facts, digests: facts.digests + digests, events: facts.events + events };
    this.#nextAtMs = isMore ? nowMs : nowMs + this.#waitMs;
    if (!isMore) this.#waitMs = Math.min(this.#waitMs * 2, this.policy.betweenMaxMs);
  }

  end(): void {
    this.#nextAtMs = undefined;
  }
}
