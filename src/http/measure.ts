// Counts and times requests. The labels are the method and the pattern of the route, never what
// somebody typed.
import type { Hono, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Metrics } from '../observe/metrics/index.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** The route of requests that no route answered. */
const unmatched = 'unmatched';

export function measureRequests(metrics: Metrics): MiddlewareHandler {
  return async (c, next) => {
    const startedAt = performance.now();
    await next();
    const method = methods.has(c.req.method) ? c.req.method : 'other';
    // Middleware is registered for ALL methods; an entry for one method is a route.
    const route = matchedRoutes(c).findLast((entry) => entry.method !== 'ALL')?.path ?? unmatched;
    metrics.httpRequests.inc({ method, route, status: c.res.status });
    metrics.httpRequestDuration.observe({ method, route }, (performance.now() - startedAt) / 1000);
  };
}

/** Makes the series of every route of `app` appear before its first request. */
export function startSeries(app: Hono, metrics: Metrics): void {
  for (const { method, path } of app.routes) {
    if (method === 'ALL') continue;
    metrics.httpRequests.inc({ method, route: path, status: 200 }, 0);
    metrics.httpRequestDuration.zero({ method, route: path });
  }
  metrics.httpRequests.inc({ method: 'GET', route: unmatched, status: 404 }, 0);
  metrics.httpRequestDuration.zero({ method: 'GET', route: unmatched });
}
