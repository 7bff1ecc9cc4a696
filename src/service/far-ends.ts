// The far ends for the operations that call one: of the relay that runs, or of a command's own
// adapters; and the sample that is posted to try out a sink.
import type { Config } from '../config/index.ts';
import { AdapterError } from '../kit/errors.ts';
import { noticeSource, noticeStream, type StoredEvent } from '../kit/event.ts';
import { createHttpClient, type HttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { FarEnds } from '../operations/index.ts';
import {
  type ConfiguredSink,
  type ConfiguredSource,
  createSinks,
  createSources,
} from './adapters.ts';

interface Adapters {
  readonly sources: readonly ConfiguredSource[];
  readonly sinks: readonly ConfiguredSink[];
}

/** @param adapters asked for at each call: another configuration may have come */
export function farEndsOf(adapters: () => Adapters): FarEnds {
  const sinkOf = (id: string) => adapters().sinks.find((one) => one.id === id);
  return {
    async testSink(id, waitMs) {
      const found = sinkOf(id);
      if (found === undefined) return false;
      await postSample(found, waitMs);
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
  const own = new OwnAdapters(config);
  return { ...farEndsOf(() => own), close: () => own.close() };
}

/** Sources and sinks apart: of what a command does not call, credentials may be missing. */
class OwnAdapters implements Adapters {
  readonly #config: Config;
  #http: HttpClient | undefined;
  #sources: readonly ConfiguredSource[] | undefined;
  #sinks: readonly ConfiguredSink[] | undefined;

  constructor(config: Config) {
    this.#config = config;
  }

  get sources() {
    this.#sources ??= createSources(
      this.#config,
      this.#config.ground.registries,
      this.#around(),
    ).polled;
    return this.#sources;
  }

  get sinks() {
    this.#sinks ??= createSinks(this.#config, this.#config.ground.registries, this.#around());
    return this.#sinks;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#sinks?.map(({ sink }) => sink.close?.()) ?? []);
    await this.#http?.close();
  }

  #around() {
    const { proxy, secrets } = this.#config;
    this.#http ??= createHttpClient({ proxy, mask: createMask(secrets) });
    return { http: this.#http, now: Date.now };
  }
}

/**
 * Posts a sample card. If the sample is refused and the sink's own check fails too, the sample is
 * not the reason, and the error is that of the check.
 * @param waitMs how long all of it may take
 * @throws {AdapterError}
 */
export async function postSample(
  { id, sink, voice }: ConfiguredSink,
  waitMs: number,
): Promise<void> {
  const signal = AbortSignal.timeout(waitMs);
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
