// Remarks on a match that no event of its sources can meet.
import type { AdapterConfig, Registries } from '../read/shape.ts';
import type { PolicyRoute, Remark } from './remark.ts';

/** True if the route asks for streams that none of its sources has. */
export function isImpossible(
  policy: PolicyRoute,
  sources: readonly AdapterConfig[],
  registries: Registries,
): boolean {
  const known = streamsFor(policy, sources, registries);
  return known !== undefined && policy.route.streams?.some((stream) => known.has(stream)) === false;
}

export function remarkOnMatch(
  policy: PolicyRoute,
  sources: readonly AdapterConfig[],
  registries: Registries,
): Remark[] {
  if (!isImpossible(policy, sources, registries)) return [];
  const known = [...(streamsFor(policy, sources, registries) ?? [])];
  const who =
    policy.route.sources === undefined
      ? 'the sources have'
      : `${policy.route.sources.join(', ')} has`;
  const text = `never matches: ${who} only ${known.join(', ')}. Name one of these, or other sources`;
  return [{ rule: 'impossible_match', where: policy.place(['match', 'streams']), text }];
}

/** Undefined if a source does not say what its streams are. */
function streamsFor(
  { route }: PolicyRoute,
  sources: readonly AdapterConfig[],
  registries: Registries,
): ReadonlySet<string> | undefined {
  const asked = sources.filter(({ id }) => route.sources?.includes(id) ?? true);
  const streams = asked.map(({ type }) => registries.sources[type]?.streams);
  return streams.includes(undefined) ? undefined : new Set(streams.flat() as string[]);
}
