// A connection is open when it is handed over, and an abort ends it before and after.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { openConnection, openTlsConnection } from '../../src/kit/tcp.ts';

async function listening(): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => {}).write('220 here\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const host = '127.0.0.1';

it('is connected, and loses nothing that the far end says first', async () => {
  const { signal } = new AbortController();
  const socket = await openConnection({ host, port: await listening(), signal });
  const [greeting] = await once(socket, 'data');
  expect(String(greeting)).toBe('220 here\r\n');
  socket.destroy();
});

it('fails with Node’s code where nobody listens', async () => {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { signal } = new AbortController();
  await expect(openConnection({ host, port, signal })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

it('is not opened after an abort, and says why', async () => {
  const reason = new Error('the service stops');
  const port = await listening();
  await expect(openConnection({ host, port, signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
  const stop = new AbortController();
  const opening = openConnection({ host, port, signal: stop.signal });
  stop.abort(reason);
  await expect(opening).rejects.toBe(reason);
});

it('ends when the signal aborts while it is open', async () => {
  const stop = new AbortController();
  const socket = await openConnection({ host, port: await listening(), signal: stop.signal });
  const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
  stop.abort();
  await closed;
  expect(socket.destroyed).toBe(true);
});

async function encrypting(): Promise<number> {
  const pem = (name: string) =>
    readFileSync(new URL(`../fixtures/loopback-${name}.pem`, import.meta.url));
  const server = createTlsServer({ key: pem('key'), cert: pem('certificate') }, (socket) => {
    socket.on('error', () => {}).write('220 here');
  });
  server.on('tlsClientError', () => {}).listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

it('is encrypted, and an abort ends it', async () => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  onTestFinished(() => void delete process.env.NODE_TLS_REJECT_UNAUTHORIZED);
  const stop = new AbortController();
  const where = { host, port: await encrypting(), signal: stop.signal };
  const socket = await openTlsConnection(where);
  expect(String((await once(socket, 'data'))[0])).toBe('220 here');
  const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
  stop.abort();
  await closed;
});

it('is refused to go to a certificate that nobody signed, or to what closes', async () => {
  const { signal } = new AbortController();
  await expect(openTlsConnection({ host, port: await encrypting(), signal })).rejects.toMatchObject(
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  );
  const closing = createServer((socket) => void socket.on('error', () => {}).end()).listen(0, host);
  await once(closing, 'listening');
  onTestFinished(() => void closing.close());
  const { port } = closing.address() as AddressInfo;
  await expect(openTlsConnection({ host, port, signal })).rejects.toMatchObject({
    code: 'ECONNRESET',
  });
});

it('gives up an encryption that does not come about', async () => {
  const reason = new Error('the service stops');
  const stop = new AbortController();
  const silent = createServer((socket) => void socket.on('error', () => {})).listen(0, host);
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as AddressInfo;
  const opening = openTlsConnection({ host, port, signal: stop.signal });
  opening.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  stop.abort(reason);
  await expect(opening).rejects.toBe(reason);
});
