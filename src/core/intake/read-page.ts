// Asks a source for one page, measures how long that took, and counts the outcome.

import { AdapterError } from '../../kit/errors.ts';
import type { Page, PollSource } from '../../kit/source.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import type { PageTrace } from '../../observe/tracing/index.ts';
import { KnownItemsError } from './known-items.ts';

export interface Reading {
  readonly page: Page;
  readonly readMs: number;
}

export interface ReadOptions {
  readonly id: string;
  readonly source: PollSource;
  readonly metrics: Metrics;
  readonly trace: PageTrace | undefined;
}

/**
 * @throws {AdapterError} for any failure of the source, so that all other errors of a poll come from
 * the database
 */
export async function readPage(
  { id, source, metrics, trace }: ReadOptions,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Reading> {
  const startedAt = performance.now();
  try {
    const page = await source.poll(cursor, signal);
    const outcome = outcomeOf(page);
    metrics.sourcePolls.inc({ source: id, outcome });
    trace?.read(outcome, page.events.length);
    return { page, readMs: performance.now() - startedAt };
  } catch (error) {
    if (error instanceof KnownItemsError) throw error.cause;
    const failure = error instanceof AdapterError ? error : faultOf(error);
    if (!signal.aborted) metrics.sourcePolls.inc({ source: id, outcome: failure.reason });
    throw failure;
  } finally {
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.sourcePollDuration.observe({ source: id }, seconds);
    const figures = source.takeFigures?.();
    if (figures !== undefined) metrics.showFigures(id, figures);
  }
}

export function outcomeOf(page: Page): 'ok' | 'empty' | 'disabled' {
  if (page.facts?.disabled) return 'disabled';
  return page.events.length > 0 ? 'ok' : 'empty';
}

/** Of the adapter's own code. */
function faultOf(error: unknown): AdapterError {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const message = `the source failed by a fault of its own: ${what}`;
  return new AdapterError('retry', 'unknown', message, { cause: error });
}
