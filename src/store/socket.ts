// Sockets for the driver. The driver itself would wait for ever on a dead connection, so a socket
// that stays silent is cut. They speak TLS and try one host after the other, as the address says.
import net from 'node:net';
import { Duplex } from 'node:stream';
import type { DatabaseAddress } from '../kit/database-url.ts';
import { sleep } from '../kit/deadline.ts';
import { type Attempt, Attempts, attemptsOf } from './attempts.ts';
import { Startup } from './startup.ts';
import { codedError, encrypt, offersTls } from './tls.ts';

/**
 * After this long without use the driver closes a connection. Shorter than `silenceMaxMs`: a
 * connection that is silent for longer than that owes an answer.
 */
export const idleMaxSeconds = 20;
export const silenceMaxMs = 30_000;

const looksPerSilence = 6;
/** After this many short connections in a row the next one waits for `pauseMs`. */
const shortInARowMax = 3;
const pauseMs = 500;
const shortMs = 1000;

interface SocketOptions {
  readonly address: DatabaseAddress;
  /** A connection on which nothing arrived for this long is cut. */
  readonly silenceMs: number;
  /** How long one host may take until it accepts statements. */
  readonly connectMs: number;
}

/**
 * Once it has worked, it ends without an error. On an error the driver rejects the open queries at
 * once and forgets those that are sent between the error and the close: they would never be
 * answered. Without an error it rejects all of them at the close (postgres 3.4, connection.js). It
 * also ends without an error while another way is left: the driver then connects again at once, and
 * the queries wait.
 */
class DatabaseSocket extends Duplex {
  readonly #openedAtMs = performance.now();
  readonly #attempt: Attempt;
  readonly #attempts: Attempts;
  readonly #options: SocketOptions;
  readonly #onEnd: (wasUseful: boolean) => void;
  readonly #startup = new Startup();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #raw: net.Socket;
  #inner: net.Socket | undefined;
  #isReady = false;
  /** The server itself has reported what is wrong, and the driver has received it. */
  #isReported = false;
  #isEncrypting = false;
  #isLeft = false;
  #waiting: (() => void) | undefined;

  constructor(
    attempt: Attempt,
    attempts: Attempts,
    options: SocketOptions,
    onEnd: (wasUseful: boolean) => void,
  ) {
    super({ emitClose: false });
    this.#attempt = attempt;
    this.#attempts = attempts;
    this.#options = options;
    this.#onEnd = onEnd;
    this.#raw = this.#dial();
    this.#watch();
    this.#open().catch((error: Error) => this.destroy(error));
  }

  /** The driver says goodbye only to a socket that is open. */
  get readyState(): string {
    if (this.destroyed) return 'closed';
    return this.#inner === undefined ? 'opening' : 'open';
  }

  #dial(): net.Socket {
    const { host } = this.#attempt;
    const { keepAliveSeconds } = this.#options.address;
    const socket =
      'socketPath' in host
        ? net.connect(host.socketPath)
        : net.connect({
            host: host.address,
            port: host.port,
            noDelay: true,
            keepAlive: keepAliveSeconds !== false,
            keepAliveInitialDelay: (keepAliveSeconds || 0) * 1000,
          });
    // Without a file descriptor or a route this fails at once: before the driver listens for
    // errors, so the process would end.
    socket.on('error', (error) => setImmediate(() => this.destroy(error)));
    // An error of TLS is emitted a little later than the close of its socket.
    socket.on('close', () => (this.#isReady ? this.destroy() : setImmediate(() => this.destroy())));
    return socket;
  }

  /** Counts the bytes on the wire: those of the TLS handshake are signs of life as well. */
  #watch(): void {
    const { silenceMs, connectMs } = this.#options;
    let received = 0;
    let silentLooks = 0;
    const look = () => {
      silentLooks = this.#raw.bytesRead === received ? silentLooks + 1 : 0;
      received = this.#raw.bytesRead;
      if (silentLooks >= looksPerSilence) this.destroy();
    };
    const late = () => {
      if (!this.#isReady)
        this.destroy(codedError('CONNECT_TIMEOUT', 'the server did not answer in time'));
    };
    this.#timers.push(
      setInterval(look, silenceMs / looksPerSilence).unref(),
      setTimeout(late, connectMs).unref(),
    );
  }

