// Opens connections for protocols other than HTTP. Adapters open none of their own, so that the
// abort of a send always ends what it does.
import { setMaxListeners } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as encrypt } from 'node:tls';

export type { Socket } from 'node:net';

/** The certificate by which a client proves itself, and its key; both PEM. */
export interface ClientIdentity {
  readonly cert: string;
  readonly key: string;
}

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

/**
 * The same over TLS. Resolves once the certificate of the far end is trusted and names `host`.
 * @throws as {@link openConnection}
 */
export async function openTlsConnection(
  options: ConnectionOptions,
  identity?: ClientIdentity,
): Promise<Socket> {
  const { host, signal } = options;
  const plain = await openConnection(options);
  return new Promise((resolve, reject) => {
    // An address is no name that SNI may hold; the certificate is held against it all the same.
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = encrypt({ socket: plain, host, ...name, ...identity });
    const refuse = (error: Error) => {
      plain.destroy();
      reject(signal.aborted ? signal.reason : error);
    };
    // An abort destroys what is below, and nothing tells the connection above.
    plain.once('close', () => socket.destroy(plain.errored ?? undefined));
    socket
      .once('error', refuse)
      .once('close', onClose)
      .once('secureConnect', () => {
        socket.off('error', refuse).off('close', onClose);
        resolve(socket);
      });
    function onClose(): void {
      refuse(Object.assign(new Error('closed before it was encrypted'), { code: 'ECONNRESET' }));
    }
  });
}
