// The loop that reads one polled source while this process holds its role: poll, store, wait. The next page is fetched while the last one is stored.

import { AdapterError } from '../../kit/errors.ts';
import type { Notice, StoredEvent } from '../../kit/event.ts';
import type { Page, PollSource } from '../../kit/source.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import type { PageTrace, Tracing } from '../../observe/tracing/index.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { type Claimed, type ConsoleOf, claimPosition } from '../identity/position.ts';
import { type BackoffLimits, backoffMs, databaseBackoff, rejectedBackoff, sourceBackoff } from '../loops/backoff.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import { createWake } from '../loops/wake.ts';
import type { Writes } from '../loops/writes.ts';
import { createAudience, recipientsOf } from '../notices/audience.ts';
import { noticeEvent } from '../notices/notice.ts';
import type { Route } from '../routing/index.ts';
import type { SilenceReader } from '../silences/reader.ts';
import { type Stored, storePage } from './ingest.ts';
import { logFailed, logStored } from './poll-line.ts';
import { createSourceHealth, type ReadFailure, type SourceHealth } from './source-health.ts';

/** While events arrive, the next look comes this soon (or after the interval, if that is shorter). */
const busyIntervalMs = 5000;
const retryAfterMaxMs = 3_600_000;

export interface PollDependencies {
  readonly id: string;
  readonly source: PollSource;
  /** Every source of the configuration; absent: this one alone. */
  readonly consoles?: readonly ConsoleOf[];
  readonly db: Database;
  readonly routes: readonly Route[];
  /** Ids of the sinks that hear, besides those that hear of the source, when it cannot be read. */
  readonly operations?: readonly string[];
  readonly silences: SilenceReader;
  readonly intervalMs: number;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => number;
  readonly random: () => number;
  readonly tracing?: Tracing | undefined;
  readonly writes?: Writes | undefined;
  /** Told of each stored page, so that fresh deliveries need no second reading. */
  onStored(stored: Stored): void;
}

interface Progress {
  /** Monotonic; undefined while the database is not waited for. */
  storingSinceMs: number | undefined;
}

export interface DrainOptions {
  readonly progress?: Progress;
  /** Called after each stored page, before the next one is stored. Never rejects. */
  onPage?(): Promise<void>;
}

/** How one reading to the end went. */
export interface Drained {
  readonly events: number;
  /** The far end has it switched off. */
  readonly disabled?: boolean;
  readonly failure?: ReadFailure;
}

/**
 * How long to wait until the next look, in milliseconds. After new events soon, then doubling back to the interval: an attack does not
 * wait five minutes. Never under 5 s unless the interval is. After a failure as long as the far end asked for, up to an hour; else it
 * backs off, whatever the interval is, so that what happened meanwhile is seen soon after the failure is over.
 *
 * @param failures in a row since a page was last stored, with this one
 */
export function nextWaitMs(
  previousMs: number,
  drained: Drained,
  failures: number,
  intervalMs: number,
  random: number,
): number {
  const { failure } = drained;
  if (failure?.retryAfterMs !== undefined) {
    // No wait at all would be asked for as often as there is time.
    return Math.min(Math.max(failure.retryAfterMs, sourceBackoff.firstMs), retryAfterMaxMs);
  }
  if (failure) return backoffMs(failures, random, backoffAfter(failure));
  if (drained.events > 0) return Math.min(intervalMs, busyIntervalMs);
  return Math.min(intervalMs, Math.max(previousMs, busyIntervalMs / 2) * 2);
}

function backoffAfter({ reason }: ReadFailure): BackoffLimits {
  if (reason === 'database') return databaseBackoff;
  return reason === 'auth' ? rejectedBackoff : sourceBackoff;
}

