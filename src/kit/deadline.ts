// How code that is no loop waits: for a time, or for something but no longer than a time. What has
// a signal takes `AbortSignal.timeout`; core's loops wait by their wake.

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * What `work` resolves with, or after `ms` what `late` returns or throws. The work goes on all the
 * same; its rejection is the caller's until then, and nobody's afterwards.
 */
export async function within<Result, Late>(
  work: Promise<Result>,
  ms: number,
  late: () => Late,
): Promise<Result | Late> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<typeof isExpired>((resolve) => {
    timer = setTimeout(resolve, ms, isExpired);
  });
  try {
    const first = await Promise.race([work, expired]);
    return first === isExpired ? late() : first;
  } finally {
    clearTimeout(timer);
  }
}

const isExpired = Symbol('expired');
