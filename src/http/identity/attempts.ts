// Bounds the refused logins of an address. The database counts for all replicas; what this process
// remembers spares it the question.
import type { Failures } from '../../operations/index.ts';

/** In five minutes. After one more, the address has to wait, and no failure of it is counted. */
const failuresMax = 10;
/**
 * Tokens in a second, of all addresses that have to wait, for which the database is asked all the
 * same. Nobody guesses one, and many people may share the address of one who tries.
 */
const triesMax = 20;
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
  #tries = { second: 0, count: 0 };

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
   * Whether this token may be tried from an address that has to wait: it worked before, or there
   * were few others this second. Many clients share the address of their proxy, and one with an old
   * token must not lock out the others.
   */
  mayTry(hash: string): boolean {
    if (this.#known.has(hash)) return true;
    const second = Math.floor(this.#nowMs() / 1000);
    if (second !== this.#tries.second) this.#tries = { second, count: 0 };
    this.#tries.count += 1;
    return this.#tries.count <= triesMax;
  }

  /** Notes that a token worked. */
  succeed(hash: string): void {
    this.#known.delete(hash);
    this.#known.add(hash);
    forgetOldest(this.#known);
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
