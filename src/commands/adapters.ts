// Makes the configured sources and sinks. No I/O.
import type { Config, Registries } from '../config.ts';
import type { AdapterContext } from '../core/adapter.ts';
import type { Sink } from '../core/sink.ts';
import type { Source } from '../core/source.ts';
import type { Template } from '../core/template/template.ts';

type Around = Omit<AdapterContext, 'id'>;

export function createSources(
  config: Config,
  registries: Registries,
  around: Around,
): { id: string; source: Source; types: readonly string[] | undefined }[] {
  return config.sources.map(({ id, type, settings }) => ({
    id,
    types: registries.sources[type]!.types,
    source: registries.sources[type]!.create(settings, { ...around, id }),
  }));
}

/** A sink, and the template for its events. */
export interface ConfiguredSink {
  readonly id: string;
  readonly sink: Sink;
  readonly template: Template | undefined;
}

export function createSinks(config: Config, registries: Registries, around: Around): ConfiguredSink[] {
  return config.sinks.map(({ id, type, settings, template }) => ({
    id,
    template,
    sink: registries.sinks[type]!.create(settings, { ...around, id }),
  }));
}
