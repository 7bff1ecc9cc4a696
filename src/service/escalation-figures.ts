// The figures of escalations for the metrics. Counting reads incidents and deliveries, so it is done
// once a minute, however often the metrics are asked for.
import type { Metrics } from '../observe/metrics/index.ts';
import { readCalendarAge } from '../store/calendars.ts';
import type { Database } from '../store/database.ts';
import { countStuckEscalations } from '../store/escalation.ts';
import { onceAMinute } from './once-a-minute.ts';

/** @param now monotonic milliseconds */
export function createEscalationFigures(
  db: Database,
  metrics: Metrics,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  return onceAMinute(async () => {
    const [stuck, ageSeconds] = await Promise.all([countStuckEscalations(db), readCalendarAge(db)]);
    metrics.incidentsPastLastStep.set(stuck.pastLastStep);
    metrics.escalationsUntold.set(stuck.untold);
    metrics.dutyCalendarAge.set(ageSeconds ?? 0);
  }, now);
}
