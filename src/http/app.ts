// The HTTP app: health, metrics, the API, the page, and what chats and sources call. It neither
// listens nor knows the database; the service does both.
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { describeError, type Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics/index.ts';
import { type ApiDependencies, createApi } from './api/index.ts';
import { type ChatDependencies, createChat } from './chat/index.ts';
import { shared } from './computed-once.ts';
import { createHealthRoutes, type HealthDependencies } from './health.ts';
import { createHooks, type HookDependencies } from './hooks/index.ts';
import { measureRequests, startSeries } from './measure.ts';
import { createPage, type PageDependencies } from './page/index.tsx';

export interface AppDependencies
  extends HealthDependencies,
    PageDependencies,
    Pick<ApiDependencies, 'ending'> {
  /** The chats in which people act; absent: none. */
  readonly chatOf?: ChatDependencies['chatOf'];
  /** The sources that are pushed to; absent: none. */
  readonly doorOf?: HookDependencies['doorOf'];
  /** Absent: no proxy is trusted. */
  readonly access?: HookDependencies['access'];
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly version: string;
  /** Where browsers sign in; absent: nowhere. */
  readonly signInRoutes?: Hono;
  /** Whether people reach us by https alone; absent: no. */
  isHttps?(): boolean;
}

export function createApp(deps: AppDependencies): Hono {
  const app = new Hono();
  app.use(measureRequests(deps.metrics));
  app.use(
    secureHeaders({
      // No code and no style within a page; nothing from elsewhere.
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: 'DENY',
      // Below: only where people reach us by https.
      strictTransportSecurity: false,
    }),
  );
  app.use(async (c, next) => {
    await next();
    if (!c.res.headers.has('cache-control')) c.header('Cache-Control', 'no-store');
    // Without subdomains: other services of the domain may have no https.
    if (deps.isHttps?.()) c.header('Strict-Transport-Security', 'max-age=15552000');
  });

  app.route('/', createHealthRoutes(deps));
  // Bytes, because waiting answers share them, while each would hold a copy of a text. The budget
  // limits rendering to a twentieth of the time; whoever asks without pause gets an older page.
  const render = async () => new TextEncoder().encode(await deps.metrics.expose());
  const metricsPage = shared(render, { freshMs: 0, budgetMs: 1000 });
  app.get('/metrics', async (c) =>
    c.body(await metricsPage(), 200, { 'Content-Type': deps.metrics.contentType }),
  );
  // Those of the API, the page and what others call appear with their first requests: they are many.
  startSeries(app, deps.metrics);
  const onStreams = (open: number) => deps.metrics.httpStreamsOpen.set(open);
  app.route('/api/v1', createApi({ ...deps, onStreams }));
  const trustsNobody = () => ({ isTrustedProxy: () => false });
  app.route('/hooks', createHooks({ doorOf: () => undefined, access: trustsNobody, ...deps }));
  app.route('/chat', createChat({ chatOf: () => undefined, ...deps }));
  if (deps.signInRoutes !== undefined) app.route('/', deps.signInRoutes);
  app.route('/', createPage(deps));
  const known = new Set(
    app.routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path),
  );
  app.all('*', async (c, next) => {
    if (!known.has(c.req.path)) return next();
    return c.json({ error: 'only GET and HEAD are answered here' }, 405, { Allow: 'GET, HEAD' });
  });

  app.notFound((c) => c.json({ error: 'not found' }, 404));
  app.onError((error, c) => {
    // The client has left within its body: nobody reads the answer, and nothing is wrong here.
    if (c.req.raw.signal.aborted) return c.json({ error: 'the request broke off' }, 400);
    deps.logger.error({ err: describeError(error), method: c.req.method }, 'a request failed');
    return c.json({ error: 'internal error; the log says more' }, 500);
  });
  return app;
}
