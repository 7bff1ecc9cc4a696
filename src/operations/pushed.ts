// Which sources are pushed to, so that nobody asks for a reading of them.
import type { Config } from '../config/index.ts';

/** By the type that it is configured with. */
export function isPushed(
  { sources, ground }: Pick<Config, 'sources' | 'ground'>,
  id: string,
): boolean {
  const type = sources.find((one) => one.id === id)?.type;
  return type !== undefined && ground.registries.sources[type]?.isPushed === true;
}
