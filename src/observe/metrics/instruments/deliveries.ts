// Metrics of deliveries: how each ended, its attempts, and how long it took.
import { Counter, Histogram, type Registry } from 'prom-client';
import { callSeconds } from './buckets.ts';

const latencySeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600];
const screenSeconds = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400];

export function createDeliveryMetrics(registry: Registry) {
  const registers = [registry];
  return {
    deliveries: new Counter({
      name: 'tocsin_deliveries_total',
      help: 'Deliveries that ended, by how.',
      labelNames: ['sink', 'outcome'],
      registers,
    }),
    deliveriesSuppressed: new Counter({
      name: 'tocsin_deliveries_suppressed_total',
      help: 'Deliveries that were decided against, by reason.',
      labelNames: ['sink', 'reason'],
      registers,
    }),
    deliveryAttempts: new Counter({
      name: 'tocsin_delivery_attempts_total',
      help: 'Calls of a sink, by outcome and reason.',
      labelNames: ['sink', 'outcome', 'reason'],
      registers,
    }),
    deliveryAttemptDuration: new Histogram({
      name: 'tocsin_delivery_attempt_duration_seconds',
      help: 'Time that one call of a sink took.',
      labelNames: ['sink'],
      buckets: callSeconds,
      registers,
    }),
    deliveryLatency: new Histogram({
      name: 'tocsin_delivery_latency_seconds',
      help: 'Time from stored to delivered.',
      labelNames: ['sink'],
      buckets: latencySeconds,
      registers,
    }),
    eventToScreen: new Histogram({
      name: 'tocsin_event_to_screen_seconds',
      help: 'Time from when the vendor first showed the event to when it was delivered.',
      labelNames: ['sink', 'severity'],
      buckets: screenSeconds,
      registers,
    }),
  };
}
