// The metrics of deliveries: the names, labels and buckets that dashboards rely on.
import { expect, test } from 'vitest';
import { createDeliveryMetrics } from '../../../../src/observe/metrics/instruments/deliveries.ts';
import { describedBy } from './described.ts';

test('the metrics of deliveries have the names, labels and buckets that dashboards rely on', async () => {
  expect(await describedBy(createDeliveryMetrics)).toEqual({
    tocsin_deliveries_total: { labels: ['sink', 'outcome'] },
    tocsin_deliveries_suppressed_total: { labels: ['sink', 'reason'] },
    tocsin_delivery_attempts_total: { labels: ['sink', 'outcome', 'reason'] },
    tocsin_delivery_attempt_duration_seconds: {
      labels: ['sink'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
    tocsin_delivery_latency_seconds: {
      labels: ['sink'],
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600],
    },
    tocsin_event_to_screen_seconds: {
      labels: ['sink', 'severity'],
      buckets: [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400],
    },
  });
});
