// All sinks of the registry, for commands that show or judge every type. The service loads what its
// configuration names, and must not import this.
import { loadTypes } from '../kit/loaders.ts';
import type { SinkDefinition } from '../kit/sink.ts';
import { sinkLoaders } from './registry.ts';

export const sinks: Readonly<Record<string, SinkDefinition>> = await loadTypes(sinkLoaders);
