// Opens connections for protocols other than HTTP. Adapters open none of their own, so that the
// abort of a send always ends what it does.
import { setMaxListeners } from 'node:events';
import { connect, type Socket } from 'node:net';

export type { Socket } from 'node:net';

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** Destroys the connection when it aborts, for as long as the connection is open. */
  readonly signal: AbortSignal;
}

/**
 * Resolves once connected; the caller destroys the connection.
 * @throws Node's error with its `code`, or the signal's reason
 */
export function openConnection({ host, port, signal }: ConnectionOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    // Node warns of many listeners on a signal. These are no leak: each connection removes its own.
    setMaxListeners(0, signal);
    const socket = connect({ host, port, signal });
    const refuse = (error: Error) => reject(signal.aborted ? signal.reason : error);
    socket.once('error', refuse).once('connect', () => {
      socket.off('error', refuse);
      resolve(socket);
    });
  });
}
