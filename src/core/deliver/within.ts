// Ends calls in time, even if the callee ignores its signal.
import { setMaxListeners } from 'node:events';
import { AdapterError } from '../../kit/errors.ts';

/** Calls that began at nearly the same time, and end together at the latest. */
interface Deadline {
  readonly abort: AbortController;
  readonly signal: AbortSignal;
  readonly timer: NodeJS.Timeout;
  readonly begunAtMs: number;
  /** What ends each call that is under way. */
  readonly calls: Set<(reason: unknown) => void>;
}

/** Calls that begin within this part of the time-out share its signal and its timer. */
const sharedPart = 0.005;
/** How often it is asked whether the calls that are under way must end at once. */
const askMs = 250;

/**
 * Each call may take `timeoutMs`; one in two hundred parts less where it shares the end of one that
 * began before it.
 */
export class Deadlines {
  readonly #timeoutMs: number;
  readonly #mustEnd: () => Error | undefined;
  readonly #live = new Set<Deadline>();
  #newest: Deadline | undefined;
  #asking: NodeJS.Timeout | undefined;

  /**
   * @param mustEnd asked while a call is under way: what all of them end with, or undefined to let
   * them go on
   */
  constructor(timeoutMs: number, mustEnd: () => Error | undefined = () => undefined) {
    this.#timeoutMs = timeoutMs;
    this.#mustEnd = mustEnd;
  }

  /** @throws what `call` throws, or {AdapterError} retry, timeout */
  async within<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = this.#next();
    let end!: (reason: unknown) => void;
    try {
      return await new Promise<T>((resolve, reject) => {
        end = reject;
        deadline.calls.add(end);
        call(deadline.signal).then(resolve, reject);
      });
    } finally {
      this.#leave(deadline, end);
    }
  }

  #next(): Deadline {
    const nowMs = performance.now();
    if (
      this.#newest === undefined ||
      nowMs - this.#newest.begunAtMs > this.#timeoutMs * sharedPart
    ) {
      this.#newest = begin(this.#timeoutMs, nowMs);
      this.#live.add(this.#newest);
      this.#asking ??= setInterval(() => this.#ask(), askMs);
    }
    return this.#newest;
  }

  #leave(deadline: Deadline, end: (reason: unknown) => void): void {
    deadline.calls.delete(end);
    if (deadline.calls.size > 0) return;
    clearTimeout(deadline.timer);
    if (this.#newest === deadline) this.#newest = undefined;
    this.#live.delete(deadline);
    if (this.#live.size > 0) return;
    clearInterval(this.#asking);
    this.#asking = undefined;
  }

  #ask(): void {
    const error = this.#mustEnd();
    if (error !== undefined) for (const deadline of this.#live) endAll(deadline, error);
  }
}

function begin(timeoutMs: number, begunAtMs: number): Deadline {
  const abort = new AbortController();
  // Many calls under one signal are no leak: each takes its listener away again.
  setMaxListeners(0, abort.signal);
  const calls: Deadline['calls'] = new Set();
  const timer = setTimeout(() => {
    endAll(
      deadline,
      new AdapterError('retry', 'timeout', `no answer within ${timeoutMs / 1000} s`),
    );
  }, timeoutMs);
  const deadline = { abort, signal: abort.signal, timer, begunAtMs, calls };
  return deadline;
}

function endAll({ abort, calls }: Deadline, error: Error): void {
  for (const end of calls) end(error);
  abort.abort(error);
}
