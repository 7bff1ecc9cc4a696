// Every metric of Tocsin: name, help, labels, buckets. Metrics are made in this folder and nowhere
// else; one file for each subject.
import { Registry } from 'prom-client';
import { createBacklogMetrics } from './backlog.ts';
import { createDeliveryMetrics } from './deliveries.ts';
import { createEscalationMetrics } from './escalation.ts';
import { createHttpMetrics } from './http.ts';
import { createIncidentMetrics } from './incidents.ts';
import { registerNodeMetrics } from './node.ts';
import { createServiceMetrics } from './service.ts';
import { createSinkMetrics } from './sinks.ts';
import { createSourceMetrics } from './sources.ts';

/** A registry that holds Node's own metrics already. */
export function createRegistry(): Registry {
  const registry = new Registry();
  registerNodeMetrics(registry);
  return registry;
}

/** All metrics of Tocsin, registered with `registry`. */
export function createInstruments(registry: Registry) {
  return {
    ...createSourceMetrics(registry),
    ...createDeliveryMetrics(registry),
    ...createBacklogMetrics(registry),
    ...createEscalationMetrics(registry),
    ...createIncidentMetrics(registry),
    ...createSinkMetrics(registry),
    ...createServiceMetrics(registry),
    ...createHttpMetrics(registry),
  };
}

export type Instruments = ReturnType<typeof createInstruments>;
