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
const barrenPauseMs = 500;

/**
 * Ends without an error once it has worked. The driver rejects what was asked when it hears the error, and forgets what is asked from
 * then until the close: that would never be answered. Without an error it rejects all of it at the close (postgres 3.4, connection.js).
 */
class DatabaseSocket extends net.Socket {
  readonly #onEnd: (hasAnswered: boolean) => void;

  constructor(onEnd: (hasAnswered: boolean) => void) {
    super();
    this.#onEnd = onEnd;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const hasAnswered = this.bytesRead > 0;
    this.#onEnd(hasAnswered);
    super._destroy(hasAnswered ? null : (error ?? hungUp()), callback);
  }
}

/** Without an error, the driver would connect again at once, for ever, and never say a word. */
function hungUp(): Error {
  return Object.assign(new Error('the server hung up before it answered'), { code: 'CONNECTION_CLOSED' });
}

/**
 * For the driver's option `socket`: connects to one host after the other, and cuts a connection on which nothing came for so long.
 * Looks at the bytes and has no listeners, because the driver takes those away where it starts TLS.
 */
export function createSockets(silenceMs: number): (target: Target) => net.Socket | Promise<net.Socket> {
  let turn = 0;
  /** Connections in a row that ended without an answer. */
  let barren = 0;

  function open({ host, port, path }: Target): net.Socket {
    const at = turn++ % host.length;
    const socket = new DatabaseSocket((hasAnswered) => {
      barren = hasAnswered ? 0 : barren + 1;
    });
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
      if (received > 0) barren = 0;
      if (silentLooks >= looksPerSilence) socket.destroy();
    }, silenceMs / looksPerSilence);
    timer.unref();
    return socket;
  }

  return (target) => {
    // Of several hosts the driver tries one after the other without a pause, also when all of them are down.
    if (target.host.length === 1 || barren < target.host.length) return open(target);
    return new Promise((resolve) => setTimeout(() => resolve(open(target)), barrenPauseMs));
  };
}
