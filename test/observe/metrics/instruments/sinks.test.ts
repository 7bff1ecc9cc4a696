// The metrics of the sinks: the names, labels and buckets that dashboards rely on.
import { expect, test } from 'vitest';
import { createSinkMetrics } from '../../../../src/observe/metrics/instruments/sinks.ts';
import { describedBy } from './described.ts';

test('the metrics of the sinks have the names, labels and buckets that dashboards rely on', async () => {
  expect(await describedBy(createSinkMetrics)).toEqual({
    tocsin_template_failures_total: { labels: ['sink'] },
    tocsin_digests_total: { labels: ['sink', 'kind'] },
    tocsin_digest_events_total: { labels: ['sink', 'kind'] },
    tocsin_edits_total: { labels: ['sink', 'outcome'] },
    tocsin_edits_pending: { labels: ['sink'] },
    tocsin_sink_storm: { labels: ['sink'] },
    tocsin_sink_other_place: { labels: ['sink'] },
    tocsin_sink_paused_by_operator: { labels: ['sink'] },
    tocsin_sink_state: { labels: ['sink', 'state'] },
  });
});
