// Makes the configured sources and sinks, whose errors hold no secret. No I/O.
import type { Config, Registries } from '../config/index.ts';
import { defaultPolicy } from '../core/deliver/policy.ts';
import type { ConsoleOf } from '../core/identity/position.ts';
import type { Template } from '../core/template/template.ts';
import type { AdapterContext } from '../kit/adapter.ts';
import type { HttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { PlaceOf } from '../kit/place.ts';
import { createProductOf } from '../kit/product.ts';
import type { Sink } from '../kit/sink.ts';
import type { Source } from '../kit/source.ts';
import { withMaskedErrors } from './masked.ts';

type Around = Omit<AdapterContext, 'id'>;

export function createSources(
  config: Config,
  registries: Registries,
  around: Around,
): { id: string; source: Source; types: readonly string[] | undefined }[] {
  const mask = createMask(config.secrets);
  return config.sources.map(({ id, type, settings }) => ({
    id,
    types: registries.sources[type]!.types,
    source: withMaskedErrors(registries.sources[type]!.create(settings, { ...around, id }), mask),
  }));
}

/** Where each sink posts to. No I/O. */
export function placesOf(
  config: Config,
  { sinks }: Pick<Registries, 'sinks'>,
  createHttp: () => HttpClient,
): PlaceOf[] {
  const http = createHttp();
  const around = { http, locale: config.locale, timeZone: config.timeZone, now: Date.now };
  try {
    return createSinks(config, { sources: {}, sinks }, around).map(({ id, sink }) => ({ id, place: sink.place }));
  } finally {
    void http.close();
  }
}

/** What each source reads. No I/O. */
export function consolesOf(
  config: Config,
  { sources }: Pick<Registries, 'sources'>,
  createHttp: () => HttpClient,
): ConsoleOf[] {
  const http = createHttp();
  const around = { http, locale: config.locale, timeZone: config.timeZone, now: Date.now };
  try {
    return createSources(config, { sources, sinks: {} }, around).map(({ id, source }) => {
      return { id, console: source.kind === 'poll' ? source.console : undefined };
    });
  } finally {
    void http.close();
  }
}

/** A sink, and the template for its events. */
export interface ConfiguredSink {
  readonly id: string;
  readonly sink: Sink;
  readonly template: Template | undefined;
  /** How long one message may take. */
  readonly timeoutMs: number;
}

export function createSinks(config: Config, registries: Registries, around: Around): ConfiguredSink[] {
  const mask = createMask(config.secrets);
  const productOf = createProductOf(config.sources, registries.sources);
  return config.sinks.map(({ id, type, settings, template, timeoutMs = defaultPolicy.sendTimeoutMs, ...own }) => {
    const { locale = around.locale, timeZone = around.timeZone } = own;
    const context = { ...around, productOf, locale, timeZone, http: patient(around.http, timeoutMs), id };
    return { id, template, timeoutMs, sink: withMaskedErrors(registries.sinks[type]!.create(settings, context), mask) };
  });
}

/** A request takes as long as its message may, unless it says how long. */
function patient(http: HttpClient, timeoutMs: number): HttpClient {
  return { ...http, request: (request) => http.request({ timeoutMs, ...request }) };
}
