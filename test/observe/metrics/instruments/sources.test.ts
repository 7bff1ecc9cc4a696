// The metrics of the sources: the names, labels and buckets that dashboards rely on.
import { expect, test } from 'vitest';
import { createSourceMetrics } from '../../../../src/observe/metrics/instruments/sources.ts';
import { describedBy } from './described.ts';

test('the metrics of the sources have the names, labels and buckets that dashboards rely on', async () => {
  expect(await describedBy(createSourceMetrics)).toEqual({
    tocsin_source_events_total: { labels: ['source', 'severity'] },
    tocsin_source_event_types_total: { labels: ['source', 'type'] },
    tocsin_source_duplicates_total: { labels: ['source'] },
    tocsin_source_polls_total: { labels: ['source', 'outcome'] },
    tocsin_source_pushes_total: { labels: ['source', 'outcome'] },
    tocsin_source_last_push_timestamp_seconds: { labels: ['source'] },
    tocsin_source_poll_duration_seconds: {
      labels: ['source'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
    tocsin_source_last_success_timestamp_seconds: { labels: ['source'] },
    tocsin_source_cursor: { labels: ['source'] },
    tocsin_source_lag_seconds: { labels: ['source'] },
    tocsin_source_requests_total: { labels: ['source'] },
    tocsin_source_watched_items: { labels: ['source'] },
    tocsin_source_sweep_age_seconds: { labels: ['source'] },
    tocsin_source_other_console: { labels: ['source'] },
    tocsin_source_paused_by_operator: { labels: ['source'] },
    tocsin_source_credential_expiry_timestamp_seconds: { labels: ['source'] },
  });
});
