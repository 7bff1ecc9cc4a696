// The far ends for the operations that call one: of the relay that runs, or of a command's own
// adapters; and the sample that is posted to try out a sink.
import type { Config } from '../config/index.ts';
import { AdapterError } from '../kit/errors.ts';
import { noticeSource, noticeStream, type StoredEvent } from '../kit/event.ts';
import { createHttpClient, type HttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { FarEnds } from '../operations/index.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import {
  type ConfiguredSink,
  type ConfiguredSource,
  createSinks,
  createSources,
} from './adapters.ts';

const sampleMs = 15_000;

interface Adapters {
  readonly sources: readonly ConfiguredSource[];
  readonly sinks: readonly ConfiguredSink[];
}

/** @param adapters asked for at each call: another configuration may have come */
export function farEndsOf(adapters: () => Adapters): FarEnds {
  const sinkOf = (id: string) => adapters().sinks.find((one) => one.id === id);
  return {
    async testSink(id) {
      const found = sinkOf(id);
      if (found === undefined) return false;
      await postSample(found);
      return true;
    },
    source: (id) => adapters().sources.find((one) => one.id === id)?.source,
    originOf: (id) => sinkOf(id)?.sink.origin,
  };
}

export interface OwnFarEnds extends FarEnds {
  /** Ends what was made; without a call nothing was. */
  close(): Promise<void>;
}

/** For a command: makes its adapters at the first call. */
export function ownFarEnds(config: Config): OwnFarEnds {
  let made: (Adapters & { readonly http: HttpClient }) | undefined;
  const make = () => {
    const http = createHttpClient({ proxy: config.proxy, mask: createMask(config.secrets) });
    const around = { http, now: Date.now };
    const registries = { sources, sinks };
    return {
      http,
      sources: createSources(config, registries, around),
      sinks: createSinks(config, registries, around),
    };
  };
  const adapters = () => {
    made ??= make();
    return made;
  };
  return {
    ...farEndsOf(adapters),
    async close() {
      await Promise.allSettled(made?.sinks.map(({ sink }) => sink.close?.()) ?? []);
      await made?.http.close();
    },
  };
}

/**
 * Posts a sample card. If the sample is refused and the sink's own check fails too, the sample is
 * not the reason, and the error is that of the check.
 * @throws {AdapterError}
 */
export async function postSample({ id, sink, voice }: ConfiguredSink): Promise<void> {
  const signal = AbortSignal.timeout(sampleMs);
  const message = voice.message(sampleOf(id), { form: 'full', showTenant: false });
  try {
    await sink.send(message, { deliveryId: `${id}-sample`, attempt: 1, signal });
  } catch (error) {
    if (error instanceof AdapterError && error.outcome === 'reject_event')
      await sink.check?.(signal);
    throw error;
  }
}

function sampleOf(sink: string): StoredEvent {
  const now = new Date().toISOString();
  return {
    id: 0,
    source: noticeSource,
    externalId: 'sample',
    subject: 'sample',
    stream: noticeStream,
    type: 'SAMPLE',
    severity: 1,
    status: null,
    action: null,
    occurredAt: now,
    receivedAt: now,
    body: { notice: { kind: 'sample', values: { sink } } },
  };
}
