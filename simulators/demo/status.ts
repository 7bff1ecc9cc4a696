// The numbers of the page's status strip, read from Tocsin's own metrics, so that the page shows
// what an operator would see.
import { type SeverityName, severityNames } from '../../src/kit/event.ts';
import type { ChannelStatus } from '../channel-page/index.ts';

export const noStatus: ChannelStatus = statusOf('');

/** Reads the text of /metrics; a missing metric counts as 0. */
export function statusOf(metricsText: string): ChannelStatus {
  const sum = (name: string, label = '') => sumOf(metricsText, name, label);
  const bySeverity = severityNames.map((name): [SeverityName, number] => [
    name,
    sum('tocsin_source_events_total', `severity="${name.toLowerCase()}"`),
  ]);
  return {
    read: sum('tocsin_source_events_total'),
    delivered: sum('tocsin_deliveries_total', 'outcome="delivered"'),
    waiting: sum('tocsin_deliveries_pending'),
    bySeverity: Object.fromEntries(bySeverity) as Record<SeverityName, number>,
  };
}

function sumOf(text: string, name: string, label: string): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
