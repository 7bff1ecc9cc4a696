// What a product's words and numbers for a severity mean, which people may change by `severity_map`.
import { z } from 'zod';
import { wordOf } from './pushed-item.ts';
import { parseSeverity, type Severity, type SeverityName, severityNames } from './severity.ts';

const wordMax = 100;

export const severityMap = z
  .record(z.string().min(1).max(wordMax), z.enum(severityNames))
  .optional()
  .describe('What the words and numbers of the sender mean, such as {sev1: CRITICAL}.');

/**
 * Reads in any case what `map` has, else one of our own names, else what `known` has. Anything else
 * is 0, which passes every threshold.
 * @param known the product's words, in lower case
 */
export function severityReader(
  map: Readonly<Record<string, SeverityName>> | undefined,
  known: Readonly<Record<string, Severity>> = {},
): (value: unknown) => Severity {
  const own = lowered(map ?? {});
  const theirs = lowered(known);
  return (value) => {
    const word = (wordOf(value, wordMax) ?? '').toLowerCase();
    const name = own.get(word);
    return parseSeverity(name ?? word) ?? theirs.get(word) ?? 0;
  };
}

function lowered<Value>(words: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(words).map(([word, value]) => [word.toLowerCase(), value]));
}
