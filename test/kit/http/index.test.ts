// The HTTP client against servers of every temper on loopback: healthy, slow, silent, endless,
// encrypted, behind a proxy.
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { AdapterError, ConfigError } from '../../../src/kit/errors.ts';
import {
  createHttpClient,
  type HttpClientOptions,
  type HttpRequest,
} from '../../../src/kit/http/index.ts';
import { closedPort, pourBody, startFarEnd, startSocketServer } from '../../support/far-end.ts';
import { settledMs } from '../../support/stopwatch.ts';

const never = new AbortController().signal;
const secretPath = '/hooks/abcdefghijklmnopqrstuvwxyz?sig=verysecretsignature';

function client(options?: HttpClientOptions) {
  const http = createHttpClient(options);
  onTestFinished(() => http.close());
  return http;
}

function post(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'POST', url, body: '{"text":"hello"}', signal: never, ...more };
}

async function failure(promise: Promise<unknown>): Promise<AdapterError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AdapterError);
  expect(inspect(error, { depth: 9 })).not.toMatch(/abcdefghij|verysecret/);
  return error as AdapterError;
}

describe('an exchange that works', () => {
  test('sends method, path, query, headers and body as given, and hands back status, headers and text', async () => {
    const farEnd = await startFarEnd((_request, response) => {
      response.writeHead(201, { 'X-Request-Id': 'r1', 'Set-Cookie': ['a=1', 'b=2'] }).end('สวัสดี');
    });
    const answer = await client().request(
      post(`${farEnd.origin}/hooks/x?y=1`, { headers: { 'content-type': 'application/json' } }),
    );
    expect(answer).toMatchObject({ status: 201, body: 'สวัสดี', truncated: false });
    expect(answer.headers).toMatchObject({ 'x-request-id': 'r1', 'set-cookie': 'a=1, b=2' });
    expect(farEnd.received).toMatchObject([
      {
        method: 'POST',
        target: '/hooks/x?y=1',
        body: '{"text":"hello"}',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'tocsin',
          'accept-encoding': 'identity',
        },
      },
    ]);
  });

  test('keeps its connections for further requests', async () => {
    const farEnd = await startFarEnd();
    const http = client();
    for (let i = 0; i < 10; i += 1) await http.request(post(farEnd.origin));
    // Two, because undici frees a connection a moment after its answer.
    expect(farEnd.connectionCount()).toBeLessThanOrEqual(2);
  });

  test('makes no more connections than allowed, and all requests arrive', async () => {
    const farEnd = await startFarEnd((_request, response) =>
      setTimeout(() => response.end('ok'), 20),
    );
    const http = client({ connectionsMax: 3 });
    await Promise.all(Array.from({ length: 12 }, () => http.request(post(farEnd.origin))));
    expect(farEnd.received).toHaveLength(12);
    expect(farEnd.connectionCount()).toBe(3);
  });

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

  test('invalid UTF-8 and a byte order mark do not disturb', async () => {
    const farEnd = await startFarEnd((_request, response) =>
      response.end(Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff])),
    );
    expect((await client().request(post(farEnd.origin))).body).toBe('a\uFFFD');
  });

  test('close waits for what is in flight, and can be called twice', async () => {
    const farEnd = await startFarEnd((_request, response) =>
      setTimeout(() => response.end('ok'), 100),
    );
    const http = createHttpClient();
    const pending = http.request(post(farEnd.origin));
    await Promise.all([http.close(), http.close()]);
    expect((await pending).body).toBe('ok');
    const late = await failure(http.request(post(farEnd.origin + secretPath)));
    expect(late).toMatchObject({ outcome: 'retry', reason: 'connection' });
  });

  test('many requests under one signal make no warning and leave no listener', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error) => warnings.push(warning.name);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const farEnd = await startFarEnd();
    const http = client();
    for (const { signal } of [new AbortController(), new AbortController()]) {
      await Promise.all(
        Array.from({ length: 30 }, () => http.request(post(farEnd.origin, { signal }))),
      );
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });
});

const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** Answers with `head` and then `block` again and again, as fast as it is taken. */
async function startEndless(head: string, block: string) {
  const blocks = Buffer.from(block.repeat(Math.ceil(65_536 / block.length)));
  let written = 0;
  const port = await startSocketServer((socket) => {
    const pour = () => {
      while (!socket.destroyed) {
        written += blocks.length;
        if (!socket.write(blocks)) return void socket.once('drain', pour);
      }
    };
    socket.once('data', () => {
      socket.write(head);
      pour();
    });
  });
  return { url: `http://127.0.0.1:${port}`, written: () => written };
}

