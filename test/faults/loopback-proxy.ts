// A proxy on loopback between the service and a server that can drop connections at any byte, or go
// silent. It ends with the test.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { until } from '../support/world.ts';

export interface LoopbackProxy {
  readonly port: number;
  /** Lets connections in; before it, and after {@link refuse}, they are refused. */
  accept(): Promise<void>;
  refuse(): Promise<void>;
  /** Drops every connection. */
  drop(): void;
  /**
   * Drops a connection at the `nth` chunk from now that a client sends. `isForwarded`: the server
   * still gets it, so that what was asked may be done, and only the answer is lost.
   * @returns resolves once it happened
   */
  dropAtChunk(nth: number, isForwarded: boolean): Promise<void>;
  /**
   * Nothing passes on the connections of now, nor is any of them closed. New ones work if
   * `areNewOnesWell`.
   */
  silence(areNewOnesWell: boolean): void;
  /** The end of a silence, for the connections that are left. */
  resume(): void;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

export async function createLoopbackProxy(target: {
  host: string;
  port: number;
}): Promise<LoopbackProxy> {
  const pairs = new Set<Pair>();
  let isSilent = false;
  let trap: { left: number; isForwarded: boolean; sprung: () => void } | undefined;
  const end = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  };
  const hush = (pair: Pair) => {
    pair.client.pause();
    pair.server.pause();
  };
  const listener = createServer((client) => {
    const server = connect(target.port, target.host);
    const pair: Pair = { client, server };
    pairs.add(pair);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => end(pair));
      socket.on('close', () => end(pair));
    }
    server.on('data', (bytes) => client.write(bytes));
    client.on('data', (bytes) => {
      const isSprung = trap !== undefined && --trap.left <= 0;
      if (!isSprung) return void server.write(bytes);
      const { isForwarded, sprung } = trap!;
      trap = undefined;
      if (isForwarded) {
        server.pause();
        // The server reads what it was sent before it notices that nobody is there any more.
        server.end(bytes, () => client.destroy());
      } else end(pair);
      sprung();
    });
    if (isSilent) hush(pair);
  });
  let port = 0;
  const tryToListen = async () => {
    listener.listen(port, '127.0.0.1');
    return once(listener, 'listening').then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error;
        return false;
      },
    );
  };
  const listen = async () => {
    // While it refused, another process may have been given its port.
    expect(await until(tryToListen, 60_000), 'the port of the proxy stays taken').toBe(true);
    port = (listener.address() as AddressInfo).port;
  };
  const close = async () => {
    if (!listener.listening) return;
    listener.close();
    for (const pair of pairs) end(pair);
    await once(listener, 'close');
  };
  await listen();
  onTestFinished(close);
  return {
    get port() {
      return port;
    },
    accept: () => (listener.listening ? Promise.resolve() : listen()),
    refuse: close,
    drop() {
      for (const pair of pairs) end(pair);
    },
    dropAtChunk: (nth, isForwarded) =>
      new Promise((resolve) => {
        trap = { left: nth, isForwarded, sprung: resolve };
      }),
    silence(areNewOnesWell) {
      isSilent = !areNewOnesWell;
      for (const pair of pairs) hush(pair);
    },
    resume() {
      isSilent = false;
      for (const pair of pairs) {
        pair.client.resume();
        pair.server.resume();
      }
    },
  };
}