/** Reads the source until stopped. @param lease the role `source:<id>` */
export function startPolling(deps: PollDependencies, lease: Lease): RoleWorker {
  const wake = createWake();
  const abort = new AbortController();
  const progress: Progress = { storingSinceMs: undefined };
  const health = watchSource(deps, lease);
  const onPage = () => health.after({});
  const loop = async () => {
    let waitMs = deps.intervalMs;
    let isDisabled = false;
    while (!abort.signal.aborted && lease.isHeld()) {
      const drained = await drainSource(deps, lease, abort.signal, { progress, onPage });
      // What was cut off says nothing of the source.
      if (!abort.signal.aborted) await health.after(drained);
      waitMs = nextWaitMs(waitMs, drained, health.failures, deps.intervalMs, deps.random());
      if (drained.disabled && !isDisabled)
        deps.log.info({ source: deps.id }, 'the far end has this switched off; it is looked for again at each poll');
      isDisabled = drained.disabled ?? false;
      const { failure } = drained;
      if (failure) logFailed(deps.log, { source: deps.id, failure, failures: health.failures, waitMs });
      if (!abort.signal.aborted) await wake.wait(waitMs);
    }
  };
  const finished = loop();
  return {
    // Calls to the far end have limits of their own.
    stuckMs: () => (progress.storingSinceMs === undefined ? 0 : performance.now() - progress.storingSinceMs),
    async stop() {
      abort.abort(new Error('stopping'));
      wake.now();
      await finished;
      deps.writes?.passed(`source:${deps.id}`);
    },
  };
}

/** Reads the source to its end once. Never throws: a failure is in the answer, and counted. */
export async function drainSource(
  deps: PollDependencies,
  lease: Lease,
  signal: AbortSignal,
  { progress = { storingSinceMs: undefined }, onPage }: DrainOptions = {},
): Promise<Drained> {
  let events = 0;
  const writer = `source:${deps.id}`;
  const timed = async <T>(write: Promise<T>): Promise<T> => {
    progress.storingSinceMs = performance.now();
    return write.finally(() => {
      progress.storingSinceMs = undefined;
    });
  };
  let trace: PageTrace | undefined;
  /** A page was read that is not in the store. */
  let isOwed = false;
  const failed = (failure: ReadFailure): Drained => {
    trace?.failed(failure);
    return { events, failure: { ...failure, traceParent: trace?.parent } };
  };
  const begin = (cursor: string | null) => {
    const own = deps.tracing?.page(deps.id);
    return { own, reading: pollOnce(deps, cursor, signal, own) };
  };
  try {
    const claimed = await claimPosition({ ...deps, timed }, lease, signal);
    let reached = claimed.cursor;
    let next = begin(reached);
    for (;;) {
      trace = next.own;
      const reading = await next.reading;
      const { page } = reading;
      isOwed = true;
      if (signal.aborted) return { events };
      if (page.more) {
        reached = page.cursor ?? reached;
        next = begin(reached);
        next.reading.catch(() => undefined); // It is awaited only after the store; until then a failure must not count as unhandled.
      }
      const stored = await timed(store(deps, lease, claimed, reading));
      if (stored === null)
        return failed({ reason: 'taken_over', message: 'another process has it now, or it was reset' });
      isOwed = false;
      deps.writes?.passed(writer);
      events += stored.events.length;
      await onPage?.();
      if (!page.more) return page.facts?.disabled ? { events, disabled: true } : { events };
    }
  } catch (error) {
    if (signal.aborted) return { events };
    const failure = failureOf(error);
    if (failure.reason === 'database') {
      deps.metrics.sourcePolls.inc({ source: deps.id, outcome: 'database' });
      // Else it could not be asked for the position, which is no write.
      if (isOwed) deps.writes?.failed(writer, error);
    }
    // What cannot be read is not written either: whether it could be is not known any more.
    else deps.writes?.passed(writer);
    return failed(failure);
  } finally {
    if (isOwed) deps.source.notStored?.();
  }
}

interface Reading {
  readonly page: Page;
  readonly readMs: number;
  readonly trace: PageTrace | undefined;
}

async function pollOnce(
  deps: PollDependencies,
  cursor: string | null,
  signal: AbortSignal,
  trace: PageTrace | undefined,
): Promise<Reading> {
  const startedAt = performance.now();
  const source = deps.id;
  try {
    const page = await deps.source.poll(cursor, signal);
    const outcome = outcomeOf(page);
    deps.metrics.sourcePolls.inc({ source, outcome });
    trace?.read(outcome, page.events.length);
    return { page, readMs: performance.now() - startedAt, trace };
  } catch (error) {
    const failure = error instanceof AdapterError ? error : faultOf(error);
    if (!signal.aborted) deps.metrics.sourcePolls.inc({ source, outcome: failure.reason });
    throw failure;
  } finally {
    deps.metrics.sourcePollDuration.observe({ source }, (performance.now() - startedAt) / 1000);
  }
}

