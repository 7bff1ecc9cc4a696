// The metrics of incidents: the names, labels and buckets that dashboards rely on.
import { expect, test } from 'vitest';
import { createIncidentMetrics } from '../../../../src/observe/metrics/instruments/incidents.ts';
import { describedBy } from './described.ts';

const people = [30, 60, 120, 300, 600, 1800, 3600, 14_400, 28_800, 86_400];

test('the metrics of incidents have the names, labels and buckets that dashboards rely on', async () => {
  expect(await describedBy(createIncidentMetrics)).toEqual({
    tocsin_incidents: { labels: ['state', 'severity'] },
    tocsin_unacknowledged_oldest_age_seconds: { labels: ['severity'] },
    tocsin_acknowledge_seconds: { labels: ['severity', 'hours'], buckets: people },
    tocsin_resolve_seconds: { labels: ['severity', 'hours'], buckets: people },
  });
});
