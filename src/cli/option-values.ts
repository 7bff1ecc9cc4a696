// Reads the values of options that several commands share. Each throws a UsageError with what is
// wrong.
import { instant, wholeNumber } from '../config/index.ts';
import { type SeverityName, severityNames } from '../kit/event.ts';
import { parsePast } from '../kit/past.ts';
import { parseSeverity } from '../kit/severity.ts';
import { listMax } from '../operations/index.ts';
import { type CommandArguments, UsageError } from './command.ts';

type Value = CommandArguments['values'][string];

/** RFC 3339, of a duration that counts back from now, or a date; undefined if it was not given. */
export function sinceOf(given: Value): string | undefined {
  if (given === undefined) return undefined;
  const past = parsedPast(String(given));
  if (past !== undefined)
    return new Date(past.kind === 'date' ? past.ms : Date.now() - past.ms).toISOString();
  throw new UsageError(
    `--since ${given} is neither a duration such as 7d or 12h nor a date such as 2026-02-03.`,
  );
}

function parsedPast(text: string) {
  try {
    return parsePast(text.trim());
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--since ${text} ${error.message}.`);
    throw error;
  }
}

/** RFC 3339, of a moment with its time zone; undefined if it was not given. */
export function momentOf(option: string, given: Value): string | undefined {
  if (given === undefined) return undefined;
  const parsed = instant(String(given));
  if ('value' in parsed) return new Date(parsed.value).toISOString();
  throw new UsageError(`--${option} ${parsed.problem}. ${parsed.remedy}.`);
}

/** Of names with commas between them, in any case. */
export function severitiesOf(option: string, given: Value): SeverityName[] | undefined {
  return wordsOf(given)?.map((word) => {
    const severity = parseSeverity(word);
    if (severity !== undefined) return severityNames[severity];
    const known = severityNames.join(', ');
    throw new UsageError(`--${option} ${JSON.stringify(word)} is none; there are ${known}.`);
  });
}

/** Of words with commas between them. */
export function wordsOf(given: Value): string[] | undefined {
  if (given === undefined) return undefined;
  return String(given)
    .split(',')
    .map((word) => word.trim());
}

/** One of these words, or undefined if it was not given. */
export function oneOf<Word extends string>(
  option: string,
  given: Value,
  words: readonly Word[],
): Word | undefined {
  if (given === undefined) return undefined;
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  throw new UsageError(`--${option} is one of: ${words.join(', ')}.`);
}

/** How many rows a command prints; default: 50. */
export function limitOf(given: Value): number {
  const parsed = wholeNumber(1, listMax, '')(String(given ?? '50'));
  if ('value' in parsed) return parsed.value;
  throw new UsageError(`--limit ${parsed.problem}. ${parsed.remedy}.`);
}

export const limitOption = {
  limit: { type: 'string', value: '<count>', help: `How many, up to ${listMax}; default: 50` },
} as const;
