// Which sources a source follows that reports changes: those of its console. Pure.
import type { SourceDefinition } from '../../kit/source.ts';
import type { AdapterConfig } from './shape.ts';

export interface Configured {
  readonly sources: readonly AdapterConfig[];
}

export interface Known {
  readonly sources: Readonly<Record<string, SourceDefinition>>;
}

/**
 * Ids of the sources whose items it follows: those that read its console with its key or, if there
 * is none, with any key. Two keys of a console may see different tenants.
 */
export function followedBy(
  { type, settings }: Pick<AdapterConfig, 'type' | 'settings'>,
  { sources }: Configured,
  registries: Known,
): string[] {
  const own = factsOf(type, settings, registries);
  const others = sources.flatMap(({ id, ...one }) => {
    const facts = factsOf(one.type, one.settings, registries);
    const isOfConsole = facts?.console !== undefined && facts.console === own?.console;
    return isOfConsole && !facts.follows ? [{ id, key: facts.key }] : [];
  });
  const ofKey = others.filter(({ key }) => key === own?.key);
  return (ofKey.length > 0 ? ofKey : others).map(({ id }) => id);
}

function factsOf(type: string, settings: unknown, registries: Known) {
  const definition = registries.sources[type];
  // Settings that could not be read are judged elsewhere.
  if (definition === undefined || settings === undefined) return undefined;
  const values = settings as Readonly<Record<string, unknown>>;
  return {
    console: definition.consoleOf?.(settings),
    key: JSON.stringify(definition.secrets.map((name) => values[name as string])),
    follows: definition.follows === true,
  };
}
