// Virtual time for the processes of a schedule: a timer fires when the schedule says so. Code
// outside of a process keeps the machine's time.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lease } from '../../src/core/loops/lease.ts';

/** What a modelled process is to the world around it. */
export interface Process {
  readonly id: string;
  /** Killed, or ended: nothing of it runs any more. */
  isDead: boolean;
  /** Stopped by a signal: its timers and the answers to it wait. */
  isFrozen: boolean;
}

/** Who runs: set for everything that a process does, and for what it does under a role. */
export interface Context {
  readonly process: Process;
  readonly lease: Lease | undefined;
}

export const running = new AsyncLocalStorage<Context>();

/** When each schedule begins, by the wall. */
const epochMs = Date.UTC(2026, 0, 1);

interface Timer {
  readonly atMs: number;
  readonly context: Context;
  readonly fire: () => void;
}

export interface Clock {
  /** Monotonic milliseconds. */
  monotonicMs(): number;
  /** What the database's clock shows, milliseconds since the epoch. */
  wallMs(): number;
  /** The next timer of a process that can run. */
  nextMs(): number | undefined;
  /** Lets time pass until then, and fires the timers that are due, in order. */
  advanceTo(ms: number): Promise<void>;
  /** Forgets all timers, and begins anew. */
  reset(): void;
  /** Gives the machine's time back. */
  uninstall(): void;
}

/** Everything that follows from what was just answered has happened. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

export function installClock(): Clock {
  const original = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const machineNow = performance.now.bind(performance);
  let nowMs = 1000;
  let timers = new Set<Timer>();

  function setVirtual(callback: () => void, ms = 0, ...rest: []): unknown {
    const context = running.getStore();
    if (!context) return original.setTimeout(callback, ms, ...rest);
    const timer = { atMs: nowMs + Math.max(1, ms), context, fire: callback };
    timers.add(timer);
    return timer;
  }
  function clearVirtual(timer: unknown): void {
    if (!timers.delete(timer as Timer) && !running.getStore())
      original.clearTimeout(timer as NodeJS.Timeout);
  }
  globalThis.setTimeout = setVirtual as typeof setTimeout;
  globalThis.clearTimeout = clearVirtual as typeof clearTimeout;
  performance.now = () => (running.getStore() ? nowMs : machineNow());

  function next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      const { process } = timer.context;
      if (process.isDead) timers.delete(timer);
      else if (!process.isFrozen && (!first || timer.atMs < first.atMs)) first = timer;
    }
    return first;
  }

  return {
    monotonicMs: () => nowMs,
    wallMs: () => epochMs + nowMs,
    nextMs: () => next()?.atMs,
    async advanceTo(ms) {
      for (let timer = next(); timer && timer.atMs <= ms; timer = next()) {
        timers.delete(timer);
        nowMs = Math.max(nowMs, timer.atMs);
        running.run(timer.context, timer.fire);
        await settled();
      }
      nowMs = Math.max(nowMs, ms);
    },
    reset() {
      timers = new Set();
      nowMs = 1000;
    },
    uninstall() {
      Object.assign(globalThis, original);
      // The method of the prototype is seen again.
      Reflect.deleteProperty(performance, 'now');
    },
  };
}
