// The HTTP client against servers on loopback: connections, addresses, certificates and proxies.
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../../src/kit/errors.ts';
import { createHttpClient } from '../../../src/kit/http/index.ts';
import { closedPort, startFarEnd, startSocketServer } from '../../support/far-end.ts';
import { client, failure, post, secretPath } from './calling.ts';

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
