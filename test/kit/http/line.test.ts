// One connection: when it is used again, and when it is given up.
import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { startFarEnd, startSocketServer } from '../../support/far-end.ts';
import { client, failure, post } from './calling.ts';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Answers each request with what `answerOf` says for the request of this number. */
async function startServer(answerOf: (nth: number) => string) {
  let connections = 0;
  let requests = 0;
  const port = await startSocketServer((socket) => {
    connections += 1;
    socket.on('data', () => {
      requests += 1;
      socket.write(answerOf(requests));
    });
  });
  return { url: `http://127.0.0.1:${port}/`, connections: () => connections };
}

describe('a connection', () => {
  test.each([
    ['says so', ok.replace('OK\r\n', 'OK\r\nConnection: close\r\n')],
    ['keeps it for two seconds or less', ok.replace('OK\r\n', 'OK\r\nKeep-Alive: timeout=2\r\n')],
    ['sends more than its answer', `${ok}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`],
    ['speaks HTTP/1.0', ok.replace('1.1', '1.0')],
  ])('is not used again if the far end %s', async (_name, first) => {
    const server = await startServer((nth) => (nth === 1 ? first : ok));
    const http = client();
    for (let nth = 0; nth < 2; nth += 1)
      expect(await http.request(post(server.url))).toMatchObject({ status: 200, body: 'ok' });
    expect(server.connections()).toBe(2);
  });

  test('is used again after an answer in chunks, an error and an answer without a body', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      'HTTP/1.1 500 Fault\r\nContent-Length: 1\r\n\r\nx',
      'HTTP/1.1 204 Nothing\r\n\r\n',
      ok,
    ];
    const server = await startServer((nth) => answers[nth - 1]!);
    const http = client();
    const statuses: number[] = [];
    for (const _ of answers) statuses.push((await http.request(post(server.url))).status);
    expect(statuses).toEqual([200, 500, 204, 200]);
    expect(server.connections()).toBe(1);
  });

  test('that the far end closed while nobody used it is not used again', async () => {
    let isClosed = false;
    let connections = 0;
    const port = await startSocketServer((socket) => {
      connections += 1;
      socket.on('close', () => {
        isClosed = true;
      });
      socket.on('data', () => socket.end(ok));
    });
    const http = client();
    await http.request(post(`http://127.0.0.1:${port}`));
    await vi.waitFor(() => expect(isClosed).toBe(true));
    await http.request(post(`http://127.0.0.1:${port}`));
    expect(connections).toBe(2);
  });

  test('on which something comes that nobody asked for is closed', async () => {
    const states: string[] = [];
    const port = await startSocketServer((socket) => {
      socket.on('close', () => states.push('closed'));
      socket.once('data', () => socket.write(ok, () => setTimeout(() => socket.write(ok), 20)));
    });
    expect((await client().request(post(`http://127.0.0.1:${port}`))).body).toBe('ok');
    await vi.waitFor(() => expect(states).toEqual(['closed']));
  });

  test('that was answered before its request was read is closed, and the answer counts', async () => {
    let connections = 0;
    const port = await startSocketServer((socket) => {
      connections += 1;
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const http = client();
    const large = post(`http://127.0.0.1:${port}`, { body: 'x'.repeat(20_000_000) });
    expect((await http.request(large)).status).toBe(413);
    expect((await http.request(large)).status).toBe(413);
    expect(connections).toBe(2);
  });
});

describe('a request', () => {
  test('has a head and a body whose lengths and letters are those that were given', async () => {
    const farEnd = await startFarEnd();
    const http = client();
    await http.request(post(farEnd.origin, { body: 'สวัสดี 🔔', headers: { 'x-name': 'é' } }));
    const { body: _body, ...without } = post(farEnd.origin);
    await http.request({ ...without, headers: { 'user-agent': 'another' } });
    await http.request({ ...without, method: 'GET' });
    expect(farEnd.received).toMatchObject([
      { body: 'สวัสดี 🔔', headers: { 'x-name': 'é', connection: 'keep-alive' } },
      { method: 'POST', body: '', headers: { 'content-length': '0', 'user-agent': 'another' } },
      { method: 'GET', body: '' },
    ]);
    expect(farEnd.received[2]?.headers).not.toHaveProperty('content-length');
    expect(farEnd.connectionCount()).toBe(1);
  });

  test.each([{ 'x-a': 'a\nb' }, { 'x a': 'b' }, { 'x-a': 'ก' }])(
    'with the header %j is sent by nobody',
    async (headers) => {
      const farEnd = await startFarEnd();
      const error = await failure(client().request(post(farEnd.origin, { headers })));
      expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
      expect(farEnd.received).toHaveLength(0);
    },
  );

  test('has its own answer, though pieces of others come in between', async () => {
    const letters = ['a', 'b', 'c', 'd'];
    const farEnd = await startFarEnd((request, response) => {
      let pieces = 0;
      const timer = setInterval(() => {
        pieces += 1;
        if (pieces < 10) return void response.write(request.body.repeat(1000));
        clearInterval(timer);
        response.end();
      }, 1);
    });
    const http = client();
    const answers = await Promise.all(
      letters.map((body) => http.request(post(farEnd.origin, { body }))),
    );
    expect(answers.map(({ body }) => body)).toEqual(letters.map((body) => body.repeat(9000)));
  });

  test('to an address of version 6 arrives', async ({ skip }) => {
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) => response.end('six'));
    const isHere = await new Promise<boolean>((resolve) => {
      server.on('error', () => resolve(false)).listen(0, '::1', () => resolve(true));
    });
    if (!isHere) return skip('this machine has no ::1');
    const { port } = server.address() as { port: number };
    connect({ host: '::1', port }).end();
    expect((await client().request(post(`http://[::1]:${port}/`))).body).toBe('six');
    server.close();
    server.closeAllConnections();
  });
});
