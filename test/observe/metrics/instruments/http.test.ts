// The metrics of the HTTP server: the names, labels and buckets that dashboards rely on.
import { expect, test } from 'vitest';
import { createHttpMetrics } from '../../../../src/observe/metrics/instruments/http.ts';
import { describedBy } from './described.ts';

test('the metrics of the HTTP server have the names, labels and buckets that dashboards rely on', async () => {
  expect(await describedBy(createHttpMetrics)).toEqual({
    tocsin_http_requests_total: { labels: ['method', 'route', 'status'] },
    tocsin_http_streams_open: { labels: [] },
    tocsin_http_request_duration_seconds: {
      labels: ['method', 'route'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    },
  });
});
