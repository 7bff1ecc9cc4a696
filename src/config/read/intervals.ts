// Times of routes and silences as they are written, and everything that is wrong with them.
import { type Interval, parseInterval, type WrittenInterval } from '../../core/rules/schedule.ts';
import type { Findings } from './environment.ts';
import { fileValue } from './file.ts';
import type { OptionReader } from './options.ts';
import { type Place, unresolved } from './problems.ts';
import { timeZone } from './values.ts';

type Written = Omit<WrittenInterval, 'timeZone'> & { readonly time_zone?: string | number | undefined };

export interface IntervalsContext {
  /** Of the list, from `place` on. */
  readonly path: readonly PropertyKey[];
  readonly place: Place;
  /** Of times that name none: an IANA name. */
  readonly timeZone: string;
  readonly readOption: OptionReader;
  readonly findings: Findings;
}

/** Those that are right; the problems of the others go to `findings`. */
export function intervalsOf(written: readonly Written[], context: IntervalsContext): Interval[] {
  const { path, place, readOption, findings } = context;
  return parsedAll(
    written.map(({ time_zone, ...one }, index) => ({
      ...one,
      timeZone: readOption(fileValue(time_zone, place, [...path, index, 'time_zone']), timeZone) ?? context.timeZone,
    })),
    parseInterval,
    (index) => place([...path, index]),
    findings,
  );
}

/** What `parse` makes of each; what it throws is a problem about that one. */
export function parsedAll<One, Value>(
  written: readonly One[],
  parse: (one: One) => Value,
  whereOf: (index: number) => string,
  findings: Findings,
): Value[] {
  return written.flatMap((one, index) => {
    if (one === unresolved) return [];
    try {
      return [parse(one)];
    } catch (error) {
      findings.problems.push({ where: whereOf(index), problem: (error as Error).message, remedy: 'Correct it' });
      return [];
    }
  });
}
