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
/** So many short connections in a row, and the next one waits. */
const barrenMax = 3;
const barrenPauseMs = 500;
const shortMs = 1000;
/** Authentication, error, and the two answers to the wish for TLS: what a server's first message can be. */
const firstBytes = Buffer.from('RESN');

/**
 * Ends without an error once it has worked. The driver rejects what was asked when it hears the error, and forgets what is asked from
 * then until the close: that would never be answered. Without an error it rejects all of it at the close (postgres 3.4, connection.js).
 */
class DatabaseSocket extends net.Socket {
  readonly #openedAtMs = performance.now();
  readonly #onEnd: (wasOfUse: boolean) => void;
  #hasAnswered = false;

  constructor(onEnd: (wasOfUse: boolean) => void) {
    super();
    this.#onEnd = onEnd;
    this.once('data', (bytes: Buffer) => {
      this.#hasAnswered = firstBytes.includes(bytes[0]!);
      if (!this.#hasAnswered) this.destroy();
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#onEnd(this.#hasAnswered && performance.now() - this.#openedAtMs > shortMs);
    super._destroy(this.#hasAnswered ? null : (error ?? hungUp()), callback);
  }
}

/** Without an error, the driver would connect again at once, for ever, and never say a word. */
function hungUp(): Error {
  const message = 'the server hung up before it answered, or what answered is no Postgres';
  return Object.assign(new Error(message), { code: 'CONNECTION_CLOSED' });
}

/**
 * For the driver's option `socket`: connects to one host after the other, and cuts a connection on which nothing came for so long.
 * Counts the bytes, because the driver takes listeners away where it starts TLS.
 */
export function createSockets(silenceMs: number): (target: Target) => net.Socket | Promise<net.Socket> {
  let turn = 0;
  /** Connections in a row that ended at once or without an answer. */
  let barren = 0;

  function open({ host, port, path }: Target): net.Socket {
    const at = turn++ % host.length;
    const socket = new DatabaseSocket((wasOfUse) => {
      barren = wasOfUse ? 0 : barren + 1;
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
      if (silentLooks >= looksPerSilence) socket.destroy();
    }, silenceMs / looksPerSilence);
    timer.unref();
    return socket;
  }

  return (target) => {
    // The driver itself tries again without a pause: of several hosts all that are down, and any that hangs up in the middle of a greeting.
    if (barren < Math.max(barrenMax, target.host.length)) return open(target);
    return new Promise((resolve) => setTimeout(() => resolve(open(target)), barrenPauseMs));
  };
}
