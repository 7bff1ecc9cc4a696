// Metrics of escalations.
import { Counter, type Registry } from 'prom-client';

export function createEscalationMetrics(registry: Registry) {
  const registers = [registry];
  return {
    escalations: new Counter({
      name: 'tocsin_escalations_total',
      help: 'Steps of escalations, by what came of each.',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
