// One request and its answer, bounded in time and bytes, against far ends that break off, hang, or
// never stop.
import { describe, expect, test, vi } from 'vitest';
import { pourBody, startFarEnd, startSocketServer } from '../../support/far-end.ts';
import { settledMs } from '../../support/stopwatch.ts';
import { client, failure, post, secretPath } from './calling.ts';

describe('what counts as the answer', () => {
  test('a redirect is an answer and is not followed', async () => {
    const target = await startFarEnd();
    const farEnd = await startFarEnd((_request, response) => {
      response.writeHead(302, { location: `${target.origin}/elsewhere` }).end();
    });
    const answer = await client().request(
      post(farEnd.origin, { headers: { authorization: 'token' } }),
    );
    expect(answer.status).toBe(302);
    expect(target.received).toHaveLength(0);
  });

  test('an early hint is not the answer', async () => {
    const farEnd = await startFarEnd((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(503).end('later');
    });
    expect(await client().request(post(farEnd.origin))).toMatchObject({
      status: 503,
      body: 'later',
    });
  });

  test('a body of 10 MB is cut at the limit, and its connection closed', async () => {
    let poured = () => 0;
    const farEnd = await startFarEnd((_request, response) => {
      poured = pourBody(response);
    });
    const answer = await client().request(post(farEnd.origin, { bodyBytesMax: 1_000 }));
    expect(answer).toMatchObject({ status: 200, truncated: true });
    expect(answer.body).toBe('a'.repeat(1_000));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(poured()).toBeLessThan(10_000_000);
  });

  test('an endless body ends at the limit', async () => {
    const farEnd = await startFarEnd((_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(50_000)), 5);
      response.on('close', () => clearInterval(timer));
    });
    const answer = await client().request(post(farEnd.origin));
    expect(answer.truncated).toBe(true);
    expect(answer.body).toHaveLength(65_536);
  });

  test('a body of exactly the limit is whole', async () => {
    const farEnd = await startFarEnd((_request, response) => response.end('x'.repeat(100)));
    expect((await client().request(post(farEnd.origin, { bodyBytesMax: 100 }))).truncated).toBe(
      false,
    );
  });
});

describe('an exchange that is broken off', () => {
  test.each([
    ['before any byte', ''],
    ['within the headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok'],
    ['within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nok'],
  ])(
    'a reset %s is a connection failure, and the request may have arrived',
    async (_name, beginning) => {
      const port = await startSocketServer((socket) => {
        socket.once('data', () =>
          socket.write(beginning, () => setTimeout(() => socket.resetAndDestroy(), 20)),
        );
      });
      const error = await failure(client().request(post(`http://127.0.0.1:${port}${secretPath}`)));
      expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
      expect(error.message).toMatch(/may have got the request/);
    },
  );

  test.each([
    ['its announced length', 'Content-Length: 10\r\n\r\nok'],
    ['its last chunk', 'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n'],
  ])('a body that ends before %s is a failure, not a short answer', async (_name, rest) => {
    const port = await startSocketServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    });
    const error = await failure(client().request(post(`http://127.0.0.1:${port}`)));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
    expect(error.message).toMatch(/closed before the answer was complete/);
  });

  test('an idle connection that the far end closed with the next request is not silently tried again', async () => {
    let connections = 0;
    const port = await startSocketServer((socket) => {
      connections += 1;
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        else socket.resetAndDestroy();
      });
    });
    const http = client({ connectionsMax: 1 });
    await http.request(post(`http://127.0.0.1:${port}`));
    const error = await failure(http.request(post(`http://127.0.0.1:${port}`)));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
    expect(connections).toBe(1);
  });

  test('what does not speak HTTP is said to be so, and its words stay out of the error', async () => {
    const port = await startSocketServer((socket) => {
      socket.once('data', () => socket.end('220 verysecret.example ESMTP\r\n'));
    });
    const error = await failure(client().request(post(`http://127.0.0.1:${port}${secretPath}`)));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
    expect(error.message).toMatch(/does not speak HTTP \(HPE/);
  });
});

describe('time-out and abort', () => {
  test.each([
    ['accepts and says nothing', '', /sent no answer/],
    ['stops within the headers', 'HTTP/1.1 200 OK\r\nContent-', /sent no answer/],
    [
      'stops within the body',
      'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok',
      /began and did not end/,
    ],
  ])('the time-out ends an exchange with a far end that %s', async (_name, beginning, words) => {
    const port = await startSocketServer((socket) =>
      socket.once('data', () => socket.write(beginning)),
    );
    const promise = client().request(
      post(`http://127.0.0.1:${port}${secretPath}`, { timeoutMs: 150 }),
    );
    expect(await settledMs(promise)).toBeLessThan(400);
    const error = await failure(promise);
    expect(error).toMatchObject({ outcome: 'retry', reason: 'timeout' });
    expect(error.message).toMatch(words);
    expect(error.message).toMatch(`127.0.0.1:${port}: no complete answer within 0.15 s`);
  });

  test('a body that comes in drops does not outlast the time-out', async () => {
    const farEnd = await startFarEnd((_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const promise = client().request(post(farEnd.origin, { timeoutMs: 200 }));
    expect(await settledMs(promise)).toBeLessThan(450);
    expect(await failure(promise)).toMatchObject({ reason: 'timeout' });
  });

  test('the time-out counts the wait for a free connection, and what was given up is never sent', async () => {
    const farEnd = await startFarEnd((_request, response) =>
      setTimeout(() => response.end('ok'), 300),
    );
    const http = client({ connectionsMax: 1 });
    const first = http.request(post(farEnd.origin, { body: 'first' }));
    const second = http.request(post(farEnd.origin, { body: 'second', timeoutMs: 100 }));
    expect(await settledMs(second)).toBeLessThan(250);
    expect((await failure(second)).message).toMatch(/no connection was free/);
    await first;
    await http.request(post(farEnd.origin, { body: 'third' }));
    expect(farEnd.received.map(({ body }) => body)).toEqual(['first', 'third']);
  });

  test.each([
    ['before the answer', ''],
    ['within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok'],
  ])(
    'an abort %s ends within 100 ms with its own reason, and closes the connection',
    async (_name, beginning) => {
      const abort = new AbortController();
      const states: string[] = [];
      const port = await startSocketServer((socket) => {
        socket.once('data', () => {
          states.push('requested');
          socket.on('close', () => states.push('closed'));
          socket.write(beginning, () => setTimeout(() => abort.abort(new Error('stop')), 30));
        });
      });
      const promise = client().request(post(`http://127.0.0.1:${port}`, { signal: abort.signal }));
      promise.catch(() => {});
      await new Promise((resolve) => abort.signal.addEventListener('abort', resolve));
      expect(await settledMs(promise)).toBeLessThan(100);
      await expect(promise).rejects.toThrow('stop');
      await vi.waitFor(() => expect(states).toEqual(['requested', 'closed']));
    },
  );

  test('a signal that is already aborted sends nothing', async () => {
    const farEnd = await startFarEnd();
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(client().request(post(farEnd.origin, { signal }))).rejects.toThrow('stop');
    expect(farEnd.connectionCount()).toBe(0);
  });
});
