// A server on loopback that stands for whatever an adapter calls; the test says how it answers. It
// ends with the test.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request whose body has come whole. */
export interface Received {
  readonly method: string;
  /** Path and query; of a request to a proxy, the whole URL. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answering = (request: Received, response: ServerResponse, nth: number) => void;

export interface FarEnd {
  /** `http://127.0.0.1:1234`, without a path. */
  readonly origin: string;
  readonly port: number;
  /** In the order in which they were complete. */
  readonly received: readonly Received[];
  /** Connections made so far. */
  connectionCount(): number;
  /** Sets how it answers from now on. */
  answering(answering: Answering): void;
}

/** Must be called within a test. `tls` makes it HTTPS. */
export async function startFarEnd(
  answering: Answering = (_request, response) => response.end('ok'),
  tls?: { readonly key: string; readonly cert: string },
): Promise<FarEnd> {
  const received: Received[] = [];
  let current = answering;
  let connections = 0;
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: target = '', headers } = request;
      const whole = { method, target, headers, body: Buffer.concat(chunks).toString() };
      received.push(whole);
      current(whole, response, received.length);
    });
  };
  const server = tls === undefined ? createServer(onRequest) : createSecureServer(tls, onRequest);
  server.on('connection', () => {
    connections += 1;
  });
  // A test that computes for seconds between two requests must not find its connection closed.
  server.keepAliveTimeout = 120_000;
  const port = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    received,
    connectionCount: () => connections,
    answering(next) {
      current = next;
    },
  };
}

/**
 * A bare TCP server on loopback: for what no HTTP server would do. Must be called within a test.
 */
export async function startSocketServer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return port;
}

/** A port of loopback on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createSocketServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Answers with 10 MB, as fast as they are taken. @returns how many bytes the connection took so far
 */
export function pourBody(response: ServerResponse): () => number {
  const chunk = Buffer.alloc(65_536, 'a');
  let bytes = 0;
  const pour = () => {
    while (!response.destroyed && bytes < 10_000_000) {
      bytes += chunk.length;
      if (!response.write(chunk)) return void response.once('drain', pour);
    }
    response.end();
  };
  pour();
  return () => bytes;
}

async function listen(server: {
  listen(port: number, host: string, done: () => void): unknown;
  address(): unknown;
}): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
