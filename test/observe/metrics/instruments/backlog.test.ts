// The metrics of the backlog: the names, labels and buckets that dashboards rely on.
import { expect, test } from 'vitest';
import { createBacklogMetrics } from '../../../../src/observe/metrics/instruments/backlog.ts';
import { describedBy } from './described.ts';

test('the metrics of the backlog have the names, labels and buckets that dashboards rely on', async () => {
  expect(await describedBy(createBacklogMetrics)).toEqual({
    tocsin_deliveries_pending: { labels: ['sink'] },
    tocsin_delivery_oldest_pending_age_seconds: { labels: ['sink'] },
    tocsin_delivery_oldest_urgent_pending_age_seconds: { labels: ['sink'] },
    tocsin_deliveries_dead: { labels: ['sink'] },
    tocsin_deliveries_orphaned: { labels: ['sink'] },
  });
});
