// Metrics of what is not delivered: pending, dead, or left behind by a sink that is gone.
import { Gauge, type Registry } from 'prom-client';

export function createBacklogMetrics(registry: Registry) {
  const registers = [registry];
  return {
    deliveriesPending: new Gauge({
      name: 'tocsin_deliveries_pending',
      help: 'Deliveries that wait, in the database that all replicas share.',
      labelNames: ['sink'],
      registers,
    }),
    deliveryOldestPendingAge: new Gauge({
      name: 'tocsin_delivery_oldest_pending_age_seconds',
      help: 'Age of the oldest delivery that waits; 0 if none does.',
      labelNames: ['sink'],
      registers,
    }),
    deliveryOldestUrgentPendingAge: new Gauge({
      name: 'tocsin_delivery_oldest_urgent_pending_age_seconds',
      help: 'Age of the oldest delivery of an event that is CRITICAL, HIGH or of unknown severity, and that waits outside a group; 0 if none does.',
      labelNames: ['sink'],
      registers,
    }),
    deliveriesDead: new Gauge({
      name: 'tocsin_deliveries_dead',
      help: 'Deliveries that were given up and not yet put back.',
      labelNames: ['sink'],
      registers,
    }),
    deliveriesOrphaned: new Gauge({
      name: 'tocsin_deliveries_orphaned',
      help: 'Deliveries that wait or are dead for a sink that is configured no more; absent if there are none.',
      labelNames: ['sink'],
      registers,
    }),
  };
}
