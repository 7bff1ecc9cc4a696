// Metrics of incidents: how many are open, held or put off, and for how long nobody has taken one.
import { Gauge, type Registry } from 'prom-client';

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
  };
}
