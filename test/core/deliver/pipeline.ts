// A source that gives a script of pages, and a sink, at work over a real Postgres: from poll to
// delivery within the test's process.

import { onTestFinished } from 'vitest';
import {
  type Lanes,
  type OriginDependencies,
  offerFresh,
  startOrigin,
} from '../../../src/core/deliver/origin.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import { type PollDependencies, startPolling } from '../../../src/core/intake/poll.ts';
import type { Route } from '../../../src/core/routing/index.ts';
import { SilenceReader } from '../../../src/core/silences/reader.ts';
import type { Sink } from '../../../src/kit/sink.ts';
import type { Page } from '../../../src/kit/source.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import type { Tracing } from '../../../src/observe/tracing/index.ts';
import type { Database } from '../../../src/store/database.ts';
import { hold, quiet, toSoc } from '../../store/stored.ts';
import { voiceOf } from '../../support/voice.ts';

export type LoggedLine = Readonly<Record<string, unknown>>;

export interface PipelineOptions {
  /** What the polls give, in turn; then empty pages. */
  readonly pages?: readonly (Partial<Page> | Error)[];
  readonly send?: Sink['send'];
  readonly check?: NonNullable<Sink['check']>;
  readonly origin?: string;
  readonly routes?: readonly Route[];
  readonly tracing?: Tracing;
}

export interface Pipeline {
  readonly lines: readonly LoggedLine[];
  linesOf(message: string): LoggedLine[];
  stopPolling(): Promise<void>;
  stopSending(): Promise<void>;
}

function scripted(pages: NonNullable<PipelineOptions['pages']>): PollDependencies['source'] {
  const left = [...pages];
  return {
    kind: 'poll',
    async poll() {
      const next = left.shift();
      if (next instanceof Error) throw next;
      return { events: [], cursor: null, more: false, ...next };
    },
  };
}

/**
 * Source `a` and sink `soc`, each if its part of the options is there. Ends with the test, at the
 * latest.
 */
export async function startPipeline(db: Database, options: PipelineOptions): Promise<Pipeline> {
  const lines: LoggedLine[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: 'debug', secrets: [], destination });
  const metrics = createMetrics({
    version: 't',
    sources: [{ id: 'a' }],
    sinks: [{ id: 'soc' }],
    roles: [],
  });
  const { pages, send, check, origin = 'x:', routes = toSoc, tracing } = options;
  const shared = { db, log, metrics, routes, tracing, now: Date.now, random: () => 0.5 };
  const lanes: Lanes = new Map();
  const startSink = async (call: Sink['send']) => {
    const deps: OriginDependencies = {
      ...shared,
      sinks: [
        { id: 'soc', sink: { origin, send: call, ...(check && { check }) }, voice: voiceOf() },
      ],
      perSecond: Number.POSITIVE_INFINITY,
      policy: {
        ...defaultPolicy,
        backoff: { firstMs: 10, maxMs: 20 },
        sinkBackoff: { firstMs: 10, maxMs: 20 },
        pausedBackoff: { firstMs: 30, maxMs: 30 },
        rereadMs: 30,
      },
      showTenant: () => false,
      async announce() {},
    };
    return startOrigin(deps, lanes, await hold(db, 'sink:x'));
  };
  const sending = send && (await startSink(send));
  const polling =
    pages &&
    startPolling(
      {
        ...shared,
        id: 'a',
        source: scripted(pages),
        silences: new SilenceReader(db, quiet),
        intervalMs: 50,
        lanes: { offer: (fresh) => offerFresh(lanes, fresh) },
      },
      await hold(db, 'source:a'),
    );
  const stopPolling = async () => polling?.stop();
  const stopSending = async () => sending?.stop();
  onTestFinished(async () => {
    await stopPolling();
    await stopSending();
  });
  return {
    lines,
    linesOf: (message) => lines.filter(({ msg }) => msg === message),
    stopPolling,
    stopSending,
  };
}
