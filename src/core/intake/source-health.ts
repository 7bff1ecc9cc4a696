// Follows whether a source can be read. Announces failures that people would mistake for a quiet
// day, and announces their end.

import type { FailureReason } from '../../kit/errors.ts';
import type { Notice } from '../../kit/event.ts';
import type { Logger } from '../../observe/log.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import type { Lease } from '../loops/lease.ts';
import { announce, announceEnd } from '../notices/conditions.ts';

/**
 * How long a source may fail before that is announced. A rebuilt tenant is announced at once, and
 * so is a credential that was refused twice.
 */
const silentMs = 900_000;

/** Which reasons have a notice of their own. */
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
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ids of the recipients. */
  readonly to: readonly string[];
  /** False: no second look follows that could confirm a refusal. Default true. */
  readonly looksAgain?: boolean;
  /** Monotonic, in milliseconds. */
  readonly clock?: () => number;
}

/** What is known of a source's failures since a page of it was last stored. */
export class SourceHealth {
  readonly #options: SourceHealthOptions;
  readonly #lease: Lease;
  readonly #failures = { source: 0, database: 0 };
  /** Monotonic: the first failure of any kind, and of the source, since a page was stored. */
  readonly #since = { any: 0, source: 0 };
  #last: 'source' | 'database' = 'source';
  /**
   * This process stored a page, so it saw these failures begin, and needs nobody's clock to know
   * how long they have lasted.
   */
  #isBeginSeen = false;
  /** The database holds no mark of a failure. Unknown at first: another process may have set it. */
  #isClear = false;
  /** A page was stored, and the database still holds the mark of the failures before it. */
  #isEndOwed = false;

  /** @param lease the role `source:<id>` */
  constructor(options: SourceHealthOptions, lease: Lease) {
    this.#options = options;
    this.#lease = lease;
  }

  /** In a row, of the kind of the last one: of our own database, or of the source. */
  get failures(): number {
    return this.#failures[this.#last];
  }

  /**
   * To be called after every stored page and every failure, in turn; not after a reading that was
   * cut off. Never throws.
   */
  async after({ failure }: { readonly failure?: ReadFailure }): Promise<void> {
    try {
      await (failure ? this.#begin(failure) : this.#end());
    } catch (error) {
      const fields = { source: this.#options.id, error: databaseErrorText(error) };
      this.#options.log.error(fields, 'the alarm about this source could not be stored');
    }
  }

  async #begin({ reason, message }: ReadFailure): Promise<void> {
    this.#count(reason);
    if (this.#last === 'database') return;
    // Otherwise this failure would seem to have begun with the earlier ones.
    if (this.#isEndOwed) await this.#clear();
    this.#isClear = false;
    const { id: source, to } = this.#options;
    const kind = ownKinds[reason] ?? 'source_failing';
    const isLasting = kind === 'source_failing';
    const values = (since: string) => ({ source, message, ...(isLasting && { since }) });
    const condition = { name: this.#name(), kind, to, values, afterMs: this.#silentFor(kind) };
    await announce(this.#announcer(), condition);
  }

  #count(reason: ReadFailure['reason']): void {
    // These two reasons say nothing about the source.
    this.#last = reason === 'database' || reason === 'taken_over' ? 'database' : 'source';
    const nowMs = this.#clockMs();
    if (this.#total() === 0) this.#since.any = nowMs;
    if (this.#last === 'source' && this.#failures.source === 0) this.#since.source = nowMs;
    this.#failures[this.#last] += 1;
  }

  /** How long the condition must have stood in the database before it is announced. */
  #silentFor(kind: Notice['kind']): number {
    const { looksAgain = true } = this.#options;
    const never = Number.POSITIVE_INFINITY;
    if (kind === 'source_reset' || kind === 'source_other') return 0;
    if (kind === 'source_rejected') return looksAgain && this.#failures.source < 2 ? never : 0;
    if (!this.#isBeginSeen) return silentMs;
    return this.#clockMs() - this.#since.source >= silentMs ? 0 : never;
  }

  async #end(): Promise<void> {
    const { id: source, log } = this.#options;
    const failures = this.#total();
    if (failures > 0) {
      const lasted_s = Math.round((this.#clockMs() - this.#since.any) / 1000);
      log.info({ source, failures, lasted_s }, 'the source can be read again');
    }
    this.#failures.source = 0;
    this.#failures.database = 0;
    this.#isBeginSeen = true;
    this.#isEndOwed = !this.#isClear;
    if (this.#isEndOwed) await this.#clear();
  }

  async #clear(): Promise<void> {
    const { id: source, to } = this.#options;
    const values = (since: string, until: string) => ({ source, since, until });
    const ended = { name: this.#name(), kind: 'source_back', to, known: to, values } as const;
    await announceEnd(this.#announcer(), ended);
    this.#isClear = true;
    this.#isEndOwed = false;
  }

  #announcer() {
    return { db: this.#options.db, fence: this.#lease, nowMs: this.#options.now() };
  }

  #name(): string {
    return `source:${this.#options.id}`;
  }

  #total(): number {
    return this.#failures.source + this.#failures.database;
  }

  #clockMs(): number {
    return this.#options.clock?.() ?? performance.now();
  }
}
