// Calls with an end, also if the callee does not heed its signal.
import { setMaxListeners } from 'node:events';
import { AdapterError } from '../errors.ts';

/** @throws what `call` throws, or {AdapterError} retry, timeout */
export type Within = <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

interface Deadline {
  readonly signal: AbortSignal;
  readonly timer: NodeJS.Timeout;
  readonly begunAtMs: number;
  /** What ends each call that is under way. */
  readonly calls: Set<(reason: unknown) => void>;
}

/** Calls that begin within so much of the time-out share its signal and its timer. */
const sharedPart = 0.005;

/** Each call may take `timeoutMs`; one in two hundred parts less where it shares the end of one that began before it. */
export function createDeadlines(timeoutMs: number): Within {
  let newest: Deadline | undefined;

  function next(): Deadline {
    const nowMs = performance.now();
    if (newest === undefined || nowMs - newest.begunAtMs > timeoutMs * sharedPart) newest = begin(timeoutMs, nowMs);
    return newest;
  }

  function leave(deadline: Deadline, end: (reason: unknown) => void): void {
    deadline.calls.delete(end);
    if (deadline.calls.size > 0) return;
    clearTimeout(deadline.timer);
    if (newest === deadline) newest = undefined;
  }

  return async <T>(call: (signal: AbortSignal) => Promise<T>) => {
    const deadline = next();
    let end!: (reason: unknown) => void;
    try {
      return await new Promise<T>((resolve, reject) => {
        end = reject;
        deadline.calls.add(end);
        call(deadline.signal).then(resolve, reject);
      });
    } finally {
      leave(deadline, end);
    }
  };
}

function begin(timeoutMs: number, begunAtMs: number): Deadline {
  const abort = new AbortController();
  // Many calls under one signal are no leak: each takes its listener away again.
  setMaxListeners(0, abort.signal);
  const calls: Deadline['calls'] = new Set();
  const timer = setTimeout(() => {
    const error = new AdapterError('retry', 'timeout', `no answer within ${timeoutMs / 1000} s`);
    for (const end of calls) end(error);
    abort.abort(error);
  }, timeoutMs);
  return { signal: abort.signal, timer, begunAtMs, calls };
}
