// Sends datagrams. Nothing tells whether one arrived.
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';

export interface DatagramOptions {
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/**
 * Resolves once the system took the datagram.
 * @throws Node's error with its `code` (`EMSGSIZE`: more than fits into one), or the signal's reason
 */
export async function sendDatagram(
  bytes: Uint8Array,
  { host, port, signal }: DatagramOptions,
): Promise<void> {
  const { address, family } = await untilAborted(lookup(host), signal);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    await untilAborted(
      new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.send(bytes, port, address, (error) => (error ? reject(error) : resolve()));
      }),
      signal,
    );
  } finally {
    socket.close();
  }
}

async function untilAborted<Value>(running: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const ended = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true, signal: ended.signal });
  });
  try {
    return await Promise.race([running, aborted]);
  } finally {
    ended.abort();
  }
}
