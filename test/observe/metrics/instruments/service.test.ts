// The metrics of the service: the names, labels and buckets that dashboards rely on.
import { expect, test } from 'vitest';
import { createServiceMetrics } from '../../../../src/observe/metrics/instruments/service.ts';
import { describedBy } from './described.ts';

test('the metrics of the service have the names, labels and buckets that dashboards rely on', async () => {
  expect(await describedBy(createServiceMetrics)).toEqual({
    tocsin_build_info: { labels: ['version', 'node'] },
    tocsin_silences_active: { labels: [] },
    tocsin_heartbeats_total: { labels: ['outcome'] },
    tocsin_log_lines_lost_total: { labels: [] },
    tocsin_role_held: { labels: ['role'] },
    tocsin_database_up: { labels: [] },
    tocsin_database_writes_failing: { labels: ['reason'] },
    tocsin_config_last_reload_successful: { labels: [] },
    tocsin_config_last_reload_success_timestamp_seconds: { labels: [] },
    tocsin_config_hash: { labels: [] },
  });
});
