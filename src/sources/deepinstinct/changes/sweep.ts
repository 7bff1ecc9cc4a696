// Searches for what was closed, seen again or opened again, by the times that the console itself
// gives. Plans them, and judges their answers. Pure.
import { isObject, type WirePage } from '../page.ts';
import type { Stream } from '../stream.ts';
import { timeMsOf, timeOf } from '../time.ts';
import {
  neverSwept,
  type Position,
  type Run,
  type Sweep,
  type SweepKind,
  type SweepName,
  sweepKinds,
} from './position.ts';

/** Of the vendor; a page with fewer is the last one. */
export const pageSize = 50;

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** How far a sweep reaches back behind what it has seen: rows are committed late. */
const overlapMs: Readonly<Record<SweepKind, number>> = {
  closed: 10 * minuteMs,
  // Each new event is among these, so this is short; what a device reports late is found by reading
  // open items again.
  recurred: 2 * minuteMs,
  reopened: 0,
};
/** Where the first sweep begins. Earlier changes are found by reading open items again. */
const firstMs = 60 * minuteMs;

/** The field of an item that the sweep asks for a span of. */
const fields: Readonly<Record<SweepKind, string>> = {
  closed: 'close_timestamp',
  recurred: 'last_reoccurrence',
  reopened: 'insertion_timestamp',
};

export interface SweepTask {
  readonly kind: 'sweep';
  readonly name: SweepName;
  readonly stream: Stream;
  readonly sweep: SweepKind;
}

export interface SweepPace {
  readonly streams: readonly Stream[];
  /** Requests in a minute. */
  readonly budget: number;
}

const everyMinMs = 30_000;

/**
 * Milliseconds between two sweeps of a kind: so many that all of them take some third of the budget
 * where one page is enough. Two minutes for both streams with a budget of six.
 */
export function sweepEveryMs(kind: SweepKind, { streams, budget }: SweepPace): number {
  const everyMs = Math.max(everyMinMs, (6 * minuteMs * streams.length) / budget);
  return kind === 'reopened' ? 5 * everyMs : everyMs;
}

export function tasksOf(streams: readonly Stream[]): SweepTask[] {
  return streams.flatMap((stream) =>
    sweepKinds.map(
      (sweep): SweepTask => ({
        kind: 'sweep',
        name: `${stream} ${sweep}`,
        stream,
        sweep,
      }),
    ),
  );
}

/** Milliseconds until it is to be made; below 0: it should have been made. */
export function dueInMs(
  { name, sweep }: SweepTask,
  { sweeps }: Position,
  { nowMs, ...pace }: SweepPace & { readonly nowMs: number },
): number {
  const { doneMs, run } = sweeps[name] ?? neverSwept;
  if (run !== null || doneMs === null) return 0;
  // A time to come was written before the clock went back.
  return nowMs < doneMs ? 0 : doneMs + sweepEveryMs(sweep, pace) - nowMs;
}

/** What to ask for: the run that was begun, or a new one. */
export function runOf(
  { sweep: kind }: SweepTask,
  { reached, run }: Sweep,
  { nowMs, watchForMs }: { readonly nowMs: number; readonly watchForMs: number },
): Run {
  if (run !== null) return run;
  const reachedMs = Math.min(timeMsOf(reached) ?? nowMs - firstMs, nowMs);
  const fromMs = kind === 'reopened' ? nowMs - watchForMs : reachedMs - overlapMs[kind];
  // The end lies ahead: the console's clock is not ours. What is beyond is nobody's clock.
  return { from: isoOf(fromMs), to: isoOf(nowMs + dayMs), after: 0, latest: null };
}

/** The vendor's `EventSearch`. */
export function filterOf(kind: SweepKind, { from, to }: Run): Readonly<Record<string, unknown>> {
  const span = { [fields[kind]]: { from, to } };
  return kind === 'reopened' ? { status: ['REOPEN'], ...span } : span;
}

/** False: the page holds what was not asked for, so the console ignores the filter. */
export function isHeeded(kind: SweepKind, { from, to }: Run, { items }: WirePage): boolean {
  const [fromMs, toMs] = [Date.parse(from) - 1000, Date.parse(to) + 1000];
  return items.every(({ value }) => {
    if (!isObject(value)) return true;
    if (kind === 'reopened') return value.status === 'REOPEN';
    const atMs = timeMsOf(value[fields[kind]]);
    return atMs !== undefined && atMs >= fromMs && atMs <= toMs;
  });
}

/** The sweep after this page of its run. */
export function advanced(
  kind: SweepKind,
  {
    sweep,
    run,
    page,
    nowMs,
  }: {
    readonly sweep: Sweep;
    readonly run: Run;
    readonly page: WirePage;
    readonly nowMs: number;
  },
): Sweep {
  const times = page.items.flatMap(({ value }) =>
    isObject(value) ? (timeOf(value[fields[kind]]) ?? []) : [],
  );
  const latest = latestOf([run.latest, ...times]);
  const { newestId } = page;
  if (page.items.length >= pageSize && newestId !== undefined)
    return { ...sweep, run: { ...run, after: newestId, latest } };
  const reached = kind === 'reopened' ? null : latestOf([sweep.reached, latest]);
  // Without a first time, the next one would begin later than this one did.
  return { reached: reached ?? run.from, doneMs: nowMs, run: null };
}

function latestOf(times: readonly (string | null)[]): string | null {
  return times.reduce(
    (best, time) => (best === null || (time !== null && time > best) ? time : best),
    null,
  );
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
