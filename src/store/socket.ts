// Sockets for the driver, which itself waits for ever: a connection that stays silent is cut, so
// that a network cut costs seconds. They speak TLS and try one host after the other, as the address
// says.
import net from 'node:net';
import { Duplex } from 'node:stream';
import type { DatabaseAddress, DatabaseHost } from '../kit/database-url.ts';
import type { DatabaseTls } from '../kit/database-url-parameters.ts';
import { sleep } from '../kit/deadline.ts';
import { Startup } from './startup.ts';
import { codedError, encrypt, offersTls } from './tls.ts';

/**
 * The driver ends connections that nobody uses for so long. Under the silence: who is silent for
 * longer, owes an answer.
 */
export const idleMaxSeconds = 20;
export const silenceMaxMs = 30_000;

const looksPerSilence = 6;
/** So many short connections in a row, and the next one waits. */
const barrenMax = 3;
const barrenPauseMs = 500;
const shortMs = 1000;

/** A way to a server. `ask` takes the server's word for whether there is TLS. */
export interface Attempt {
  readonly host: DatabaseHost;
  readonly encryption: 'none' | 'ask' | 'must';
}

/** All ways, in the order in which they are tried. As libpq, without TLS on Unix sockets. */
export function attemptsOf({ hosts, tls }: Pick<DatabaseAddress, 'hosts' | 'tls'>): Attempt[] {
  const encryptions = (
    { disable: ['none'], allow: ['none', 'must'], prefer: ['ask', 'none'] } as Partial<
      Record<DatabaseTls['mode'], readonly Attempt['encryption'][]>
    >
  )[tls.mode] ?? ['must' as const];
  return hosts.flatMap((host) =>
    ('socketPath' in host ? ['none' as const] : encryptions).map((encryption) => ({
      host,
      encryption,
    })),
  );
}

/**
 * Which way comes next. What has worked is kept to; what failed is tried again when all others have
 * failed too.
 */
export class Attempts {
  readonly #all: readonly Attempt[];
  readonly #failed = new Set<Attempt>();
  #first = 0;
  #turn = 0;

  constructor(all: readonly Attempt[]) {
    this.#all = all;
  }

  next(): Attempt {
    const ordered = [...this.#all.slice(this.#first), ...this.#all.slice(0, this.#first)];
    return ordered.find((one) => !this.#failed.has(one)) ?? ordered[this.#turn++ % ordered.length]!;
  }

  /**
   * @param isHost whether the host failed, and not only this way to it. @returns whether another
   * way is left
   */
  fail(attempt: Attempt, isHost: boolean): boolean {
    for (const one of this.#all)
      if (one === attempt || (isHost && one.host === attempt.host)) this.#failed.add(one);
    return this.#failed.size < this.#all.length;
  }

  /** The host is kept to; whether with TLS is asked anew, as libpq does. */
  succeed({ host }: Attempt): void {
    this.#failed.clear();
    this.#first = this.#all.findIndex((one) => one.host === host);
    this.#turn = 0;
  }
}

interface SocketOptions {
  readonly address: DatabaseAddress;
  /** A connection on which nothing came for so long is cut. */
  readonly silenceMs: number;
  /** For one host, until it takes statements. */
  readonly connectMs: number;
}

/**
 * Ends without an error once it has worked. The driver rejects what was asked when it hears the
 * error, and forgets what is asked from then until the close: that would never be answered. Without
 * an error it rejects all of it at the close (postgres 3.4, connection.js). It ends without an
 * error, too, where another way is left: the driver then connects again at once, and nobody has to
 * know.
 */
class DatabaseSocket extends Duplex {
  readonly #openedAtMs = performance.now();
  readonly #attempt: Attempt;
  readonly #attempts: Attempts;
  readonly #options: SocketOptions;
  readonly #onEnd: (wasOfUse: boolean) => void;
  readonly #startup = new Startup();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #raw: net.Socket;
  #inner: net.Socket | undefined;
  #isReady = false;
  /** The server has said itself what is wrong, and the driver has heard it. */
  #isTold = false;
  #isEncrypting = false;
  #isLeft = false;
  #waiting: (() => void) | undefined;

  constructor(
    attempt: Attempt,
    attempts: Attempts,
    options: SocketOptions,
    onEnd: (wasOfUse: boolean) => void,
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
    // What fails at once, as without a file descriptor or a route, would fail before the driver
    // listens, and end the process.
    socket.on('error', (error) => setImmediate(() => this.destroy(error)));
    // What TLS found is told a little later than the end of its socket.
    socket.on('close', () => (this.#isReady ? this.destroy() : setImmediate(() => this.destroy())));
    return socket;
  }

  /** Counts the bytes of the wire: those of TLS are signs of life as well. */
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
    this.#isTold =
      step === 'denied' || (step === 'refused' && !this.#attempts.fail(this.#attempt, false));
    if (step === 'refused' && !this.#isTold) return void this.#leave();
    this.#handOn(whole);
  }

  /** For another way, which may lead to the same host. */
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
    const told = this.#isReady ? null : this.#failure(error);
    callback(told);
    // Later than what the driver has put off until the end of this turn: at the close it would
    // forget to write ever again.
    setImmediate(() => this.emit('close', told !== null));
  }

  /** Null if there is another way to try. */
  #failure(error: Error | null): Error | null {
    if (this.#isLeft) return null;
    if (!this.#isTold && this.#attempts.fail(this.#attempt, !this.#isEncrypting)) return null;
    return error ?? hungUp();
  }
}

/** Without an error, the driver would connect again at once, for ever, and never say a word. */
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
  let barren = 0;
  const open = () =>
    new DatabaseSocket(attempts.next(), attempts, options, (wasOfUse) => {
      barren = wasOfUse ? 0 : barren + 1;
    });
  return () => {
    // The driver itself tries again without a pause where a socket ends without an error.
    if (barren < Math.max(barrenMax, all.length)) return open();
    return sleep(barrenPauseMs).then(open);
  };
}
