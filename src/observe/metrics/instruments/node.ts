// Node's own metrics, as prom-client collects them.
import { collectDefaultMetrics, type Registry } from 'prom-client';

/**
 * prom-client names three gauges like counters, which checkers of the format refuse. The metrics
 * by kind (`nodejs_active_handles`, …) say the same.
 */
const misnamedNodeMetrics = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * The library samples every 10 ms by default, which takes half a per cent of an idle core. The
 * quantiles of the lag include this interval.
 */
const eventLoopSamplingMs = 50;

/** Registers what Node says of its process: memory, CPU, event loop. */
export function registerNodeMetrics(register: Registry): void {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: eventLoopSamplingMs });
  for (const name of misnamedNodeMetrics) register.removeSingleMetric(name);
}
