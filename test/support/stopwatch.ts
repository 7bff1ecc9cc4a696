// Times that other processes of a busy machine do not lengthen: for tests that something ends soon,
// or costs little.

const tickMs = 5;

/**
 * Milliseconds until `promise` settles in which this process could run: of a moment in which it was
 * held up, one tick counts, however long that was. Work that blocks the event loop is not counted;
 * {@link cpuMs} counts that.
 */
export async function settledMs(promise: Promise<unknown>): Promise<number> {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, tickMs);
  try {
    await promise.catch(() => {});
  } finally {
    clearInterval(timer);
  }
  return ticks * tickMs;
}

/** Milliseconds of CPU that this process spends while `work` runs, whatever runs beside it. */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
