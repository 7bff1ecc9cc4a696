// Connections of the sink syslog: what counts as taken and what does not, encryption, datagrams.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { handOver, type Receiver } from '../../../src/sinks/syslog/connection.ts';
import { abortMs, adapterError } from '../../contract/adapter-cases.ts';
import { closedPort, startSocketServer } from '../../support/far-end.ts';
import { framesOf, startReceiver } from './receiver.ts';

const { signal } = new AbortController();
const host = '127.0.0.1';
const receiver = (port: number, more: Partial<Receiver> = {}): Receiver => ({
  ...{ host, port, transport: 'tcp', confirm: 'close', ...more },
});
const pem = (name: string) =>
  readFileSync(new URL(`../../fixtures/loopback-${name}.pem`, import.meta.url), 'utf8');
const identity = { cert: pem('certificate'), key: pem('key') };

describe('a message counts as taken', () => {
  it('once the receiver has read it all and closed, counted in bytes', async () => {
    const { port, received } = await startReceiver();
    await handOver(receiver(port), 'ก\nb', signal);
    expect(received()).toEqual(['ก\nb']);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['that closes at once', (socket) => void socket.end()],
    ['that resets at once', (socket) => void socket.resetAndDestroy()],
    [
      'that resets after a part',
      (socket) => void socket.once('data', () => socket.resetAndDestroy()),
    ],
  ])('not by a receiver %s', async (title, onConnection) => {
    const port = await startSocketServer(onConnection);
    const long = 'x'.repeat(10_000_000);
    const error = await adapterError(handOver(receiver(port), long, signal));
    expect(error.outcome).toBe('retry');
    // A reset may come before Node says that it is connected.
    expect(error.reason).toMatch(
      title === 'that resets at once' ? /connection|interrupted/ : /interrupted/,
    );
  });

  it('not by one that answers, which is none', async () => {
    const port = await startSocketServer((socket) => void socket.write('HTTP/1.1 400 Bad\r\n'));
    const error = await adapterError(handOver(receiver(port), 'x', signal));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'malformed' });
    expect(error.message).toContain('which no receiver of syslog does');
  });

  it('not while the receiver holds the connection open, unless nothing has to confirm it', async () => {
    const port = await startSocketServer(() => {});
    const abort = new AbortController();
    const pending = handOver(receiver(port), 'x', abort.signal);
    pending.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await abortMs(abort, pending)).toBeLessThan(100);
    await expect(pending).rejects.toThrow('stop');
    await handOver(receiver(port, { confirm: 'none' }), 'x', signal);
  });

  it('not where nobody takes connections, or nobody knows the name', async () => {
    for (const wrong of [
      receiver(await closedPort()),
      receiver(514, { host: 'no-such.invalid' }),
    ]) {
      const error = await adapterError(handOver(wrong, 'x', signal));
      expect(error).toMatchObject({ outcome: 'retry', reason: 'connection' });
    }
  });
});

describe('over TLS', () => {
  async function tlsReceiver(options: TlsOptions = {}) {
    const frames: string[] = [];
    const server = createServer({ ...identity, ...options }, (socket) => {
      const chunks: Buffer[] = [];
      socket.on('error', () => {}).on('data', (chunk) => chunks.push(chunk));
      socket.on('end', () => frames.push(...framesOf(Buffer.concat(chunks))));
    });
    server.on('tlsClientError', () => {}).listen(0, host);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return { port: (server.address() as AddressInfo).port, frames };
  }
  const over = (port: number, more: Partial<Receiver> = {}) =>
    receiver(port, { transport: 'tls', ...more });

  function trustEverything(): void {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    onTestFinished(() => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
  }

  it('takes a message, and proves this client where it is asked to', async () => {
    trustEverything();
    const options = { requestCert: true, rejectUnauthorized: true, ca: [identity.cert] };
    const { port, frames } = await tlsReceiver(options);
    await handOver(over(port, { identity }), 'one', signal);
    expect(frames).toEqual(['one']);
    const error = await adapterError(handOver(over(port), 'two', signal));
    expect(['reject_sink', 'retry']).toContain(error.outcome);
    expect(frames).toEqual(['one']);
  });

  it('trusts no certificate that nobody signed', async () => {
    const { port, frames } = await tlsReceiver();
    const error = await adapterError(handOver(over(port), 'x', signal));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(error.message).toContain('NODE_EXTRA_CA_CERTS');
    expect(frames).toEqual([]);
  });

  it('says so where no TLS is spoken, or nothing at all', async () => {
    const plain = await startSocketServer((socket) => void socket.write('220 mail\r\n'));
    const wrong = await adapterError(handOver(over(plain), 'x', signal));
    expect(wrong).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    const closing = await startSocketServer(
      (socket) => void socket.once('data', () => socket.end()),
    );
    const error = await adapterError(handOver(over(closing), 'x', signal));
    expect(error.outcome).toBe('retry');
  });

  it('ends with an abort while the far end says nothing', async () => {
    const port = await startSocketServer(() => {});
    const abort = new AbortController();
    const pending = handOver(over(port), 'x', abort.signal);
    pending.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await abortMs(abort, pending)).toBeLessThan(100);
    await expect(pending).rejects.toThrow('stop');
  });
});

describe('over UDP', () => {
  const over = (port: number) => receiver(port, { transport: 'udp' });

  it('a message is a datagram without a count', async () => {
    const socket = createSocket('udp4').bind(0, host);
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());
    const arriving = once(socket, 'message');
    await handOver(over(socket.address().port), '<13>1 ก', signal);
    expect(String((await arriving)[0])).toBe('<13>1 ก');
  });

  it('one that no datagram holds is refused, so that a shorter one is made', async () => {
    const error = await adapterError(handOver(over(9), 'x'.repeat(70_000), signal));
    expect(error).toMatchObject({ outcome: 'reject_event', reason: 'too_large' });
  });

  it('an abort is an abort', async () => {
    const aborted = AbortSignal.abort(new Error('stop'));
    await expect(handOver(over(9), 'x', aborted)).rejects.toThrow('stop');
  });
});
