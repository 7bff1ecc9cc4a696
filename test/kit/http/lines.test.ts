// The connections to an origin: how many there are, who gets the next one, and when they end.
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { createHttpClient } from '../../../src/kit/http/index.ts';
import { Lines } from '../../../src/kit/http/lines.ts';
import { closedPort, startFarEnd, startSocketServer } from '../../support/far-end.ts';
import { client, failure, post } from './calling.ts';

describe('requests that wait for a connection', () => {
  test('go in the order in which they came', async () => {
    const farEnd = await startFarEnd((_request, response) => setTimeout(() => response.end(), 2));
    const http = client({ connectionsMax: 1 });
    const bodies = Array.from({ length: 20 }, (_, index) => String(index));
    await Promise.all(bodies.map((body) => http.request(post(farEnd.origin, { body }))));
    expect(farEnd.received.map(({ body }) => body)).toEqual(bodies);
    expect(farEnd.connectionCount()).toBe(1);
  });

  test('all fail if none can be made, each with its reason', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const http = client({ connectionsMax: 2 });
    const errors = await Promise.all(
      Array.from({ length: 7 }, () => failure(http.request(post(url)))),
    );
    expect(errors.map(({ reason }) => reason)).toEqual(Array(7).fill('connection'));
  });

  test('get the next connection when one is closed', async () => {
    const farEnd = await startFarEnd((request, response) =>
      request.body === 'bad' ? response.destroy() : response.end('ok'),
    );
    const http = client({ connectionsMax: 1 });
    const bad = http.request(post(farEnd.origin, { body: 'bad' }));
    const good = http.request(post(farEnd.origin, { body: 'good' }));
    expect(await failure(bad)).toMatchObject({ reason: 'interrupted' });
    expect((await good).body).toBe('ok');
  });

  test('one that was given up leaves the connection to the others', async () => {
    const farEnd = await startFarEnd((_request, response) =>
      setTimeout(() => response.end('ok'), 30),
    );
    const http = client({ connectionsMax: 1 });
    const abort = new AbortController();
    const first = http.request(post(farEnd.origin, { body: 'first' }));
    const second = http.request(post(farEnd.origin, { body: 'second', signal: abort.signal }));
    const third = http.request(post(farEnd.origin, { body: 'third' }));
    abort.abort(new Error('stop'));
    await expect(second).rejects.toThrow('stop');
    await Promise.all([first, third]);
    expect(farEnd.received.map(({ body }) => body)).toEqual(['first', 'third']);
  });
});

describe('connections', () => {
  test('that nobody uses are closed after a while', async () => {
    const farEnd = await startFarEnd((_request, response) => {
      response.setHeader('Keep-Alive', 'timeout=3');
      response.end('ok');
    });
    let closed = 0;
    const port = await startSocketServer((socket) => {
      socket.on('close', () => {
        closed += 1;
      });
      socket.on('data', () =>
        socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=3\r\nContent-Length: 0\r\n\r\n'),
      );
    });
    const http = client();
    await Promise.all([
      http.request(post(farEnd.origin)),
      http.request(post(`http://127.0.0.1:${port}`)),
      http.request(post(`http://127.0.0.1:${port}`)),
    ]);
    await vi.waitFor(() => expect(closed).toBe(2), { timeout: 60_000 });
    expect((await http.request(post(farEnd.origin))).body).toBe('ok');
  });

  test('that nobody uses keep no process alive', async () => {
    const sockets = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    // Those of the tests before are being closed.
    await vi.waitFor(() => expect(sockets()).toBe(0));
    const farEnd = await startFarEnd();
    await client().request(post(farEnd.origin));
    // That of the far end, which is in this process too.
    expect(sockets()).toBe(1);
  });

  test('end with the client, those that nobody uses too', async () => {
    const closings: string[] = [];
    const port = await startSocketServer((socket) => {
      socket.on('close', () => closings.push('closed'));
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    });
    const http = createHttpClient();
    await Promise.all([1, 2].map(() => http.request(post(`http://127.0.0.1:${port}`))));
    await http.close();
    await vi.waitFor(() => expect(closings).toEqual(['closed', 'closed']));
  });

  test('that cannot be made in time fail what waits for them', async () => {
    const told: Error[] = [];
    const lines = new Lines({ connectionsMax: 1, connectTimeoutMs: 50, headers: {} });
    // A TLS connection to a server that says nothing is never made.
    const port = await startSocketServer(() => {});
    lines.send(
      {
        method: 'GET',
        url: new URL(`https://127.0.0.1:${port}`),
        body: null,
        headers: undefined,
      },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData() {},
        onResponseEnd() {},
        onOverhead() {},
        onResponseError: (_controller, error) => told.push(error),
      },
    );
    await vi.waitFor(() => expect(told).toMatchObject([{ code: 'UND_ERR_CONNECT_TIMEOUT' }]));
    await lines.close();
  });

  test('over TLS are kept, and a new one goes on from an earlier session', async () => {
    const tls = {
      key: readFileSync(new URL('../../fixtures/loopback-key.pem', import.meta.url), 'utf8'),
      cert: readFileSync(
        new URL('../../fixtures/loopback-certificate.pem', import.meta.url),
        'utf8',
      ),
    };
    const reused: boolean[] = [];
    const farEnd = await startFarEnd((request, response) => {
      reused.push(
        (response.socket as { isSessionReused?(): boolean }).isSessionReused?.() === true,
      );
      if (request.body === 'last') response.setHeader('Connection', 'close');
      response.end('ok');
    }, tls);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      const http = client();
      for (const body of ['first', 'last', 'again'])
        expect((await http.request(post(farEnd.origin, { body }))).body).toBe('ok');
    } finally {
      vi.unstubAllEnvs();
    }
    expect(farEnd.connectionCount()).toBe(2);
    expect(reused).toEqual([false, false, true]);
  });
});