function outcomeOf(page: Page): 'ok' | 'empty' | 'disabled' {
  return page.facts?.disabled ? 'disabled' : page.events.length > 0 ? 'ok' : 'empty';
}

/** Of the adapter's own code. What is not an AdapterError after this comes from the database. */
function faultOf(error: unknown): AdapterError {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new AdapterError('retry', 'unknown', `the source failed by a fault of its own: ${message}`, { cause: error });
}

async function store(
  deps: PollDependencies,
  lease: Lease,
  { generation, former }: Claimed,
  { page, readMs, trace }: Reading,
): Promise<Stored | null> {
  trace?.storing();
  const startedAt = performance.now();
  const notices = page.notice ? [notice(deps, page.notice, `${deps.id} ${generation}`)] : [];
  const { db, id, routes, now, silences } = deps;
  const { events, cursor } = page;
  const traceParent = trace?.parent;
  const stored = await storePage(
    db,
    lease,
    id,
    generation,
    routes,
    events,
    cursor,
    notices,
    now(),
    silences,
    traceParent,
    former,
  );
  if (stored === null) return null;
  // Reading alone is no success: what cannot be stored is read in vain.
  deps.metrics.sourceLastSuccess.set({ source: deps.id }, deps.now() / 1000);
  deps.onStored(stored);
  const { kind, values } = page.notice ?? {};
  if (kind !== undefined) deps.log.info({ source: id, kind, values }, 'the channel is told');
  trace?.stored(stored.events.length, stored.duplicates);
  count(deps, page, stored);
  const { duplicates } = stored;
  const said = { source: id, outcome: outcomeOf(page), events: stored.events.length, duplicates, more: page.more };
  const times = { readMs, storeMs: performance.now() - startedAt };
  logStored(deps.log, { ...said, position: page.facts?.position, ...times, traceParent });
  return stored;
}

function count(deps: PollDependencies, page: Page, stored: Stored): void {
  const { metrics, id: source } = deps;
  for (const event of stored.events) metrics.countEvent(source, event);
  metrics.sourceDuplicates.inc({ source }, page.facts?.overlap ? 0 : stored.duplicates);
  for (const { sink, reason } of stored.suppressed) {
    metrics.deliveries.inc({ sink, outcome: 'suppressed' });
    metrics.deliveriesSuppressed.inc({ sink, reason });
  }
  if (page.facts?.position !== undefined) metrics.sourceCursor.set({ source }, page.facts.position);
  const lag = lagSeconds(stored.events.at(-1), deps.now());
  if (lag !== undefined) metrics.sourceLag.set({ source }, lag);
}

function lagSeconds(event: StoredEvent | undefined, nowMs: number): number | undefined {
  const observedMs = Date.parse(event?.body.observedAt ?? '');
  return Number.isNaN(observedMs) ? undefined : Math.max(0, (nowMs - observedMs) / 1000);
}

/** A notice for every sink that hears of this source. */
function notice(deps: PollDependencies, said: Notice, key: string) {
  return noticeEvent({ notice: said, key, to: recipientsOf(deps.routes, deps.id), nowMs: deps.now() });
}

function failureOf(error: unknown): ReadFailure {
  if (!(error instanceof AdapterError)) {
    const message = `page not stored; the cursor stays and the page is read again: ${databaseErrorText(error)}`;
    return { reason: 'database', message };
  }
  const { reason, message, status, answer, retryAfterMs } = error;
  return { reason, message, status, answer, retryAfterMs };
}

/** Follows a source's failures; what people must hear is stored for every sink that hears of it, and for operations. */
export function watchSource(deps: PollDependencies, lease: Lease, looksAgain = true): SourceHealth {
  const { id, db, log, now, routes, operations = [] } = deps;
  const to = createAudience({ routes, sinks: [], operations }).ofSource(id);
  return createSourceHealth({ id, db, log, now, to, looksAgain }, lease);
}
