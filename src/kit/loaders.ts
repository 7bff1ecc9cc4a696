// The adapters of a registry by their type, each loaded only when its type is asked for.

/** What loads the definition of each type. */
export type Loaders<Definition> = Readonly<Record<string, () => Promise<Definition>>>;

/**
 * Definitions by type, in the order of the registry.
 * @param types default: all; what is no type is passed over
 */
export async function loadTypes<Definition>(
  loaders: Loaders<Definition>,
  types: readonly string[] = Object.keys(loaders),
): Promise<Readonly<Record<string, Definition>>> {
  const asked = Object.entries(loaders).filter(([type]) => types.includes(type));
  const loaded = asked.map(async ([type, load]) => [type, await load()] as const);
  return Object.fromEntries(await Promise.all(loaded));
}
