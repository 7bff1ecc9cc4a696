// What one visitor can cost, and that others get through meanwhile. Real sockets on loopback, small
// limits.
import { once } from 'node:events';
import { createServer, get, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  connectionToClose,
  type GuardLimits,
  guardServer,
  letLast,
  serverOptions,
} from '../../src/http/guard.ts';
import { until } from '../support/world.ts';

const roomy: GuardLimits = {
  connectionsMax: 100,
  pipelinedMax: 4,
  answerMs: 5000,
  perSecond: 1000,
  burst: 1000,
};

async function setUp(limits: Partial<GuardLimits>, handle?: RequestListener) {
  let handled = 0;
  const server = createServer(serverOptions);
  const answer: RequestListener = (_request, response) => response.end('fine');
  guardServer(
    server,
    (...exchange) => {
      handled += 1;
      (handle ?? answer)(...exchange);
    },
    { ...roomy, ...limits },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  function open(): Socket & { isCut: boolean; said: string } {
    const socket = Object.assign(connect(port, '127.0.0.1'), { isCut: false, said: '' });
    socket.on('error', () => {}).on('close', () => Object.assign(socket, { isCut: true }));
    onTestFinished(() => void socket.destroy());
    return socket;
  }
  async function status(): Promise<number | undefined> {
    const call = get({ port, host: '127.0.0.1', agent: false });
    const [response] = await once(call, 'response');
    response.resume();
    return response.statusCode;
  }
  return { server, open, status, handled: () => handled };
}

const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

describe('one connection', () => {
  test('is cut when it sends many requests without waiting, and only a few of them are handled', async () => {
    const { open, handled, status } = await setUp({}, (_request, response) => {
      setTimeout(() => response.end('late'), 50);
    });
    const socket = open();
    socket.write(request.repeat(1700));
    expect(await until(() => socket.isCut, 5000)).toBe(true);
    expect(handled()).toBeLessThanOrEqual(roomy.pipelinedMax);
    expect(await status()).toBe(200);
  });

  test('is answered as often as it likes when it waits for its answers', async () => {
    const { open, handled } = await setUp({});
    const socket = open();
    for (let n = 1; n <= 20; n += 1) {
      socket.write(request);
      await once(socket, 'data');
      expect(handled()).toBe(n);
    }
  });

  test('is cut when it does not read its answer', async () => {
    const { open, server } = await setUp({ answerMs: 200 }, (_request, response) => {
      response.end(Buffer.alloc(32 * 1024 * 1024));
    });
    const socket = open();
    socket.pause();
    socket.write(request);
    await once(server, 'request');
    const countConnections = () =>
      new Promise<number>((done) => server.getConnections((_error, count) => done(count)));
    expect(await until(async () => (await countConnections()) === 0, 10_000)).toBe(true);
  });

  test('may read an answer that lasts for as long as it reads it', async () => {
    const { open } = await setUp({ answerMs: 200 }, (_request, response) => {
      letLast(response);
      const timer = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const socket = open();
    let said = 0;
    socket.on('data', () => {
      said += 1;
    });
    socket.write(request);
    expect(await until(() => said > 20, 10_000)).toBe(true);
    expect(socket.isCut).toBe(false);
  });

  test('is cut when it takes nothing of an answer that lasts', async () => {
    const { open, server } = await setUp({ answerMs: 200 }, (_request, response) => {
      letLast(response);
      response.write(Buffer.alloc(32 * 1024 * 1024));
    });
    const socket = open();
    socket.pause();
    socket.write(request);
    await once(server, 'request');
    const countConnections = () =>
      new Promise<number>((done) => server.getConnections((_error, count) => done(count)));
    expect(await until(async () => (await countConnections()) === 0, 10_000)).toBe(true);
  });

  test('is cut when its request never ends', async () => {
    const { open } = await setUp({});
    const socket = open();
    socket.resume().write('GET / HTTP/1.1\r\nHost:');
    expect(await until(() => socket.isCut, 15_000)).toBe(true);
  }, 20_000);

  test('gets no answer but a refusal for headers without end', async () => {
    const { open, handled } = await setUp({});
    const socket = open();
    let said = '';
    socket.on('data', (bytes) => {
      said += bytes;
    });
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(await until(() => socket.isCut, 5000)).toBe(true);
    expect(said).toMatch(/^HTTP\/1\.1 431 /);
    expect(handled()).toBe(0);
  });
});

describe('many connections', () => {
  test('are bounded, and whoever comes new is answered all the same', async () => {
    const { server, open, status } = await setUp({ connectionsMax: 10 });
    const held = Array.from({ length: 10 }, open);
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    // They are of no use for longer than the grace.
    await new Promise((resolve) => setTimeout(resolve, 2100));
    for (let n = 0; n < 3; n += 1) expect(await status()).toBe(200);
    const count = await new Promise<number>((done) =>
      server.getConnections((_error, open_) => done(open_)),
    );
    expect(count).toBeLessThanOrEqual(10);
    expect(held.filter(({ isCut }) => isCut).length).toBeGreaterThan(0);
  });

  test.each([
    [
      'the oldest of who has most',
      'a',
      10_000,
      [
        ['a', 0],
        ['a', 1],
        ['b', -5],
      ],
      0,
    ],
    [
      'the one that was of use longest ago, not the first',
      'a',
      10_000,
      [
        ['a', 9],
        ['a', 3],
        ['a', 7],
      ],
      1,
    ],
    [
      'the youngest, while all of them have only just come',
      'a',
      1000,
      [
        ['a', 0],
        ['a', 500],
        ['b', 600],
        ['a', 700],
      ],
      3,
    ],
  ] as const)('lose %s', (_what, _address, nowMs, given, expected) => {
    const connections = given.map(([address, usefulAtMs]) => ({
      address,
      usefulAtMs,
      unanswered: 0,
    }));
    expect(connections.indexOf(connectionToClose(connections, nowMs))).toBe(expected);
  });
});

test('more requests than the rate wait their turn, and all of them are answered', async () => {
  const { status, handled } = await setUp({ perSecond: 50, burst: 5 });
  const all = Array.from({ length: 30 }, () => status());
  await Promise.race(all);
  expect(handled()).toBeLessThan(30);
  expect(new Set(await Promise.all(all))).toEqual(new Set([200]));
});
