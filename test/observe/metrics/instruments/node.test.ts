// Node's own metrics beside Tocsin's.
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createMetrics } from '../../../../src/observe/metrics/index.ts';
import { registerNodeMetrics } from '../../../../src/observe/metrics/instruments/node.ts';
import { ids, samplesOf } from '../metric-text.ts';

it('the metrics come with those of Node', async () => {
  const text = await createMetrics(ids).expose();
  for (const name of [
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_seconds',
    'process_cpu_seconds_total',
  ]) {
    expect(samplesOf(text, name)).toHaveLength(1);
  }
});

it('gauges that are named like counters are left out, and those by kind are kept', async () => {
  const registry = new Registry();
  registerNodeMetrics(registry);
  const text = await registry.metrics();
  const misnamed = [...text.matchAll(/^# TYPE (\w+_total) gauge$/gm)].map(([, name]) => name);
  expect(misnamed).toEqual([]);
  for (const name of ['nodejs_active_handles', 'nodejs_active_requests', 'nodejs_active_resources'])
    expect(text).toMatch(new RegExp(`^# TYPE ${name} gauge$`, 'm'));
});
