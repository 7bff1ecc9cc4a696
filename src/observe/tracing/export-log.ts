// Logs the export of spans: a failure at once and then once an hour, the recovery, and some remarks
// of the SDK.
import type { Logger } from '../log.ts';

const everyMs = 3_600_000;
/** How many remarks of the SDK are logged in that time. */
const remarksMax = 5;

export interface ExportLog {
  began(): void;
  /** @param error absent if the collector took the spans */
  ended(spans: number, error?: Error): void;
  /** Logs a remark of the SDK. */
  remarked(text: string): void;
  /** True if the last export succeeded and none is pending. */
  isAnswering(): boolean;
}

/** @param now monotonic milliseconds */
export function createExportLog(log: Logger, now: () => number): ExportLog {
  let pending = 0;
  let lost = 0;
  let warnedAtMs = Number.NEGATIVE_INFINITY;
  let remarksSinceMs = Number.NEGATIVE_INFINITY;
  let remarks = 0;

  function failed(spans: number, error: Error): void {
    const isFirst = lost === 0;
    lost += spans;
    if (!isFirst && now() - warnedAtMs < everyMs) return;
    warnedAtMs = now();
    log.warn(
      { lost, error: sentence(error) },
      'the collector takes no spans; they are lost, and nothing else is',
    );
  }

  return {
    began() {
      pending += 1;
    },
    ended(spans, error) {
      pending -= 1;
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
    isAnswering: () => lost === 0 && pending === 0,
  };
}

/** The message with its status or code, but never the body of the answer. */
function sentence(error: Error & { code?: unknown }): string {
  return error.code === undefined || error.message.includes(String(error.code))
    ? error.message
    : `${error.message} (${String(error.code)})`;
}
