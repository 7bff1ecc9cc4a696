// Sums up a week of events beside the week before it, for the report. Pure.
import type { HandledEvent } from '../../kit/records/numbers.ts';
import type { Report, ReportNoise, ReportWeek } from '../../kit/report.ts';
import type { Week } from '../rules/weekly.ts';
import { summarise, summaryOf } from './summary.ts';

/** How many of the newest events of a week are looked at. */
export const reportRowsMax = 20_000;

export interface ReportFacts {
  /** One more than {@link reportRowsMax} if there were more. */
  readonly events: readonly HandledEvent[];
  readonly before: readonly HandledEvent[];
  readonly device: ReportNoise | null;
  readonly route: ReportNoise | null;
  readonly dead: number;
}

export function reportOf(
  { from, until }: Pick<Week, 'from' | 'until'>,
  facts: ReportFacts,
): Report {
  const { events, before, device, route, dead } = facts;
  return { from, until, week: weekOf(events), before: weekOf(before), device, route, dead };
}

function weekOf(all: readonly HandledEvent[]): ReportWeek {
  const looked = all.slice(0, reportRowsMax);
  const { events, open, screen, acknowledge, resolve } = summaryOf(looked);
  const severities = summarise(looked, []).map((one) => ({
    severity: one.severity,
    events: one.events,
    open: one.open,
  }));
  const isCut = all.length > reportRowsMax;
  return { events, open, severities, screen, acknowledge, resolve, isCut };
}
