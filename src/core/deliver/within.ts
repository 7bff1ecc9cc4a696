// Calls with an end, also if the callee does not heed its signal.
import { setMaxListeners } from 'node:events';
import { AdapterError } from '../errors.ts';

/** @throws what `call` throws, or {AdapterError} retry, timeout */
export type Within = <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

interface Deadline {
  readonly signal: AbortSignal;
  readonly passed: Promise<never>;
  readonly timer: NodeJS.Timeout;
  readonly begunAtMs: number;
  calls: number;
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

  return async (call) => {
    const deadline = next();
    deadline.calls += 1;
    try {
      return await Promise.race([call(deadline.signal), deadline.passed]);
    } finally {
      deadline.calls -= 1;
      if (deadline.calls === 0) {
        clearTimeout(deadline.timer);
        if (newest === deadline) newest = undefined;
      }
    }
  };
}

function begin(timeoutMs: number, begunAtMs: number): Deadline {
  const abort = new AbortController();
  // Many calls under one signal are no leak: each takes its listener away again.
  setMaxListeners(0, abort.signal);
  let timer!: NodeJS.Timeout;
  const passed = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new AdapterError('retry', 'timeout', `no answer within ${timeoutMs / 1000} s`);
      reject(error);
      abort.abort(error);
    }, timeoutMs);
  });
  return { signal: abort.signal, passed, timer, begunAtMs, calls: 0 };
}
