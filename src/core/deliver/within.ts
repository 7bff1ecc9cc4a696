// A call with an end, also if the callee does not heed its signal.
import { AdapterError } from '../errors.ts';

/** @throws what `call` throws, or {AdapterError} retry, timeout */
export async function within<T>(timeoutMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new AdapterError('retry', 'timeout', `no answer within ${timeoutMs / 1000} s`);
      reject(error);
      abort.abort(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([call(abort.signal), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
