// Metrics of incidents: how many are open, held or put off, for how long nobody has taken one, and
// how long people took.
import { Gauge, Histogram, type Registry } from 'prom-client';

/** For what people do: from half a minute to a day. */
const peopleSeconds = [30, 60, 120, 300, 600, 1800, 3600, 14_400, 28_800, 86_400];

export function createIncidentMetrics(registry: Registry) {
  const registers = [registry];
  return {
    incidents: new Gauge({
      name: 'tocsin_incidents',
      help: 'Incidents that are open, acknowledged or snoozed, in the database that all replicas share; counted at most once a minute.',
      labelNames: ['state', 'severity'],
      registers,
    }),
    unacknowledgedOldestAge: new Gauge({
      name: 'tocsin_unacknowledged_oldest_age_seconds',
      help: 'For how long the incident has been open that has been so for longest; 0 if none is.',
      labelNames: ['severity'],
      registers,
    }),
    acknowledgeSeconds: new Histogram({
      name: 'tocsin_acknowledge_seconds',
      help: 'Time from the first delivered message of an incident to its first acknowledgement.',
      labelNames: ['severity', 'hours'],
      buckets: peopleSeconds,
      registers,
    }),
    resolveSeconds: new Histogram({
      name: 'tocsin_resolve_seconds',
      help: 'Time from the first delivered message of an incident to when it was first resolved, not by the vendor.',
      labelNames: ['severity', 'hours'],
      buckets: peopleSeconds,
      registers,
    }),
  };
}
