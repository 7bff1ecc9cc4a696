// Remarks on patterns that match nothing: a type that no source sends, and a regular expression
// where only * and ? mean something.
import { compileGlob } from '../../core/rules/glob.ts';
import { suggest } from '../../kit/suggest.ts';
import type { AdapterConfig, Registries } from '../read/shape.ts';
import type { PolicyRoute, Remark } from './remark.ts';

/** The type of an item that could not be read. Every source may send it. */
const unrecognised = 'UNRECOGNISED';

/**
 * The types that these sources are known to send; undefined if one of them has no list of them.
 * @param ids of the sources; undefined: all
 */
export function typesFor(
  ids: readonly string[] | undefined,
  sources: readonly AdapterConfig[],
  registries: Registries,
): readonly string[] | undefined {
  const asked = sources.filter(({ id }) => ids?.includes(id) ?? true);
  const types = asked.map(({ type }) => registries.sources[type]?.typesKnown);
  return types.includes(undefined)
    ? undefined
    : [...new Set([...(types.flat() as string[]), unrecognised])];
}

export function remarkOnTypes(
  policy: PolicyRoute,
  sources: readonly AdapterConfig[],
  registries: Registries,
): Remark[] {
  const { content, place, route } = policy;
  const known = typesFor(route.sources, sources, registries);
  if (known === undefined) return [];
  return (content.match?.types ?? []).flatMap((written, index): Remark[] => {
    const fits = compileGlob(written);
    if (looksRegular(written) || known.some(fits)) return [];
    const text =
      `matches no type that these sources are known to send.${hint(written, known)} ` +
      'A new release of the vendor may bring it; until then this never matches';
    return [{ rule: 'unknown_type', where: place(['match', 'types', index]), text }];
  });
}

function hint(written: string, known: readonly string[]): string {
  const word = written.replace(/[*?]/g, '').toUpperCase();
  const near = known.find((type) => word.length > 3 && type.includes(word)) ?? suggest(word, known);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

const keys = ['types', 'actions', 'statuses', 'tenants', 'devices', 'groups'] as const;

export function remarkOnPatterns({ content, place }: PolicyRoute): Remark[] {
  return keys.flatMap((key) =>
    (content.match?.[key] ?? []).flatMap((written, index): Remark[] => {
      if (!looksRegular(written)) return [];
      const text =
        'looks like a regular expression, and is taken letter by letter: only * (any text) and ? (one character) ' +
        'mean something. Write it with these, or use startsWith, endsWith or contains in when';
      return [{ rule: 'regular_expression', where: place(['match', key, index]), text }];
    }),
  );
}

/** Whether it has signs that no name has, or stands between slashes. */
function looksRegular(pattern: string): boolean {
  return /^\/.*\/[a-z]*$|^\^|\\[dDwWsSbB.+]|\)[*+]|\][*+]|\(\?[:!=<]|\{\d+(?:,\d*)?\}/.test(
    pattern,
  );
}
