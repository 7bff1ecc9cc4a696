// How requests are counted and timed: by method and pattern of the route, so that no visitor makes
// series.
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { measureRequests, startSeries } from '../../src/http/measure.ts';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { setUp } from './set-up.ts';

describe('the metrics of requests', () => {
  it('count requests by pattern, so that no visitor can grow them', async () => {
    const { app, metrics } = setUp();
    for (let i = 0; i < 20; i++) await app.request(`/secret-${i}?q=${i}`);
    await app.request('/healthz');
    await app.request('/healthz', { method: 'BREW' });
    const { values } = await metrics.httpRequests.get();
    const counted = values
      .filter((entry) => entry.value > 0)
      .map(({ labels, value }) => ({ ...labels, value }));
    expect(counted).toEqual([
      { method: 'GET', route: '/healthz', status: 200, value: 1 },
      { method: 'GET', route: 'unmatched', status: 404, value: 20 },
      { method: 'other', route: 'unmatched', status: 405, value: 1 },
    ]);
  });

  it('show every route at zero before its first request', async () => {
    const { metrics } = setUp();
    const { values } = await metrics.httpRequests.get();
    expect(values.map((entry) => entry.labels.route)).toEqual([
      '/healthz',
      '/readyz',
      '/metrics',
      'unmatched',
    ]);
    expect(values.every((entry) => entry.value === 0)).toBe(true);
  });

  it('name a route with parameters by its pattern, and count what it answered', async () => {
    const metrics = createMetrics({ version: '1', sources: [], sinks: [], roles: [] });
    const app = new Hono();
    app.use(measureRequests(metrics));
    app.get('/events/:id', (c) => c.text('', c.req.param('id') === '1' ? 200 : 410));
    startSeries(app, metrics);
    for (const id of ['1', '2', '3', '4']) await app.request(`/events/${id}`);
    const { values } = await metrics.httpRequests.get();
    expect(values.filter(({ value }) => value > 0)).toEqual([
      expect.objectContaining({ labels: labelsOf(200), value: 1 }),
      expect.objectContaining({ labels: labelsOf(410), value: 3 }),
    ]);
    expect(await metrics.expose()).toContain(
      'tocsin_http_request_duration_seconds_count{method="GET",route="/events/:id"} 4\n',
    );
  });
});

function labelsOf(status: number) {
  return { method: 'GET', route: '/events/:id', status };
}
