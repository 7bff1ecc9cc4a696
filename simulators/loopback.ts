// An HTTP server on 127.0.0.1 and nowhere else, for the simulated far ends and the demo's page.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Loopback {
  /** `http://127.0.0.1:40123`, without a slash at the end. */
  readonly address: string;
  /** Also ends connections that are still open. */
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/**
 * Listens on `port` (0: a free one). An error of the handler becomes a 500 with its message, for
 * the authors of tests.
 * @throws the port is taken
 */
export async function listenOnLoopback(port: number, handler: Handler): Promise<Loopback> {
  const server = createServer((request, response) => {
    Promise.resolve()
      .then(() => handler(request, response))
      .catch((error: unknown) => {
        if (response.headersSent || response.destroyed) response.destroy();
        else
          response
            .writeHead(500, { 'Content-Type': 'text/plain' })
            .end(`simulator: ${String(error)}`);
      });
  });
  // Otherwise a client that keeps connections alive may use one that is just being closed.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Reads the whole body; undefined if it is longer than `bytesMax`. Never resolves if the client
 * leaves first.
 */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bytesMax) chunks.push(chunk);
    });
    request.on('end', () => resolve(length > bytesMax ? undefined : Buffer.concat(chunks, length)));
  });
}

/** One that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  const { address, close } = await listenOnLoopback(0, () => {});
  await close();
  return Number(new URL(address).port);
}
