// One connection for requests of HTTP/1.1, one after the other.
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { AnswerReader, type AnswerTaker } from './answer-reader.ts';

/** What follows an exchange on its connection. The names are those of undici's handlers. */
export interface Follower {
  /** It is about to be written. `controller.abort` then keeps it from being sent. */
  onRequestStart(controller: { abort(reason: Error): void }): void;
  onResponseStart(controller: unknown, status: number, headers: Record<string, string>): void;
  onResponseData(controller: unknown, piece: Buffer): void;
  onResponseEnd(): void;
  onResponseError(controller: unknown, error: Error): void;
  /** How many bytes came so far besides the body. */
  onOverhead(bytes: number): void;
}

/** One request, ready to be written. */
export interface Outgoing {
  readonly head: string;
  readonly body: string | null;
  readonly follower: Follower;
}

export interface LineOptions {
  readonly url: URL;
  readonly connectTimeoutMs: number;
  /** Of an earlier connection to the same place, so that the next costs less. */
  readonly session: Buffer | undefined;
  connected(line: Line): void;
  /** It may take the next request. */
  freed(line: Line): void;
  /** It is gone. `error`: it could not be made. */
  closed(line: Line, error: Error | undefined): void;
  heldSession(session: Buffer): void;
}

/** A connection that nobody uses is kept for so long, unless the far end says otherwise. */
const keepMs = 4_000;
const keepMaxMs = 600_000;
/** It is given up so long before the far end would close it. */
const earlierMs = 2_000;
const latin = /[\x80-\xff]/;

export class Line implements AnswerTaker {
  readonly #options: LineOptions;
  readonly #socket: Socket;
  #connectTimer: NodeJS.Timeout | undefined;
  #isConnected = false;
  #isGone = false;
  #follower: Follower | undefined;
  #reader: AnswerReader | undefined;
  /** When it is too old to be used again. Monotonic. */
  expiresAtMs = Number.POSITIVE_INFINITY;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#socket = open(options, this.#onData);
    const { connectTimeoutMs } = options;
    this.#connectTimer = setTimeout(
      () => this.#fail(failureOf('UND_ERR_CONNECT_TIMEOUT')),
      connectTimeoutMs,
    );
    this.#socket
      .on(options.url.protocol === 'https:' ? 'secureConnect' : 'connect', this.#onConnect)
      .on('end', this.#onEnd)
      .on('error', (error) => this.#fail(error))
      .on('close', () => this.#fail(failureOf('UND_ERR_SOCKET')))
      .on('session', (session: Buffer) => options.heldSession(session));
  }

  /** Writes a request. @returns false if it was given up before, and the line is still free */
  send({ head, body, follower }: Outgoing): boolean {
    let isGivenUp = false;
    this.#follower = follower;
    follower.onRequestStart({
      abort: (reason) => {
        isGivenUp = true;
        if (this.#reader !== undefined && this.#follower === follower) this.#fail(reason);
      },
    });
    if (isGivenUp) {
      this.#follower = undefined;
      return false;
    }
    this.#reader = new AnswerReader(this);
    this.#socket.ref();
    if (body === null) this.#socket.write(head, 'latin1');
    else if (!latin.test(head)) this.#socket.write(head + body, 'utf8');
    else {
      this.#socket.cork();
      this.#socket.write(head, 'latin1');
      this.#socket.write(body, 'utf8');
      this.#socket.uncork();
    }
    return true;
  }

  /** Only for a line without a request. */
  close(): void {
    this.#fail(failureOf('UND_ERR_CLOSED'));
  }

  started(status: number, headers: Record<string, string>): void {
    this.#follower?.onResponseStart(undefined, status, headers);
  }

  data(piece: Buffer): void {
    this.#follower?.onResponseData(undefined, Buffer.from(piece));
  }

  readonly #onConnect = (): void => {
    clearTimeout(this.#connectTimer);
    this.#isConnected = true;
    this.#rest(keepMs);
    this.#options.connected(this);
  };

  readonly #onData = (bytes: Buffer): void => {
    const reader = this.#reader;
    try {
      // Without a reader nobody asked.
      if (reader === undefined) throw failureOf('UND_ERR_SOCKET');
      reader.push(bytes);
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    // Each call of the follower may end the exchange.
    if (this.#reader === reader) this.#follower?.onOverhead(reader.overheadBytes);
    if (this.#reader === reader && reader.isDone) this.#finish(reader);
  };

  readonly #onEnd = (): void => {
    const reader = this.#reader;
    if (reader?.end()) this.#finish(reader);
    this.#fail(failureOf('UND_ERR_SOCKET'));
  };

  #finish(reader: AnswerReader): void {
    const follower = this.#follower;
    this.#follower = undefined;
    this.#reader = undefined;
    const keptMs = keptMsOf(reader.keepAlive);
    // The rest of a request that was answered before it was written would be read as the next one.
    const isReusable = reader.mayGoOn && keptMs > 0 && this.#socket.writableLength === 0;
    follower?.onResponseEnd();
    if (isReusable) {
      this.#rest(keptMs);
      this.#options.freed(this);
    } else this.#fail(failureOf('UND_ERR_SOCKET'));
  }

  /** Nobody uses it, so it keeps no process alive. */
  #rest(keptMs: number): void {
    this.expiresAtMs = performance.now() + keptMs;
    this.#socket.unref();
  }

  #fail(error: Error): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#connectTimer);
    const follower = this.#follower;
    this.#follower = undefined;
    this.#reader = undefined;
    this.#socket.destroy();
    follower?.onResponseError(undefined, error);
    this.#options.closed(this, this.#isConnected ? undefined : error);
  }
}

/**
 * What plain connections read into, one after the other: by itself Node takes 64 kB for each read and
 * gives most of it back, which is a quarter of the CPU of a short exchange.
 */
const shared = Buffer.alloc(65_536);

/** @param onData is called with memory that is written over by the next read */
function open({ url, session }: LineOptions, onData: (bytes: Buffer) => void): Socket {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  const port = Number(url.port || (isSecure ? 443 : 80));
  const common = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
  if (!isSecure) {
    const callback = (length: number) => {
      onData(shared.subarray(0, length));
      return true;
    };
    return connect({ ...common, onread: { buffer: shared, callback } });
  }
  return connectSecurely({
    ...common,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 && { servername: host }),
    ...(session !== undefined && { session }),
  }).on('data', onData);
}

/** @param keepAlive the header of that name */
function keptMsOf(keepAlive: string | undefined): number {
  const seconds = /(?:^|[,\s])timeout=(\d{1,9})/i.exec(keepAlive ?? '')?.[1];
  return seconds === undefined ? keepMs : Math.min(keepMaxMs, Number(seconds) * 1000 - earlierMs);
}

/** @param code one that failure.ts explains */
export function failureOf(code: string): Error {
  return Object.assign(new Error(code), { code });
}
