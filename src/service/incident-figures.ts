// The figures of incidents for the metrics. Counting looks at thousands of events, so it is done once
// a minute, however often the metrics are asked for.
import { type Severity, severityNames } from '../kit/event.ts';
import { type Metrics, severityLabel } from '../observe/metrics/index.ts';
import { readClock } from '../store/clock.ts';
import type { Database } from '../store/database.ts';
import { countIncidents } from '../store/incident-list.ts';
import { onceAMinute } from './once-a-minute.ts';

const severities = severityNames.map((_, severity) => severity as Severity);
const states = ['open', 'acknowledged', 'snoozed'] as const;

/** @param now monotonic milliseconds */
export function createIncidentFigures(
  db: Database,
  metrics: Metrics,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  return onceAMinute(async () => {
    const [counts, { clockMs }] = await Promise.all([
      countIncidents(db, severities),
      readClock(db),
    ]);
    for (const number of severities) {
      const severity = severityLabel(number);
      const own = counts.filter((one) => one.severity === number);
      for (const state of states) {
        const count = own.find((one) => one.state === state)?.count ?? 0;
        metrics.incidents.set({ state, severity }, count);
      }
      const open = own.find(({ state }) => state === 'open');
      const ageMs = open === undefined ? 0 : clockMs - Date.parse(open.oldestAt);
      metrics.unacknowledgedOldestAge.set({ severity }, Math.max(0, ageMs / 1000));
    }
  }, now);
}
