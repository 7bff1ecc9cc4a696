// Tries out the sources and sinks for `tocsin check`: their credentials, hooks and settings. Posts
// nothing.

import { AdapterError } from '../../kit/errors.ts';
import type { Sink } from '../../kit/sink.ts';
import type { PollSource } from '../../kit/source.ts';
import { describeError } from '../../observe/log.ts';
import type { Finding } from './finding.ts';

/** How long a far end may take to answer. */
export const waitMs = 20_000;
const expiryWarningDays = 14;
const dayMs = 86_400_000;

/** @param nowMs since the epoch */
export async function tryOutSource(
  {
    id,
    source,
  }: { readonly id: string; readonly source: Pick<PollSource, 'check' | 'credentialExpiresAt'> },
  nowMs: number,
): Promise<Finding[]> {
  const found = await tryOut('source', id, source.check?.bind(source));
  return [found, ...expiryOf(id, source.credentialExpiresAt?.(), nowMs)];
}

/**
 * Each remark that a sink makes about itself is a finding of its own.
 * @param routeSettings what the routes set for this sink
 */
export async function tryOutSink(
  { id, sink }: { readonly id: string; readonly sink: Pick<Sink, 'check' | 'inspect'> },
  routeSettings: readonly unknown[],
): Promise<Finding[]> {
  if (sink.inspect === undefined) return [await tryOut('sink', id, sink.check?.bind(sink))];
  try {
    const { tested, remarks } = await sink.inspect(AbortSignal.timeout(waitMs), routeSettings);
    const warnings = remarks.map((text): Finding => ({ status: 'warn', kind: 'sink', id, text }));
    return [{ status: 'ok', kind: 'sink', id, text: tested }, ...warnings];
  } catch (error) {
    return [{ status: 'failed', kind: 'sink', id, text: textOf(error) }];
  }
}

async function tryOut(
  kind: 'source' | 'sink',
  id: string,
  attempt: ((signal: AbortSignal) => Promise<unknown>) | undefined,
): Promise<Finding> {
  if (attempt === undefined) return { status: 'ok', kind, id, text: 'has nothing to try out' };
  try {
    const remark = await attempt(AbortSignal.timeout(waitMs));
    if (typeof remark === 'string')
      return { status: 'warn', kind, id, text: `answers, but ${remark}` };
    return { status: 'ok', kind, id, text: 'answers, and accepts what it is configured with' };
  } catch (error) {
    return { status: 'failed', kind, id, text: textOf(error) };
  }
}

function textOf(error: unknown): string {
  if (error instanceof AdapterError) return error.message;
  if (error instanceof Error && error.name === 'TimeoutError')
    return `gave no answer within ${waitMs / 1000} seconds`;
  return describeError(error).message;
}

/** Empty if the credential does not end soon, or if nobody knows when it does. */
function expiryOf(id: string, expiresAtMs: number | undefined, nowMs: number): Finding[] {
  if (expiresAtMs === undefined) return [];
  const date = new Date(expiresAtMs).toISOString().slice(0, 10);
  const remedy = 'Create a new one and replace it.';
  const about = { kind: 'source', id } as const;
  if (expiresAtMs <= nowMs)
    return [{ ...about, status: 'failed', text: `its credential ended on ${date}. ${remedy}` }];
  const days = Math.floor((expiresAtMs - nowMs) / dayMs);
  if (days >= expiryWarningDays) return [];
  const text = `its credential ends on ${date}, in ${days} days. ${remedy}`;
  return [{ ...about, status: 'warn', text }];
}
