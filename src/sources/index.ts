// All sources of the registry, for commands that show or judge every type. The service loads what its
// configuration names, and must not import this.
import { loadTypes } from '../kit/loaders.ts';
import type { SourceDefinition } from '../kit/source.ts';
import { sourceLoaders } from './registry.ts';

export const sources: Readonly<Record<string, SourceDefinition>> = await loadTypes(sourceLoaders);
