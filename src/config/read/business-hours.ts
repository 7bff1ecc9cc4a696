// Reads the hours of business, apart from which the numbers count what happens at other times.
import { type Interval, parseInterval } from '../../core/rules/schedule.ts';
import type { Findings } from './environment.ts';
import type { ConfigFile } from './file.ts';
import { intervalsOf } from './intervals.ts';
import type { OptionReader } from './options.ts';

export interface HoursContext {
  /** Of times that name none: an IANA name. */
  readonly timeZone: string;
  readonly read: OptionReader;
  readonly findings: Findings;
}

/** Monday to Friday from nine to five, unless the file says otherwise. */
export function businessHoursOf(
  file: Pick<ConfigFile, 'content' | 'place'> | undefined,
  { timeZone, read, findings }: HoursContext,
): readonly Interval[] {
  const written = file?.content.business_hours;
  if (file === undefined || written === undefined)
    return [parseInterval({ days: ['mon-fri'], from: '09:00', to: '17:00', timeZone })];
  const { place } = file;
  const path = ['business_hours'];
  return intervalsOf(written, { path, place, timeZone, readOption: read, findings });
}
