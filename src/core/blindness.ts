// A source that cannot be read: cards when people would wrongly believe that nothing happens, and word of its end.
import { tell, tellEnd } from './conditions.ts';
import type { FailureReason } from './errors.ts';
import type { Lease } from './lease.ts';
import type { Logger } from './log.ts';
import { type Database, databaseErrorText } from './store/database.ts';

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
  /** Of the poll, as W3C `traceparent`, if it is traced. */
  readonly traceParent?: string | undefined;
}

export interface BlindnessDependencies {
  readonly id: string;
  readonly db: Database;
  readonly log: Logger;
  readonly now: () => number;
  /** Ids of the sinks that hear of it. */
  readonly to: readonly string[];
}

/** What is known of a source's failures in a row. */
export interface Blindness {
  readonly failures: number;
  /** To be told of every reading that was not cut off, in turn. Never throws. */
  after(reading: { readonly failure?: ReadFailure }): Promise<void>;
}

/** @param lease the role `source:<id>` */
export function createBlindness(deps: BlindnessDependencies, lease: Lease): Blindness {
  const { id: source, db, log, now, to } = deps;
  const name = `source:${source}`;
  let failures = 0;
  let sinceMs = 0;
  /** The database holds no word of a failure; unknown at first, for this process may not be the one that saw it begin. */
  let isClear = false;

  async function begin({ reason, message }: ReadFailure): Promise<void> {
    if (failures === 0) sinceMs = now();
    failures += 1;
    // Neither says anything of the source.
    if (reason === 'database' || reason === 'taken_over') return;
    isClear = false;
    const kind = reason === 'auth' ? 'source_rejected' : reason === 'reset' ? 'source_reset' : 'source_failing';
    const isFailing = kind === 'source_failing';
    const said = (since: string) => ({ source, message, ...(isFailing && { since }) });
    await tell(db, lease, { name, kind, to, said, afterMs: isFailing ? silentMs : 0 }, now());
  }

  async function end(): Promise<void> {
    if (failures > 0) {
      const lasted_s = Math.round((now() - sinceMs) / 1000);
      log.info({ source, failures, lasted_s }, 'the source can be read again');
    }
    failures = 0;
    if (isClear) return;
    const said = (since: string, until: string) => ({ source, since, until });
    await tellEnd(db, lease, { name, kind: 'source_back', to, known: to, said }, now());
    isClear = true;
  }

  return {
    get failures() {
      return failures;
    },
    async after({ failure }) {
      try {
        await (failure ? begin(failure) : end());
      } catch (error) {
        log.error({ source, error: databaseErrorText(error) }, 'the alarm about this source could not be stored');
      }
    },
  };
}
