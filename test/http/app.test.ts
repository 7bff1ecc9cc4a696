import { describe, expect, it } from 'vitest';
import { type AppDependencies, createApp } from '../../src/http/app.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { settledMs } from '../support/stopwatch.ts';

function setUp(overrides: Partial<AppDependencies> = {}) {
  const lines: string[] = [];
  const metrics = createMetrics({ version: '1.2.3', sources: [], sinks: [], roles: [] });
  const app = createApp({
    metrics,
    logger: createLogger({
      level: 'info',
      secrets: [],
      destination: { write: (line) => void lines.push(line) },
    }),
    version: '1.2.3',
    isLive: () => ({ ok: true }),
    isReady: async () => ({ ok: true, detail: 'the database answers' }),
    ...overrides,
  });
  return { app, metrics, lines };
}

describe('health', () => {
  it('says 200 while the loops turn, whatever the database does', async () => {
    const { app } = setUp({ isReady: () => Promise.reject(new Error('away')) });
    const answer = await app.request('/healthz');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok' });
  });

  it('says 503 and which loop stands still', async () => {
    const { app } = setUp({
      isLive: () => ({ ok: false, detail: 'the delivery loop stands still' }),
    });
    const answer = await app.request('/healthz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'failing',
      detail: 'the delivery loop stands still',
    });
  });

  it('is ready when the database is, and says what it lacks when it is not', async () => {
    const ready = await setUp().app.request('/readyz');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ok', detail: 'the database answers' },
    ]);
    const { app } = setUp({
      isReady: async () => ({ ok: false, detail: 'the database is not migrated' }),
    });
    const answer = await app.request('/readyz');
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { status: 'not ready', detail: 'the database is not migrated' },
    ]);
  });

  it('is not ready when the check fails, and shows nothing of the error', async () => {
    const { app } = setUp({
      isReady: () => Promise.reject(new Error('password authentication failed for user "x"')),
    });
    const answer = await app.request('/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('password');
  });

  it('answers "not ready" within its limit while the database hangs', async () => {
    const answer = Promise.resolve(
      setUp({ isReady: () => new Promise(() => {}) }).app.request('/readyz'),
    );
    expect(await settledMs(answer)).toBeLessThan(3500);
    expect((await answer).status).toBe(503);
  });
});

describe('metrics', () => {
  it('are served with the content type of the text format', async () => {
    const answer = await setUp().app.request('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toContain('tocsin_build_info{version="1.2.3"');
  });

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
      '/',
      '/healthz',
      '/readyz',
      '/metrics',
      'unmatched',
    ]);
    expect(values.every((entry) => entry.value === 0)).toBe(true);
  });
});

describe('the app', () => {
  it('answers HEAD as GET without a body', async () => {
    const { app, metrics } = setUp();
    for (const path of ['/', '/healthz', '/readyz', '/metrics']) {
      const answer = await app.request(path, { method: 'HEAD' });
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, '']);
    }
    const { values } = await metrics.httpRequests.get();
    expect(
      values.find((entry) => entry.labels.method === 'HEAD' && entry.labels.route === '/metrics')
        ?.value,
    ).toBe(1);
  });

  it.each(['POST', 'PUT', 'DELETE'])(
    'answers 405 to %s on a page that only shows something',
    async (method) => {
      for (const path of ['/', '/healthz', '/readyz', '/metrics']) {
        const answer = await setUp().app.request(path, { method, body: 'x' });
        expect([path, answer.status, answer.headers.get('allow')]).toEqual([
          path,
          405,
          'GET, HEAD',
        ]);
      }
      expect((await setUp().app.request('/nothing', { method })).status).toBe(404);
    },
  );

  it('renders the metrics and checks readiness once for all who ask at the same time', async () => {
    let checks = 0;
    const { app, metrics } = setUp({
      isReady: async () => {
        checks += 1;
        return { ok: true, detail: '' };
      },
    });
    let renderings = 0;
    const { registry } = metrics;
    const { metrics: render } = registry;
    registry.metrics = () => {
      renderings += 1;
      return render.call(registry);
    };
    const paths = Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? '/metrics' : '/readyz'));
    const answers = await Promise.all(paths.map((path) => app.request(path)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect([renderings, checks]).toEqual([1, 1]);
  });

  it('answers 404 in JSON to what it does not know', async () => {
    const answer = await setUp().app.request('/nothing');
    expect([answer.status, await answer.json()]).toEqual([404, { error: 'not found' }]);
  });

  it('hides what went wrong from the visitor and tells it to the log', async () => {
    const { app, lines } = setUp({
      isLive: () => {
        throw new Error('inner workings');
      },
    });
    const answer = await app.request('/healthz');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('inner workings');
    expect(lines.join('')).toContain('inner workings');
  });

  it('forbids framing, guessing of types and caching, on errors too', async () => {
    for (const path of ['/', '/metrics', '/nothing']) {
      const { headers } = await setUp().app.request(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('names its addresses at the root', async () => {
    const text = await (await setUp().app.request('/')).text();
    for (const word of ['Tocsin 1.2.3', '/healthz', '/readyz', '/metrics'])
      expect(text).toContain(word);
  });
});
