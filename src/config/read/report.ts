// Reads when the weekly report is told, and where.
import { parseWeekly } from '../../core/rules/weekly.ts';
import type { Findings } from './environment.ts';
import type { ConfigFile } from './file.ts';
import { type Names, unknownName } from './names.ts';
import type { OptionReader } from './options.ts';
import { fileValue } from './place.ts';
import type { ReportSettings } from './shape.ts';
import { timeZone as zoneFrom } from './values.ts';

export interface ReportContext {
  readonly sinks: Names;
  /** Of a report that names none: an IANA name. */
  readonly timeZone: string;
  readonly retentionMs: number | 'off';
  readonly read: OptionReader;
  readonly findings: Findings;
}

const dayMs = 86_400_000;
/** Two weeks, a day for the time of the report, and one for what is late. */
const retentionMinMs = 16 * dayMs;

/** Undefined: the file has none, or it cannot be used. */
export function reportOf(
  file: Pick<ConfigFile, 'content' | 'place'> | undefined,
  { sinks, timeZone, retentionMs, read, findings }: ReportContext,
): ReportSettings | undefined {
  const written = file?.content.report;
  if (file === undefined || written === undefined) return undefined;
  const { place } = file;
  const { to: named, day = 'mon', time = '09:00', time_zone } = written;
  const to = [named].flat().filter((id) => id !== undefined);
  for (const [index, id] of sinks.areAll ? to.entries() : []) {
    const path = Array.isArray(named) ? ['report', 'to', index] : ['report', 'to'];
    if (!sinks.known.includes(id)) findings.problems.push(unknownName(place(path), id, sinks));
  }
  if (retentionMs !== 'off' && retentionMs < retentionMinMs)
    findings.problems.push({
      where: place(['report']),
      problem: 'compares two weeks, and RETENTION keeps events for less than 16 days',
      remedy: 'Set RETENTION to 16d or more, or remove the report',
    });
  const zone = read(fileValue(time_zone, place, ['report', 'time_zone']), zoneFrom) ?? timeZone;
  try {
    return { to: [...new Set(to)], ...parseWeekly({ day, time, timeZone: zone }) };
  } catch (error) {
    const { message: problem } = error as Error;
    findings.problems.push({ where: place(['report']), problem, remedy: 'Correct it' });
    return undefined;
  }
}
