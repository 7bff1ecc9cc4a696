// What the log hears of exports: that spans are not taken, at once and then once an hour, and that
// they are again; and some of the SDK's remarks.
import type { Logger } from '../log.ts';

const everyMs = 3_600_000;
/** Remarks in that time. */
const remarksMax = 5;

export interface ExportLog {
  began(): void;
  /** @param error absent if the collector took them */
  ended(spans: number, error?: Error): void;
  /** The SDK has something to say. */
  remarked(text: string): void;
  /** The last answer was a good one, and none is owed. */
  isAnswering(): boolean;
}

/** @param now monotonic milliseconds */
export function createExportLog(log: Logger, now: () => number): ExportLog {
  let owed = 0;
  let lost = 0;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let remarksSinceMs = Number.NEGATIVE_INFINITY;
  let remarks = 0;

  function failed(spans: number, error: Error): void {
    const isFirst = lost === 0;
    lost += spans;
    if (!isFirst && now() - toldAtMs < everyMs) return;
    toldAtMs = now();
    log.warn(
      { lost, error: sentence(error) },
      'the collector takes no spans; they are lost, and nothing else is',
    );
  }

  return {
    began() {
      owed += 1;
    },
    ended(spans, error) {
      owed -= 1;
      if (error) return failed(spans, error);
      if (lost > 0) log.info({ lost }, 'the collector takes spans again');
      lost = 0;
    },
    remarked(text) {
      if (now() - remarksSinceMs >= everyMs) {
        remarksSinceMs = now();
        remarks = 0;
      }
      remarks += 1;
      if (remarks <= remarksMax) log.warn({ remark: text }, 'a remark of the tracing library');
    },
    isAnswering: () => lost === 0 && owed === 0,
  };
}

/** A status or a code, and what is said with it; not the body of the answer. */
function sentence(error: Error & { code?: unknown }): string {
  return error.code === undefined || error.message.includes(String(error.code))
    ? error.message
    : `${error.message} (${String(error.code)})`;
}
