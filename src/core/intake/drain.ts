// Reads one polled source to its end, page by page. The next page is fetched while the last one is
// stored.

import { AdapterError } from '../../kit/errors.ts';
import type { PollSource } from '../../kit/source.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import type { PageTrace, Tracing } from '../../observe/tracing/index.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { type Claimed, type ConsoleOf, claimPosition } from '../identity/position.ts';
import type { Lease } from '../loops/lease.ts';
import { WaitWatch } from '../loops/wait-watch.ts';
import type { Writes } from '../loops/writes.ts';
import { recipientsOf } from '../notices/audience.ts';
import { noticeEvent } from '../notices/notice.ts';
import type { Route } from '../routing/index.ts';
import type { SilenceReader } from '../silences/reader.ts';
import { countStored } from './count.ts';
import { createIntake, type Intake, type Outlet, type Stored } from './intake.ts';
import { logStored } from './poll-line.ts';
import { outcomeOf, type Reading, readPage } from './read-page.ts';
import type { ReadFailure } from './source-health.ts';
import type { Tenants } from './tenants.ts';

export interface DrainDependencies {
  readonly id: string;
  readonly source: PollSource;
  /** Every source of the configuration; absent: this one alone. */
  readonly consoles?: readonly ConsoleOf[];
  readonly db: Database;
  readonly routes: readonly Route[];
  readonly silences: Pick<SilenceReader, 'current'>;
  /** Gets what is new; absent: the lanes find it in the database. */
  readonly lanes?: Outlet | undefined;
  readonly tenants?: Tenants | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly tracing?: Tracing | undefined;
  readonly writes?: Writes | undefined;
}

export interface DrainOptions {
  readonly signal: AbortSignal;
  /** Follows each wait for the database. */
  readonly watch?: WaitWatch;
  /** Called after each stored page, before the next one is stored. Never rejects. */
  onPage?(): Promise<void>;
  /** True: no further page is asked for. What was read is stored. */
  mustRest?(): boolean;
}

/** The outcome of one reading. */
export interface Drained {
  readonly events: number;
  /** The far end has it switched off. */
  readonly disabled?: boolean;
  readonly failure?: ReadFailure;
  /** When the source wants to be looked at again; absent: by the polling interval. */
  readonly waitMs?: number | undefined;
}

/**
 * Reads the source to its end once. Never throws: a failure is in the answer, and counted.
 * @param lease the role `source:<id>`
 */
export function drainSource(
  deps: DrainDependencies,
  lease: Lease,
  options: DrainOptions,
): Promise<Drained> {
  return new Drain(deps, lease, options).run();
}

interface TracedReading {
  readonly trace: PageTrace | undefined;
  readonly reading: Promise<Reading>;
}

class Drain {
  readonly #deps: DrainDependencies;
  readonly #lease: Lease;
  readonly #options: DrainOptions;
  readonly #watch: WaitWatch;
  readonly #intake: Intake;
  #events = 0;
  /** The trace of the current page. */
  #trace: PageTrace | undefined;
  /** A page was read that is not in the store. */
  #isOwed = false;

  constructor(deps: DrainDependencies, lease: Lease, options: DrainOptions) {
    this.#deps = deps;
    this.#lease = lease;
    this.#options = options;
    this.#watch = options.watch ?? new WaitWatch();
    this.#intake = createIntake({ ...deps, source: deps.id, fence: lease });
  }

  async run(): Promise<Drained> {
    try {
      return await this.#readToEnd();
    } catch (error) {
      if (this.#options.signal.aborted) return { events: this.#events };
      const failure = failureOf(error);
      this.#count(failure, error);
      return this.#failed(failure);
    } finally {
      if (this.#isOwed) this.#deps.source.notStored?.();
    }
  }

  async #readToEnd(): Promise<Drained> {
    const { signal, onPage, mustRest } = this.#options;
    const timed = <T>(answer: Promise<T>) => this.#watch.of(answer);
    const claimed = await claimPosition({ ...this.#deps, timed }, this.#lease, signal);
    let reached = claimed.cursor;
    let next = this.#begin(reached);
    for (;;) {
      this.#trace = next.trace;
      const reading = await next.reading;
      const { page } = reading;
      this.#isOwed = true;
      if (signal.aborted) return { events: this.#events };
      const goesOn = page.more && !mustRest?.();
      if (goesOn) {
        reached = page.cursor ?? reached;
        next = this.#begin(reached);
        // Awaited only after the store; a failure must not count as unhandled until then.
        next.reading.catch(() => undefined);
      }
      const stored = await timed(this.#store(claimed, reading));
      if (stored === null) return this.#failed(takenOver);
      this.#isOwed = false;
      this.#deps.writes?.passed(`source:${this.#deps.id}`);
      this.#events += stored.events.length;
      await onPage?.();
      if (goesOn) continue;
      const { facts, waitMs } = page;
      return { events: this.#events, waitMs, ...(facts?.disabled && { disabled: true }) };
    }
  }

  #begin(cursor: string | null): TracedReading {
    const { id, source, metrics, tracing } = this.#deps;
    const { signal } = this.#options;
    const trace = tracing?.page(id);
    return { trace, reading: readPage({ id, source, metrics, trace }, cursor, signal) };
  }

  #failed(failure: ReadFailure): Drained {
    this.#trace?.failed(failure);
    return { events: this.#events, failure: { ...failure, traceParent: this.#trace?.parent } };
  }

  #count(failure: ReadFailure, error: unknown): void {
    const { id, metrics, writes } = this.#deps;
    const writer = `source:${id}`;
    if (failure.reason === 'database') {
      metrics.sourcePolls.inc({ source: id, outcome: 'database' });
      // Without a page it is the reading of the position that failed, which is no write.
      if (this.#isOwed) writes?.failed(writer, error);
    }
    // Without pages to write, nobody knows whether they could be written.
    else writes?.passed(writer);
  }

  async #store(claimed: Claimed, { page, readMs }: Reading): Promise<Stored | null> {
    const { id, routes, now, log, metrics } = this.#deps;
    const trace = this.#trace;
    trace?.storing();
    const startedAt = performance.now();
    const { generation, former } = claimed;
    const { events, cursor, notice, more, facts } = page;
    const noticeFor = { key: `${id} ${generation}`, to: recipientsOf(routes, id), nowMs: now() };
    const notices = notice ? [noticeEvent({ notice, ...noticeFor })] : [];
    const traceParent = trace?.parent;
    const decidable = { events, cursor, generation, former, notices, traceParent };
    const stored = await this.#intake.store(decidable);
    if (stored === null) return null;
    const { kind, values } = notice ?? {};
    if (kind !== undefined) log.info({ source: id, kind, values }, 'the channel is told');
    trace?.stored(stored.events.length, stored.duplicates);
    countStored({ id, metrics, nowMs: now() }, page, stored);
    logStored(log, {
      source: id,
      outcome: outcomeOf(page),
      more,
      position: facts?.position,
      traceParent,
      events: stored.events.length,
      duplicates: stored.duplicates,
      readMs,
      storeMs: performance.now() - startedAt,
    });
    return stored;
  }
}

const takenOver: ReadFailure = {
  reason: 'taken_over',
  message: 'another process has it now, or it was reset',
};

function failureOf(error: unknown): ReadFailure {
  if (error instanceof AdapterError) {
    const { reason, message, status, answer, retryAfterMs } = error;
    return { reason, message, status, answer, retryAfterMs };
  }
  const why = databaseErrorText(error);
  const message = `page not stored; the cursor stays and the page is read again: ${why}`;
  return { reason: 'database', message };
}
