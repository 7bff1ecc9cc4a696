// Makes the configured sources and sinks. No I/O.
import type { Config, Registries } from '../config.ts';
import type { AdapterContext } from '../core/adapter.ts';
import type { Sink } from '../core/sink.ts';
import type { Source } from '../core/source.ts';

type Around = Omit<AdapterContext, 'id'>;

export function createSources(
  config: Config,
  registries: Registries,
  around: Around,
): { id: string; source: Source }[] {
  return config.sources.map(({ id, type, settings }) => ({
    id,
    source: registries.sources[type]!.create(settings, { ...around, id }),
  }));
}

export function createSinks(config: Config, registries: Registries, around: Around): { id: string; sink: Sink }[] {
  return config.sinks.map(({ id, type, settings }) => ({
    id,
    sink: registries.sinks[type]!.create(settings, { ...around, id }),
  }));
}
