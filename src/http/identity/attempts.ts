// Keeps out an address after many refused logins. The database counts for all replicas; what this
// process remembers spares it the question.
import type { Failures } from '../../operations/index.ts';

/** In five minutes. One more, and the address is kept out. */
const failuresMax = 10;
const rememberedMax = 10_000;

export interface AttemptsDependencies {
  /** Counts a failure on all replicas. */
  noteFailure(address: string): Promise<Failures>;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

export class Attempts {
  readonly #deps: AttemptsDependencies;
  /** Until when, by address; the oldest first. */
  readonly #keptOutUntilMs = new Map<string, number>();
  /** Hashes of tokens that worked; the oldest first. */
  readonly #known = new Set<string>();

  constructor(deps: AttemptsDependencies) {
    this.#deps = deps;
  }

  /** Seconds until it may try again; null: it may. */
  secondsLeft(address: string): number | null {
    const untilMs = this.#keptOutUntilMs.get(address);
    if (untilMs === undefined) return null;
    const leftMs = untilMs - this.#nowMs();
    if (leftMs > 0) return Math.ceil(leftMs / 1000);
    this.#keptOutUntilMs.delete(address);
    return null;
  }

  /** @returns as {@link secondsLeft}, with this failure */
  async fail(address: string): Promise<number | null> {
    const { count, secondsLeft } = await this.#deps.noteFailure(address);
    if (count <= failuresMax) return null;
    this.#keptOutUntilMs.delete(address);
    this.#keptOutUntilMs.set(address, this.#nowMs() + secondsLeft * 1000);
    forgetOldest(this.#keptOutUntilMs);
    return secondsLeft;
  }

  /**
   * Notes that a token worked. It may be tried again from an address that is kept out: many clients
   * share the address of their proxy, and one with an old token must not lock out the others.
   */
  succeed(hash: string): void {
    this.#known.delete(hash);
    this.#known.add(hash);
    forgetOldest(this.#known);
  }

  hasSucceeded(hash: string): boolean {
    return this.#known.has(hash);
  }

  #nowMs(): number {
    return this.#deps.now?.() ?? performance.now();
  }
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>): void {
  if (remembered.size <= rememberedMax) return;
  const [oldest] = remembered.keys();
  remembered.delete(oldest!);
}
