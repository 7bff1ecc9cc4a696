// Whether more is due at once than people can read, and when the next digest of it may go out. Holds no timer: time is passed in.
import type { StormFacts } from '../../store/sinks.ts';

export interface StormPolicy {
  /** More than so many due ones, and a storm begins; at a digest's time no more than so many, and it is over. */
  readonly over: number;
  /** What is that urgent or more goes out singly all the same; a priority as in `priorityOf`. */
  readonly passes: number;
  /** From the beginning to the first digest, so that a page that is being read is in it. */
  readonly firstMs: number;
  /** Between digests: doubling from this one … */
  readonly betweenMs: number;
  /** … up to this one. */
  readonly betweenMaxMs: number;
}

export const stormTimes = { firstMs: 3000, betweenMs: 10_000, betweenMaxMs: 60_000 } as const;

export interface Storm {
  /** Monotonic time of the next digest; undefined while there is no storm. */
  readonly nextAtMs: number | undefined;
  /** Of the storm that is, or of the last one. */
  readonly facts: StormFacts;
  /** @param begun of a storm that another process, or another configuration, was in */
  begin(nowMs: number, begun: StormFacts): void;
  /** @param isMore there was more than one digest holds: the next may follow at once */
  flushed(nowMs: number, digests: number, events: number, isMore: boolean): void;
  end(): void;
}

export function createStorm(policy: StormPolicy): Storm {
  let nextAtMs: number | undefined;
  let waitMs = 0;
  let facts: StormFacts = { sinceMs: 0, due: 0, digests: 0, events: 0 };
  return {
    get nextAtMs() {
      return nextAtMs;
    },
    get facts() {
      return facts;
    },
    begin(nowMs, begun) {
      nextAtMs = nowMs + policy.firstMs;
      waitMs = policy.betweenMs;
      facts = begun;
    },
    flushed(nowMs, digests, events, isMore) {
      facts = { ...facts, digests: facts.digests + digests, events: facts.events + events };
      nextAtMs = isMore ? nowMs : nowMs + waitMs;
      if (!isMore) waitMs = Math.min(waitMs * 2, policy.betweenMaxMs);
    },
    end() {
      nextAtMs = undefined;
    },
  };
}
