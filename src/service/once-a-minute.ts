// What is counted for the metrics and costs the database something: once a minute at the most, however
// often the metrics are asked for.

const everyMs = 60_000;

/** @param count its error is the caller's, and then it is not counted as done @param now monotonic milliseconds */
export function onceAMinute(count: () => Promise<void>, now: () => number): () => Promise<void> {
  let countedAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (now() - countedAtMs < everyMs) return;
    await count();
    countedAtMs = now();
  };
}
