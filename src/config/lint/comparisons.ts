// Remarks on comparisons in an expression that always give the same result, because the field never
// has the value that is written.
import { type Comparison, comparisonsIn } from '../../core/rules/comparisons.ts';
import { severityNames } from '../../kit/event.ts';
import { didYouMean } from '../../kit/suggest.ts';
import type { AdapterConfig, Registries } from '../read/shape.ts';
import { typesFor } from './patterns.ts';
import type { PolicyRoute, Remark } from './remark.ts';

export function remarkOnComparisons(
  { content, route, place }: PolicyRoute,
  sources: readonly AdapterConfig[],
  registries: Registries,
): Remark[] {
  if (content.when === undefined || route.when === undefined) return [];
  const asked = sources.filter(({ id }) => route.sources?.includes(id) ?? true);
  const streams = asked.map(({ type }) => registries.sources[type]?.streams);
  const known: Readonly<Record<string, readonly string[] | undefined>> = {
    severityName: severityNames,
    source: asked.map(({ id }) => id),
    stream: streams.includes(undefined) ? undefined : (streams.flat() as string[]),
    type: typesFor(route.sources, sources, registries),
  };
  return comparisonsIn(content.when).flatMap((comparison) => {
    const text = textOf(comparison, known);
    return text === undefined
      ? []
      : [{ rule: 'constant_comparison' as const, where: place(['when']), text }];
  });
}

function textOf(
  { field, operator, value }: Comparison,
  known: Readonly<Record<string, readonly string[] | undefined>>,
): string | undefined {
  if (field === 'severity' && typeof value === 'number') {
    const outcomes = new Set(severityNames.map((_, severity) => holds(severity, operator, value)));
    if (outcomes.size > 1) return undefined;
    const always = outcomes.has(true) ? 'true' : 'false';
    return `compares event.severity with ${value}, which is always ${always}: it is 0 (unknown), 1 (INFO) to 5 (CRITICAL). Correct it`;
  }
  const words = Object.hasOwn(known, field) ? known[field] : undefined;
  if (words === undefined || typeof value !== 'string' || words.includes(value)) return undefined;
  const list = words.length > 12 ? '' : ` It is one of ${words.join(', ')}.`;
  return `compares event.${field} with "${value}", which it never is.${list}${didYouMean(value, words)} Correct it`;
}

function holds(severity: number, operator: Comparison['operator'], value: number): boolean {
  if (operator === '<') return severity < value;
  if (operator === '<=') return severity <= value;
  if (operator === '>') return severity > value;
  if (operator === '>=') return severity >= value;
  return operator === '!=' ? severity !== value : severity === value;
}
