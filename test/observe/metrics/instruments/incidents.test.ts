// The metrics of incidents: the names, labels and buckets that dashboards rely on.
import { expect, test } from 'vitest';
import { createIncidentMetrics } from '../../../../src/observe/metrics/instruments/incidents.ts';
import { describedBy } from './described.ts';

test('the metrics of incidents have the names, labels and buckets that dashboards rely on', async () => {
  expect(await describedBy(createIncidentMetrics)).toEqual({
    tocsin_incidents: { labels: ['state', 'severity'] },
    tocsin_unacknowledged_oldest_age_seconds: { labels: ['severity'] },
  });
});
