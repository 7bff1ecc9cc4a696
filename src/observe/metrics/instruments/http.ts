// Metrics of the HTTP server.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { callSeconds } from './buckets.ts';

export function createHttpMetrics(registry: Registry) {
  const registers = [registry];
  return {
    httpRequests: new Counter({
      name: 'tocsin_http_requests_total',
      help: 'Requests answered, by pattern of the route.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    httpRequestDuration: new Histogram({
      name: 'tocsin_http_request_duration_seconds',
      help: 'Time to answer a request.',
      labelNames: ['method', 'route'],
      buckets: callSeconds,
      registers,
    }),
    httpStreamsOpen: new Gauge({
      name: 'tocsin_http_streams_open',
      help: 'Clients that watch events live at present.',
      registers,
    }),
  };
}