describe('what is read of an answer', () => {
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

  test('a body of which each byte is a chunk of its own is whole', async () => {
    const body = 'abcdefghij'.repeat(20_000);
    const port = await startSocketServer((socket) => {
      const chunks = [...body].map((byte) => `1\r\n${byte}\r\n`).join('');
      socket.on('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`),
      );
    });
    const answer = await client().request(
      post(`http://127.0.0.1:${port}`, { bodyBytesMax: 1_000_000 }),
    );
    expect(answer).toEqual(expect.objectContaining({ status: 200, truncated: false, body }));
  });

  test.each([
    ['chunks of one byte', chunkedHead, '1\r\nx\r\n'],
    ['extensions of chunks', chunkedHead, `1;${'e'.repeat(900)}\r\nx\r\n`],
  ])('%s without end are read for some megabytes, and no more', async (_name, head, block) => {
    const endless = await startEndless(head, block);
    const answer = await client().request(
      post(endless.url, { bodyBytesMax: 100_000_000, timeoutMs: 60_000 }),
    );
    expect(answer).toMatchObject({ status: 200, truncated: true });
    expect(answer.body).toMatch(/^x+$/);
    // The system takes some more from it than we have read.
    expect(endless.written()).toBeLessThan(100_000_000);
  });

  test('hints without end are no answer, and end soon', async () => {
    const endless = await startEndless('', 'HTTP/1.1 103 Early Hints\r\n\r\n');
    const error = await failure(
      client().request(post(endless.url + secretPath, { timeoutMs: 60_000 })),
    );
    expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
    expect(error.message).toMatch(/more headers than fit/);
    expect(endless.written()).toBeLessThan(100_000_000);
  });

  test('a body of exactly the limit is whole', async () => {
    const farEnd = await startFarEnd((_request, response) => response.end('x'.repeat(100)));
    expect((await client().request(post(farEnd.origin, { bodyBytesMax: 100 }))).truncated).toBe(
      false,
    );
  });

  test('a compressed body that nobody asked for is unpacked', async () => {
    const farEnd = await startFarEnd((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"last_id":1}'));
    });
    expect((await client().request(post(farEnd.origin))).body).toBe('{"last_id":1}');
  });

  test.each([
    ['broken', 'gzip', gzipSync('hello').fill(7, 12)],
    ['cut', 'gzip', gzipSync('hello'.repeat(100)).subarray(0, 20)],
    ['of an unknown kind', 'zstd', Buffer.from('hello')],
    ['a bomb', 'gzip', gzipSync(Buffer.alloc(5_000_000))],
  ])(
    'a compressed body that is %s is an error, and never garbage',
    async (_name, encoding, bytes) => {
      const farEnd = await startFarEnd((_request, response) => {
        response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
      });
      const error = await failure(client().request(post(farEnd.origin + secretPath)));
      expect(error).toMatchObject({ outcome: 'retry', reason: 'malformed', status: 200 });
    },
  );

  test('a status other than 2xx counts though its compressed body cannot be read', async () => {
    const farEnd = await startFarEnd((_request, response) => {
      response.writeHead(429, { 'content-encoding': 'gzip', 'retry-after': '7' }).end('not gzip');
    });
    const answer = await client().request(post(farEnd.origin));
    expect(answer).toMatchObject({ status: 429, body: '' });
    expect(answer.headers['retry-after']).toBe('7');
  });
});

