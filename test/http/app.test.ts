// The app as a visitor sees it: its pages, what it refuses, the headers of every answer.
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { contextOn } from '../operations/acting.ts';
import { setUp } from './set-up.ts';

describe('metrics', () => {
  it('are served with the content type of the text format', async () => {
    const answer = await setUp().app.request('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toContain('tocsin_build_info{version="1.2.3"');
  });
});

describe('the app', () => {
  it('answers HEAD as GET without a body', async () => {
    const { app, metrics } = setUp();
    for (const path of ['/healthz', '/readyz', '/metrics']) {
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

  it.each([
    ['/api/v1/sinks/soc/pause', 'Content-Length: 100', '{"rea'],
    ['/api/v1/sinks/soc/pause', 'Transfer-Encoding: chunked', '5\r\n{"rea\r\n'],
    ['/silences/new', 'Transfer-Encoding: chunked', '5\r\nreaso\r\n'],
  ])('logs nothing of a client that leaves within its body: %s, %s', async (path, header, part) => {
    const onFailure = vi.fn();
    const contextOf = () => contextOn({} as Database);
    const { app, lines } = setUp({ contextOf, onFailure });
    const ended = vi.fn();
    const server = createAdaptorServer({
      fetch: async (request, env) => {
        const answer = await app.fetch(request, env);
        ended();
        return answer;
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    const head = ['Host: tocsin.example', 'Content-Type: application/json', header].join('\r\n');
    client.write(`POST ${path} HTTP/1.1\r\n${head}\r\n\r\n${part}`);
    await once(server, 'request');
    client.destroy();
    await vi.waitFor(() => expect(ended).toHaveBeenCalled(), { timeout: 5000 });
    expect([lines, onFailure.mock.calls]).toEqual([[], []]);
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
});
