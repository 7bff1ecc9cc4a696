// Sockets for the driver, which itself waits for ever: a connection that stays silent is cut, so that a network cut costs seconds.
import net from 'node:net';

/** What the driver knows of where to connect. */
interface Target {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** Of a Unix socket; takes the place of host and port. */
  readonly path: string | false;
}

/** The driver ends connections that nobody uses for so long. Under the silence: who is silent for longer, owes an answer. */
export const idleMaxSeconds = 20;
export const silenceMaxMs = 30_000;

const looksPerSilence = 6;

/**
 * Ends without an error once it has worked. The driver rejects what was asked when it hears the error, and forgets what is asked from
 * then until the close: that would never be answered. Without an error it rejects all of it at the close (postgres 3.4, connection.js).
 */
class DatabaseSocket extends net.Socket {
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    super._destroy(this.bytesRead > 0 ? null : error, callback);
  }
}

/**
 * For the driver's option `socket`: connects to one host after the other, and cuts a connection on which nothing came for so long.
 * Looks at the bytes and has no listeners, because the driver takes those away where it starts TLS.
 */
export function createSockets(silenceMs: number): (target: Target) => net.Socket {
  let turn = 0;
  return ({ host, port, path }) => {
    const at = turn++ % host.length;
    const socket = new DatabaseSocket();
    if (path === false) socket.connect(port[at]!, host[at]!);
    else socket.connect(path);
    // Where the driver finds the name for TLS.
    Object.assign(socket, { host: host[at] });
    let received = 0;
    let silentLooks = 0;
    const timer = setInterval(() => {
      if (socket.destroyed) return clearInterval(timer);
      silentLooks = socket.bytesRead === received ? silentLooks + 1 : 0;
      received = socket.bytesRead;
      if (silentLooks >= looksPerSilence) socket.destroy();
    }, silenceMs / looksPerSilence);
    timer.unref();
    return socket;
  };
}
