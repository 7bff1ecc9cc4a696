// Calls with an end, also if the callee does not heed its signal.
import { setMaxListeners } from 'node:events';
import { AdapterError } from '../../kit/errors.ts';

/** @throws what `call` throws, or {AdapterError} retry, timeout */
export type Within = <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

interface Deadline {
  readonly abort: AbortController;
  readonly signal: AbortSignal;
  readonly timer: NodeJS.Timeout;
  readonly begunAtMs: number;
  /** What ends each call that is under way. */
  readonly calls: Set<(reason: unknown) => void>;
}

/** Calls that begin within so much of the time-out share its signal and its timer. */
const sharedPart = 0.005;
/** How often it is asked whether the calls that are under way must end at once. */
const askMs = 250;

/**
 * Each call may take `timeoutMs`; one in two hundred parts less where it shares the end of one that began before it.
 * @param mustEnd asked while a call is under way: what all of them end with, or undefined to let them go on
 */
export function createDeadlines(timeoutMs: number, mustEnd: () => Error | undefined = () => undefined): Within {
  const live = new Set<Deadline>();
  let newest: Deadline | undefined;
  let asking: NodeJS.Timeout | undefined;

  function ask(): void {
    const error = mustEnd();
    if (error !== undefined) for (const deadline of live) endAll(deadline, error);
  }

  function next(): Deadline {
    const nowMs = performance.now();
    if (newest === undefined || nowMs - newest.begunAtMs > timeoutMs * sharedPart) {
      newest = begin(timeoutMs, nowMs);
      live.add(newest);
      asking ??= setInterval(ask, askMs);
    }
    return newest;
  }

  function leave(deadline: Deadline, end: (reason: unknown) => void): void {
    deadline.calls.delete(end);
    if (deadline.calls.size > 0) return;
    clearTimeout(deadline.timer);
    if (newest === deadline) newest = undefined;
    live.delete(deadline);
    if (live.size > 0) return;
    clearInterval(asking);
    asking = undefined;
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
    endAll(deadline, new AdapterError('retry', 'timeout', `no answer within ${timeoutMs / 1000} s`));
  }, timeoutMs);
  const deadline = { abort, signal: abort.signal, timer, begunAtMs, calls };
  return deadline;
}

function endAll({ abort, calls }: Deadline, error: Error): void {
  for (const end of calls) end(error);
  abort.abort(error);
}
