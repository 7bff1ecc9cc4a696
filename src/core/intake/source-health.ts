// A source that cannot be read: cards when people would wrongly believe that nothing happens, and word of its end.

import type { FailureReason } from '../../kit/errors.ts';
import type { Notice } from '../../kit/event.ts';
import type { Logger } from '../../observe/log.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import type { Lease } from '../loops/lease.ts';
import { announce, announceEnd } from '../notices/conditions.ts';

/** How long it may fail before people hear of it. They hear at once of a rebuilt tenant, and of a credential that is refused twice. */
const silentMs = 900_000;

/** Which reasons have a card of their own. */
const ownKinds: Readonly<Partial<Record<ReadFailure['reason'], Notice['kind']>>> = {
  auth: 'source_rejected',
  reset: 'source_reset',
  other_console: 'source_other',
};

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

export interface SourceHealthOptions {
  readonly id: string;
  readonly db: Database;
  readonly log: Logger;
  readonly now: () => number;
  /** Ids of the sinks that hear of it. */
  readonly to: readonly string[];
  /** False: there is no second look that could confirm a refusal. Default true. */
  readonly looksAgain?: boolean;
  /** Monotonic, in milliseconds. */
  readonly clock?: () => number;
}

/** What is known of a source's failures since a page of it was last stored. */
export interface SourceHealth {
  /** In a row, of the kind of the last one: our own database's, or the source's. */
  readonly failures: number;
  /** To be told of every stored page and of every failure, in turn; not of a reading that was cut off. Never throws. */
  after(reading: { readonly failure?: ReadFailure }): Promise<void>;
}

/** @param lease the role `source:<id>` */
export function createSourceHealth(deps: SourceHealthOptions, lease: Lease): SourceHealth {
  const { id: source, db, log, now, to, looksAgain = true, clock = () => performance.now() } = deps;
  const name = `source:${source}`;
  const failures = { source: 0, database: 0 };
  let last: keyof typeof failures = 'source';
  /** Monotonic: of the first failure of any kind, and of the first one of the source, since a page was stored. */
  const since = { any: 0, source: 0 };
  /** This process stored a page, so it saw these failures begin, and needs nobody's clock to know for how long they last. */
  let isBeginSeen = false;
  /** The database holds no word of a failure; unknown at first, for this process may not be the one that saw it begin. */
  let isClear = false;
  /** A page was stored, and the database still holds word of the failures before it. */
  let isEndOwed = false;

  async function begin({ reason, message }: ReadFailure): Promise<void> {
    // Neither says anything of the source.
    last = reason === 'database' || reason === 'taken_over' ? 'database' : 'source';
    if (failures.source + failures.database === 0) since.any = clock();
    if (last === 'source' && failures.source === 0) since.source = clock();
    failures[last] += 1;
    if (last === 'database') return;
    // Else this failure would seem to have begun with the earlier ones.
    if (isEndOwed) await clear();
    isClear = false;
    const kind = ownKinds[reason] ?? 'source_failing';
    const values = (begun: string) => ({ source, message, ...(kind === 'source_failing' && { since: begun }) });
    await announce({ db, fence: lease, nowMs: now() }, { name, kind, to, values, afterMs: silenceAfter(kind) });
  }

  /** How long the condition must have stood in the database before people hear of it. */
  function silenceAfter(kind: Notice['kind']): number {
    if (kind === 'source_reset' || kind === 'source_other') return 0;
    if (kind === 'source_rejected') return looksAgain && failures.source < 2 ? Number.POSITIVE_INFINITY : 0;
    if (!isBeginSeen) return silentMs;
    return clock() - since.source >= silentMs ? 0 : Number.POSITIVE_INFINITY;
  }

  async function end(): Promise<void> {
    const count = failures.source + failures.database;
    if (count > 0) {
      const lasted_s = Math.round((clock() - since.any) / 1000);
      log.info({ source, failures: count, lasted_s }, 'the source can be read again');
    }
    failures.source = 0;
    failures.database = 0;
    isBeginSeen = true;
    isEndOwed = !isClear;
    if (isEndOwed) await clear();
  }

  async function clear(): Promise<void> {
    const values = (begun: string, until: string) => ({ source, since: begun, until });
    await announceEnd({ db, fence: lease, nowMs: now() }, { name, kind: 'source_back', to, known: to, values });
    isClear = true;
    isEndOwed = false;
  }

  return {
    get failures() {
      return failures[last];
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
