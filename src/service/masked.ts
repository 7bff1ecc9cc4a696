// Wraps adapters so that their errors contain no secret of the configuration, whatever the far end
// answered.
import { AdapterError } from '../kit/errors.ts';
import type { Mask } from '../kit/mask.ts';

/** As `adapter`, with every secret masked in the errors that its methods throw. */
export function withMaskedErrors<Adapter extends object>(adapter: Adapter, mask: Mask): Adapter {
  return new Proxy(adapter, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => masking(() => Reflect.apply(value, target, args), mask);
    },
  });
}

function masking(call: () => unknown, mask: Mask): unknown {
  try {
    const result = call();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw maskedError(error, mask);
    });
  } catch (error) {
    throw maskedError(error, mask);
  }
}

/** Any other error is a defect. Its text goes to the log alone, which masks secrets itself. */
function maskedError(error: unknown, mask: Mask): unknown {
  if (!(error instanceof AdapterError)) return error;
  const { outcome, reason, message, status, retryAfterMs, quota, answer, cause } = error;
  const shown = answer === undefined ? undefined : mask(answer);
  return new AdapterError(outcome, reason, mask(message), {
    status,
    retryAfterMs,
    quota,
    answer: shown,
    cause,
  });
}
