// A source that cannot be read: a log line for each failure, cards when people would wrongly believe that nothing happens, and word of its end.
import type { FailureReason } from './errors.ts';
import type { Notice } from './event.ts';
import type { Logger } from './log.ts';

/** So long it may fail before people hear of it; a rejected credential or a rebuilt tenant they hear of at once. */
const silentMs = 900_000;

/** Why a source was not read to its end. */
export interface ReadFailure {
  readonly reason: FailureReason | 'database' | 'taken_over';
  readonly message: string;
  readonly status?: number | undefined;
  /** Beginning of what the far end answered. */
  readonly answer?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

export interface BlindnessDependencies {
  readonly id: string;
  readonly log: Logger;
  readonly now: () => number;
  /** Stores a notice for whoever hears of this source, once for each `key`. Never throws. */
  announce(notice: Notice, key: string): Promise<void>;
}

/** What is known of a source's failures in a row. */
export interface Blindness {
  readonly failures: number;
  /** To be told of every reading, in turn. */
  after(reading: { readonly failure?: ReadFailure }): Promise<void>;
}

export function createBlindness({ id: source, log, now, announce }: BlindnessDependencies): Blindness {
  let failures = 0;
  let sinceMs = 0;
  let isTold = false;

  async function begin({ reason, message }: ReadFailure): Promise<void> {
    if (failures === 0) sinceMs = now();
    failures += 1;
    const since = new Date(sinceMs).toISOString();
    const day = new Date(now()).toISOString().slice(0, 10);
    const said = { source, message };
    if (reason === 'auth' || reason === 'reset') {
      isTold = reason === 'auth';
      const kind = reason === 'auth' ? 'source_rejected' : 'source_reset';
      await announce({ kind, values: said }, day);
    } else if (!isTold && now() - sinceMs >= silentMs) {
      isTold = true;
      await announce({ kind: 'source_failing', values: { ...said, since } }, since);
    }
  }

  async function end(): Promise<void> {
    if (failures === 0) return;
    const lastedMs = now() - sinceMs;
    log.info({ source, failures, lasted_s: Math.round(lastedMs / 1000) }, 'the source can be read again');
    if (isTold) {
      const [since, until] = [sinceMs, now()].map((ms) => new Date(ms).toISOString()) as [string, string];
      await announce({ kind: 'source_back', values: { source, since, until } }, since);
    }
    failures = 0;
    isTold = false;
  }

  return {
    get failures() {
      return failures;
    },
    after: ({ failure }) => (failure ? begin(failure) : end()),
  };
}
