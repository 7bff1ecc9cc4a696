// The HTTP app: health, metrics, and a plain index. Listens nowhere itself and knows no database; both are the command's.
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { describeError, type Logger } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import { createHealthRoutes, type HealthDependencies } from './health.ts';
import { measureRequests, startSeries } from './measure.ts';

export interface AppDependencies extends HealthDependencies {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly version: string;
}

export function createApp(deps: AppDependencies): Hono {
  const app = new Hono();
  app.use(measureRequests(deps.metrics));
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      xFrameOptions: 'DENY',
      // Whoever ends TLS in front of this decides that.
      strictTransportSecurity: false,
    }),
  );
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });

  app.get('/', (c) => c.text(indexText(deps.version)));
  app.route('/', createHealthRoutes(deps));
  app.get('/metrics', async (c) =>
    c.body(await deps.metrics.expose(), 200, { 'Content-Type': deps.metrics.contentType }),
  );

  app.notFound((c) => c.json({ error: 'not found' }, 404));
  app.onError((error, c) => {
    deps.logger.error({ err: describeError(error), method: c.req.method }, 'a request failed');
    return c.json({ error: 'internal error; the log says more' }, 500);
  });
  startSeries(app, deps.metrics);
  return app;
}

function indexText(version: string): string {
  return [
    `Tocsin ${version}`,
    '',
    '/healthz  whether this process works',
    '/readyz   whether its database answers',
    '/metrics  for Prometheus',
    '',
  ].join('\n');
}
