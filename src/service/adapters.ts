// Makes the configured sources and sinks, whose errors hold no secret. No I/O.
import { type Config, followedBy, type Registries } from '../config/index.ts';
import type { ChatEnd } from '../core/chat/index.ts';
import { defaultPolicy } from '../core/deliver/policy.ts';
import type { ConsoleOf } from '../core/identity/position.ts';
import { Composers, type Voice } from '../core/message/index.ts';
import type { Template } from '../core/template/template.ts';
import type { AdapterContext } from '../kit/adapter.ts';
import type { HttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { PlaceOf } from '../kit/place.ts';
import { createProductOf, onlyProduct } from '../kit/product.ts';
import type { Sink } from '../kit/sink.ts';
import type { KnownItems, PollSource, PushSource, Source } from '../kit/source.ts';
import { chatEndOf } from './chat-end.ts';
import { withMaskedErrors } from './masked.ts';

type Around = Omit<AdapterContext, 'id'>;

/** What is stored of the items of these sources. */
export type KnownOf = (sources: readonly string[]) => KnownItems;

/** A source that is polled. */
export interface ConfiguredSource {
  readonly id: string;
  readonly source: PollSource;
  /** Types of events that have metrics of their own; undefined: not known in advance. */
  readonly types: readonly string[] | undefined;
}

/** A source that is pushed to. */
export interface ConfiguredPush extends Omit<ConfiguredSource, 'source'> {
  readonly source: PushSource;
}

export interface ConfiguredSources {
  readonly polled: readonly ConfiguredSource[];
  readonly pushed: readonly ConfiguredPush[];
}

/** @param knownOf absent: those that follow the items of others are made, and cannot be read */
export function createSources(
  config: Config,
  registries: Registries,
  around: Around & { readonly knownOf?: KnownOf },
): ConfiguredSources {
  const made = makeSources(config, registries, around);
  return {
    polled: made.flatMap(({ source, ...one }) =>
      source.kind === 'poll' ? [{ ...one, source }] : [],
    ),
    pushed: made.flatMap(({ source, ...one }) =>
      source.kind === 'push' ? [{ ...one, source }] : [],
    ),
  };
}

function makeSources(
  config: Config,
  registries: Registries,
  { knownOf, ...around }: Around & { readonly knownOf?: KnownOf },
) {
  const mask = createMask(config.secrets);
  return config.sources.map((configured) => {
    const { id, type, settings } = configured;
    const { types, create, follows } = registries.sources[type]!;
    const known = follows && knownOf?.([...followedBy(configured, config, registries), id]);
    const source = withMaskedErrors(create(settings, { ...around, id, known }) as Source, mask);
    return { id, types, source };
  });
}

/** Where each sink posts to. No I/O. */
export function placesOf(
  config: Config,
  { sinks }: Pick<Registries, 'sinks'>,
  createHttp: () => HttpClient,
): PlaceOf[] {
  return withoutCalls(createHttp, (around) =>
    createSinks(config, { sources: {}, sinks }, around).map(({ id, sink }) => {
      return { id, place: sink.place };
    }),
  );
}

/** What each source reads. No I/O. */
export function consolesOf(
  config: Config,
  { sources }: Pick<Registries, 'sources'>,
  createHttp: () => HttpClient,
): ConsoleOf[] {
  return withoutCalls(createHttp, (around) =>
    makeSources(config, { sources, sinks: {} }, around).map(({ id, source }) => {
      return { id, console: source.kind === 'poll' ? source.console : undefined };
    }),
  );
}

function withoutCalls<Result>(
  createHttp: () => HttpClient,
  use: (around: Around) => Result,
): Result {
  const http = createHttp();
  try {
    return use({ http, now: Date.now });
  } finally {
    void http.close();
  }
}

/** A sink, and the template for its events. */
export interface ConfiguredSink {
  readonly id: string;
  readonly sink: Sink;
  /** What it says, in its language. */
  readonly voice: Voice;
  readonly template: Template | undefined;
  /** How long one message may take. */
  readonly timeoutMs: number;
  /** Absent: people cannot act there. */
  readonly chat?: ChatEnd;
}

export function createSinks(
  config: Config,
  registries: Registries,
  around: Around,
): ConfiguredSink[] {
  const mask = createMask(config.secrets);
  const productOf = createProductOf(config.sources, registries.sources);
  const only = onlyProduct(config.sources, registries.sources);
  const composers = new Composers({ productOf, only, links: config.links });
  return config.sinks.map((configured) => {
    const { id, type, settings, template, timeoutMs = defaultPolicy.sendTimeoutMs } = configured;
    const { locale = config.locale, timeZone = config.timeZone } = configured;
    const http = patient(around.http, timeoutMs);
    const context = { ...around, http, id };
    const definition = registries.sinks[type]!;
    const sink = withMaskedErrors(definition.create(settings, context), mask);
    const chatting = { ...configured, locale, timeZone, sink, mask, voice: () => voice };
    const chat = chatEndOf(chatting, definition, config);
    const voice = composers.voiceOf(sink, { locale, timeZone, buttons: chat?.buttons });
    return { id, template, timeoutMs, sink, voice, ...(chat && { chat }) };
  });
}

/** The same client, whose requests may take as long as the message unless they say otherwise. */
function patient(http: HttpClient, timeoutMs: number): HttpClient {
  return { ...http, request: (request) => http.request({ timeoutMs, ...request }) };
}
