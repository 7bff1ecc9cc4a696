// Reads the times of routes and silences, and reports everything that is wrong with them.
import { type Interval, parseInterval, type WrittenInterval } from '../../core/rules/schedule.ts';
import type { Findings } from './environment.ts';
import type { OptionReader } from './options.ts';
import { fileValue, type Path, type Place } from './place.ts';
import { hasGap } from './sound.ts';
import { timeZone } from './values.ts';

type Written = Omit<WrittenInterval, 'timeZone' | 'days'> & {
  readonly days?: readonly (string | undefined)[] | undefined;
  readonly time_zone?: string | number | undefined;
};

export interface IntervalsContext {
  /** Of the list, from `place` on. */
  readonly path: Path;
  readonly place: Place;
  /** Of times that name none: an IANA name. */
  readonly timeZone: string;
  readonly readOption: OptionReader;
  readonly findings: Findings;
}

/** Those that are right; the problems of the others go to `findings`. A gap was reported before. */
export function intervalsOf(
  written: readonly (Written | undefined)[],
  context: IntervalsContext,
): Interval[] {
  const { path, place, readOption, findings } = context;
  const zoned = written.map((one, index): WrittenInterval | undefined => {
    if (one === undefined || hasGap(one)) return undefined;
    const { time_zone, ...times } = one;
    const zone = fileValue(time_zone, place, [...path, index, 'time_zone']);
    return {
      ...(times as Omit<WrittenInterval, 'timeZone'>),
      timeZone: readOption(zone, timeZone) ?? context.timeZone,
    };
  });
  return parsedAll(
    zoned,
    { parse: parseInterval, whereOf: (index) => place([...path, index]) },
    findings,
  );
}

export interface EntryParser<Entry, Value> {
  /** @throws an error whose message is the rest of a sentence about the entry */
  readonly parse: (entry: Entry) => Value;
  readonly whereOf: (index: number) => string;
}

/** The parsed entries without gaps. What `parse` throws is reported as a problem of the entry. */
export function parsedAll<Entry, Value>(
  written: readonly (Entry | undefined)[],
  { parse, whereOf }: EntryParser<Entry, Value>,
  findings: Findings,
): Value[] {
  return written.flatMap((entry, index) => {
    if (entry === undefined) return [];
    try {
      return [parse(entry)];
    } catch (error) {
      const problem = (error as Error).message;
      findings.problems.push({ where: whereOf(index), problem, remedy: 'Correct it' });
      return [];
    }
  });
}
