// A fault case: a test with a seed of its own that ends by comparing, to the event, what the tenant
// had with what is stored and what arrived.
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'vitest';
import { patience } from '../support/world.ts';
import { type Account, type Judged, judge } from './checker.ts';

/** One line of the table at the end. */
export interface Row {
  readonly title: string;
  /** How often the fault struck. */
  runs: number;
  /** What the tenant had. */
  events: number;
  lost: number;
  doubledInStore: number;
  doubledOnWire: number;
  /**
   * Doubles on the wire that the design allows: sends in flight, or answered and not yet written,
   * when a process died.
   */
  allowed: number;
  /** How long the case took. */
  seconds: number;
}

declare module 'vitest' {
  interface TaskMeta {
    faultRow?: Row;
  }
}

export const isLong = process.env.FAULTS === 'long';

/** What a case draws from its seed. */
export interface Dice {
  /** 0 to under 1. */
  random(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
}

export interface Fault extends Dice {
  readonly context: TestContext;
  /** To be called each time the fault struck. */
  struck(): void;
  /**
   * Compares, adds to the table, and fails the test if anything is lost or doubled beyond what is
   * `allowed`.
   */
  account(account: Account, allowed?: number): Promise<Judged>;
}

export interface FaultOptions {
  readonly timeoutMs: number;
}

/** Registers the case. The seed is printed when it fails, and `SEED=` replays it. */
export function faultCase(
  title: string,
  options: FaultOptions,
  body: (fault: Fault) => Promise<void>,
): void {
  test(title, { timeout: options.timeoutMs * patience }, async (context) => {
    const seed = process.env.SEED ?? '1';
    const counted = { lost: 0, doubledInStore: 0, doubledOnWire: 0, allowed: 0 };
    const row: Row = { title, runs: 0, events: 0, ...counted, seconds: 0 };
    const fault: Fault = {
      ...createDice(`${seed} ${title}`),
      context,
      struck() {
        row.runs += 1;
      },
      async account(account, allowed = 0) {
        const judged = await judge(account, allowed);
        row.events += judged.events;
        row.lost += judged.lost.length;
        row.doubledInStore += judged.doubledInStore.length;
        row.doubledOnWire += judged.doubledOnWire.length;
        row.allowed += allowed;
        context.task.meta.faultRow = row;
        if (judged.problems.length > 0) throw new Error(judged.problems.join('\n'));
        return judged;
      },
    };
    try {
      await body(fault);
    } catch (error) {
      if (error instanceof Error)
        error.message += `\nRepeat with: SEED=${seed} npm run test:faults -- -t '${title}'`;
      throw error;
    }
  });
}

/** The same texts give the same numbers (mulberry32). */
export function createDice(seed: string): Dice {
  let state = createHash('sha256').update(seed).digest().readUInt32LE();
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { random, between: (from, to) => from + Math.floor(random() * (to - from + 1)) };
}
