// Reads a configuration for a process that runs long: loads the types of sources and sinks that it
// names, and nothing of the others.
import { type Loaders, loadTypes } from '../kit/loaders.ts';
import { type LoadOptions, loadConfig, namedTypes } from './load.ts';
import type { Config, Registries, TypeLoaders } from './read/shape.ts';

/** @throws {ConfigError} with every problem */
export function loadNamedConfig(
  options: Omit<LoadOptions, 'registries' | 'loaders'>,
  loaders: TypeLoaders,
): Promise<Config> {
  return withNamedTypes(
    { ...options, loaders, registries: { sources: {}, sinks: {} } },
    loadConfig,
  );
}

/**
 * Calls `read` once the registries have every type that is named. No file can change in between:
 * nothing is awaited after the names were read.
 */
export async function withNamedTypes<Result>(
  options: LoadOptions,
  read: (options: LoadOptions) => Result,
): Promise<Result> {
  const { loaders } = options;
  let { registries } = options;
  for (;;) {
    const named = namedTypes({ ...options, registries });
    if (loaders === undefined || hasAll(registries, loaders, named))
      return read({ ...options, registries });
    registries = {
      sources: await withTypes(registries.sources, loaders.sources, named.sources),
      sinks: await withTypes(registries.sinks, loaders.sinks, named.sinks),
    };
  }
}

type Named = ReturnType<typeof namedTypes>;

function hasAll({ sources, sinks }: Registries, loaders: TypeLoaders, named: Named): boolean {
  const has = (registry: object, types: readonly string[]) =>
    types.every((type) => Object.hasOwn(registry, type));
  return (
    has(sources, wanted(loaders.sources, named.sources)) &&
    has(sinks, wanted(loaders.sinks, named.sinks))
  );
}

/** All of them where one is unknown, so that what is said of it can name them. */
function wanted(loaders: Loaders<unknown>, named: readonly string[]): readonly string[] {
  const isKnown = (type: string) => Object.hasOwn(loaders, type);
  return named.every(isKnown) ? named : Object.keys(loaders);
}

async function withTypes<Definition>(
  registry: Readonly<Record<string, Definition>>,
  loaders: Loaders<Definition>,
  named: readonly string[],
): Promise<Readonly<Record<string, Definition>>> {
  return loadTypes(loaders, [...Object.keys(registry), ...wanted(loaders, named)]);
}
