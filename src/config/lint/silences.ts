// Remarks on silences that recur: those that hide CRITICAL events, and times that are over.
import { compileMatcher } from '../../core/silences/index.ts';
import { mayCoverCritical } from '../../core/silences/scope.ts';
import type { ConfigReading } from '../read/reading.ts';
import type { Remark } from './remark.ts';
import { pastTimes } from './times.ts';

/** @param nowMs since the epoch */
export function remarkOnSilences({ file, config }: ConfigReading, nowMs: number): Remark[] {
  return config.recurringSilences.flatMap(({ matcher, times }, index): Remark[] => {
    const { place } = file!.recurring[index]!;
    const past = pastTimes({ times, path: ['times'], place }, nowMs);
    if (!mayCoverCritical(compileMatcher(matcher))) return past;
    const text = 'hides CRITICAL events, too. Add the condition event.severity < 5 to spare them';
    return [{ rule: 'silences_critical', where: place([]), text }, ...past];
  });
}
