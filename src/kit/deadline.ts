// Waiting outside of the loops: for a while, or for a result up to a limit. Code with a signal uses
// `AbortSignal.timeout`, and core's loops wait in `core/loops`.

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Waits for `work`, but no longer than `ms`: then it returns, or throws, what `late` does. The work
 * itself goes on. If it rejects in time, the caller gets the rejection; later it is ignored.
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