describe('an exchange that fails', () => {
  test('refused: host, port, code and what to check are named', async () => {
    const port = await closedPort();
    const error = await failure(client().request(post(`http://127.0.0.1:${port}${secretPath}`)));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(error.message).toMatch(`127.0.0.1:${port}`);
    expect(error.message).toMatch(/ECONNREFUSED.*Check that the service runs/);
  });

  test('an unknown host name points at DNS', async () => {
    const error = await failure(client().request(post(`http://nowhere.invalid${secretPath}`)));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(error.message).toMatch(/^nowhere\.invalid:80: .*(ENOTFOUND|EAI_AGAIN).*DNS/);
  });

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

  test.each([
    'not a url',
    'ftp://chat.example/verysecret',
    'chat.example/hooks/abcdefghijklmnopqrstuvwxyz',
  ])('the address %s is a fault of the configuration and is not repeated', async (url) => {
    const error = await failure(client().request(post(url)));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
  });

  test('a token with a line break is a fault of the configuration, and nothing is sent', async () => {
    const farEnd = await startFarEnd();
    const error = await failure(
      client().request(
        post(farEnd.origin, { headers: { authorization: 'verysecret\r\nx-evil: 1' } }),
      ),
    );
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(error.message).toMatch(/token/);
    expect(farEnd.received).toHaveLength(0);
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

describe('HTTPS', () => {
  const tls = {
    key: readFileSync(new URL('../../fixtures/loopback-key.pem', import.meta.url), 'utf8'),
    cert: readFileSync(new URL('../../fixtures/loopback-certificate.pem', import.meta.url), 'utf8'),
  };

  test('a certificate that nobody vouches for is refused, with NODE_EXTRA_CA_CERTS as the way out', async () => {
    const farEnd = await startFarEnd(undefined, tls);
    const error = await failure(client().request(post(farEnd.origin + secretPath)));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(error.message).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS/);
    expect(farEnd.received).toHaveLength(0);
  });

  test('an https address on a port that speaks plain HTTP says so', async () => {
    const farEnd = await startFarEnd();
    const error = await failure(
      client().request(post(farEnd.origin.replace('http:', 'https:') + secretPath)),
    );
    expect(error).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(error.message).toMatch(/no TLS connection could be agreed on/);
  });

  test('requests go through a tunnel of the proxy, which sees host and port only', async () => {
    const farEnd = await startFarEnd(undefined, tls);
    const { port, lines } = await startTunnelProxy('HTTP/1.1 200 OK\r\n\r\n');
    trustEverything();
    const http = client({ proxy: { httpsProxy: `http://user:pa%40ss@127.0.0.1:${port}` } });
    expect((await http.request(post(farEnd.origin + secretPath))).body).toBe('ok');
    expect(farEnd.received).toMatchObject([{ target: secretPath }]);
    expect(lines[0]).toMatch(`CONNECT 127.0.0.1:${farEnd.port} HTTP/1.1`);
    expect(lines[0]).toMatch(Buffer.from('user:pa@ss').toString('base64'));
    expect(lines[0]).not.toMatch(/abcdefghij|verysecret/);
  });

  test.each([
    [407, /the proxy answered 407.*user and password/],
    [403, /the proxy answered 403.*allows this host/],
  ])('a proxy that answers %i is named as the cause', async (status, words) => {
    const { port } = await startTunnelProxy(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    const http = client({ proxy: { httpsProxy: `http://127.0.0.1:${port}` } });
    const error = await failure(http.request(post(`https://chat.example${secretPath}`)));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expect(error.message).toMatch(words);
  });

  test('a proxy that is not there is told from the host behind it', async () => {
    const port = await closedPort();
    const http = client({
      proxy: { httpsProxy: `http://verysecret:verysecret@127.0.0.1:${port}` },
    });
    const error = await failure(http.request(post(`https://chat.example${secretPath}`)));
    expect(error.message).toMatch(`ECONNREFUSED at 127.0.0.1:${port}`);
    expect(error.message).toMatch(/NO_PROXY/);
  });
});

describe('a proxy for plain HTTP', () => {
  test('gets the whole URL, keeps its connections, and NO_PROXY goes around it', async () => {
    const proxy = await startFarEnd((_request, response) => response.end('by proxy'));
    const direct = await startFarEnd((_request, response) => response.end('direct'));
    const http = client({ proxy: { httpProxy: proxy.origin, noProxy: '127.0.0.1' } });
    expect((await http.request(post('http://chat.example/x'))).body).toBe('by proxy');
    for (let i = 0; i < 5; i += 1)
      expect((await http.request(post('http://chat.example/y'))).body).toBe('by proxy');
    expect((await http.request(post(direct.origin))).body).toBe('direct');
    expect(proxy.received[0]).toMatchObject({
      target: 'http://chat.example/x',
      headers: { host: 'chat.example' },
    });
    expect(proxy.received).toHaveLength(6);
    expect(proxy.connectionCount()).toBeLessThanOrEqual(2);
  });

  test('is not blamed for a failure of what is called around it', async () => {
    const proxy = await startFarEnd();
    const port = await closedPort();
    const http = client({ proxy: { httpProxy: proxy.origin, noProxy: '10.0.0.0/8,127.0.0.0/8' } });
    const error = await failure(http.request(post(`http://127.0.0.1:${port}/`)));
    expect(error.message).toMatch(/nothing accepts connections there/);
    expect(error.message).not.toMatch(/proxy/i);
    expect(proxy.received).toHaveLength(0);
  });

  test('the environment is not read here', async () => {
    const proxy = await startFarEnd();
    const direct = await startFarEnd((_request, response) => response.end('direct'));
    setEnvironment('HTTP_PROXY', proxy.origin);
    expect((await client().request(post(direct.origin))).body).toBe('direct');
    const other = client({ proxy: { httpsProxy: proxy.origin } });
    expect((await other.request(post(direct.origin))).body).toBe('direct');
    expect(proxy.received).toHaveLength(0);
  });

  test.each(['proxy.example:3128', 'verysecret', 'ftp://verysecret@proxy.example'])(
    'the address %s is refused at the start and not repeated',
    (address) => {
      expect(() => createHttpClient({ proxy: { httpsProxy: address } })).toThrow(ConfigError);
      expect(() => createHttpClient({ proxy: { httpsProxy: address } })).not.toThrow(/verysecret/);
    },
  );
});

/** A proxy that answers CONNECT with `answer` and then passes bytes both ways. */
async function startTunnelProxy(answer: string): Promise<{ port: number; lines: string[] }> {
  const lines: string[] = [];
  const port = await startSocketServer((socket) => {
    socket.once('data', (head) => {
      lines.push(head.toString());
      socket.write(answer);
      const target = /^CONNECT 127\.0\.0\.1:(\d+)/.exec(head.toString());
      if (target === null) return;
      const onward = createConnection(Number(target[1]), '127.0.0.1');
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
      socket.pipe(onward).pipe(socket);
    });
  });
  return { port, lines };
}

/**
 * NODE_EXTRA_CA_CERTS is read when a process starts, too late for a test; this is read at each
 * connection.
 */
function trustEverything(): void {
  setEnvironment('NODE_TLS_REJECT_UNAUTHORIZED', '0');
}

function setEnvironment(name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  onTestFinished(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}
