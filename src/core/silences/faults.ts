// What is wrong with a silence, whether a command, a file or the configuration asks for it. Pure.
import { codePointLength, isNeutral } from '../../kit/text.ts';
import type { Interval } from '../rules/schedule.ts';
import type { Matcher } from './index.ts';
import { coversEverything } from './scope.ts';

/** One thing that is wrong with a silence as it is written. */
export interface SilenceFault {
  /** From the silence on; empty if it is about the whole. */
  readonly path: readonly PropertyKey[];
  /** The rest of a sentence about that. */
  readonly problem: string;
  readonly remedy: string;
}

/** In code points. */
const lengthMax = { owner: 100, reason: 500 } as const;
const recurringLengthMax = { name: 60, reason: 400 } as const;

/** Of a silence that people make. The rest of sentences about it. */
export function requestTextProblems(texts: Readonly<Record<'owner' | 'reason', string>>): string[] {
  return [
    ...textProblems('owner', texts.owner, lengthMax.owner),
    ...textProblems('reason', texts.reason, lengthMax.reason),
  ];
}

/**
 * Of one that recurs; undefined is what could not be read. Its name and reason stand together in
 * the reason of each occurrence.
 */
export function recurringTextFaults(
  texts: Readonly<Record<'name' | 'reason', string | undefined>>,
): SilenceFault[] {
  const problems = (['name', 'reason'] as const).flatMap((key) => {
    const text = texts[key];
    return text === undefined ? [] : textProblems(key, text, recurringLengthMax[key]);
  });
  return problems.map((problem) => ({ path: [], problem, remedy: 'Correct it' }));
}

/** Invisible characters, and those that a screen obeys, could fake who made the silence. */
export function textProblems(
  name: 'owner' | 'reason' | 'name',
  text: string,
  max: number,
): string[] {
  if (text === '') return [`has no ${name}`];
  if (codePointLength(text) > max)
    return [`has ${name === 'owner' ? 'an' : 'a'} ${name} of more than ${max} characters`];
  if (isNeutral(text)) return [];
  return [`has line breaks, or characters that cannot be seen, in its ${name}`];
}

/** A silence that people make ends, and says so once. @param written which of the two is there */
export function endFaults(written: {
  readonly until: boolean;
  readonly for: boolean;
}): SilenceFault[] {
  if (!written.until && !written.for) {
    const remedy = 'Write for, such as "2h", or until';
    return [{ path: [], problem: 'has no end', remedy }];
  }
  if (!written.until || !written.for) return [];
  const problem = 'is written, and so is for';
  return [{ path: ['until'], problem, remedy: 'Keep one of the two' }];
}

/**
 * A silence of everything would hide all alerts.
 * @param sources ids of the configured sources
 */
export function scopeFaults(matcher: Matcher, sources: readonly string[]): SilenceFault[] {
  if (!coversEverything(matcher, sources)) return [];
  const remedy = 'Say in match or when what it is about';
  return [{ path: [], problem: 'matches every event', remedy }];
}

/** @param times of one that recurs @param maxMs no occurrence may be longer */
export function lengthFaults(times: readonly Interval[], maxMs: number): SilenceFault[] {
  return times.flatMap(({ fromMinute, toMinute }, index): SilenceFault[] => {
    const minutes = (toMinute - fromMinute + 1440) % 1440 || 1440;
    if (minutes * 60_000 <= maxMs) return [];
    const problem = 'is longer than silences.max allows';
    return [{ path: ['times', index], problem, remedy: 'Shorten it' }];
  });
}