  async #open(): Promise<void> {
    const inner = await this.#encrypted();
    if (this.destroyed) return void inner.destroy();
    if (inner !== this.#raw) {
      inner.on('error', (error) => this.destroy(error));
      inner.on('close', () => this.destroy());
    }
    inner.on('data', (bytes: Buffer) => this.#receive(bytes));
    inner.resume();
    this.#inner = inner;
    this.#waiting?.();
  }

  async #encrypted(): Promise<net.Socket> {
    const { host, encryption } = this.#attempt;
    if (encryption === 'none' || 'socketPath' in host) return this.#raw;
    const { tls } = this.#options.address;
    await new Promise((resolve) => this.#raw.once('connect', resolve));
    if (!tls.isDirect && !(await offersTls(this.#raw))) {
      if (encryption === 'ask') return this.#raw;
      throw codedError('TLS_REFUSED', 'the server does not speak TLS');
    }
    this.#isEncrypting = true;
    const secure = await encrypt(this.#raw, host.name, tls);
    this.#isEncrypting = false;
    return secure;
  }

  #receive(bytes: Buffer): void {
    if (this.#isReady) return void this.#handOn(bytes);
    const { whole, step } = this.#startup.take(bytes);
    if (step === 'stranger') return void this.destroy(hungUp());
    if (step === 'ready') {
      if (this.#startup.isReadOnly && this.#options.address.mustBeWritable)
        return void this.destroy(readOnly());
      this.#isReady = true;
      this.#attempts.succeed(this.#attempt);
    }
    this.#isReported =
      step === 'denied' || (step === 'refused' && !this.#attempts.fail(this.#attempt, false));
    if (step === 'refused' && !this.#isReported) return void this.#leave();
    this.#handOn(whole);
  }

  /** Makes room for another way, which may lead to the same host. */
  #leave(): void {
    this.#isLeft = true;
    this.destroy();
  }

  #handOn(bytes: Buffer): void {
    if (bytes.length > 0 && !this.push(bytes)) this.#inner?.pause();
  }

  override _read(): void {
    this.#inner?.resume();
  }

  override _write(
    bytes: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#whenOpen((inner) => inner.write(bytes, done));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#whenOpen((inner) => inner.end(() => done()));
  }

  #whenOpen(use: (inner: net.Socket) => void): void {
    if (this.#inner !== undefined) use(this.#inner);
    else this.#waiting = () => use(this.#inner!);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#inner?.destroy();
    this.#raw.destroy();
    this.#onEnd(this.#isReady && performance.now() - this.#openedAtMs > shortMs);
    const reported = this.#isReady ? null : this.#failure(error);
    callback(reported);
    // After the writes that the driver has put off to the end of this turn: a close that comes
    // first makes it never write again.
    setImmediate(() => this.emit('close', reported !== null));
  }

  /** Null if there is another way to try. */
  #failure(error: Error | null): Error | null {
    if (this.#isLeft) return null;
    if (!this.#isReported && this.#attempts.fail(this.#attempt, !this.#isEncrypting)) return null;
    return error ?? hungUp();
  }
}

/** Without an error, the driver would connect again at once, for ever, and report nothing. */
function hungUp(): Error {
  return codedError(
    'CONNECTION_CLOSED',
    'the server hung up before it answered, or what answered is no Postgres',
  );
}

function readOnly(): Error {
  return codedError('READ_ONLY_SERVER', 'no server that the URL names takes writes');
}

/** For the driver's option `socket`. */
export function createSockets(options: SocketOptions): () => Duplex | Promise<Duplex> {
  const all = attemptsOf(options.address);
  const attempts = new Attempts(all);
  /** Connections in a row that ended at once or without an answer. */
  let shortInARow = 0;
  const open = () =>
    new DatabaseSocket(attempts.next(), attempts, options, (wasUseful) => {
      shortInARow = wasUseful ? 0 : shortInARow + 1;
    });
  return () => {
    // The driver itself connects again without a pause when a socket ends without an error.
    if (shortInARow < Math.max(shortInARowMax, all.length)) return open();
    return sleep(pauseMs).then(open);
  };
}
