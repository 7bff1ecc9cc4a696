// What adapters use to call out over HTTP. No retry here, and no meaning: core/http-status.ts says what a status means, the loops decide.
import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { areDescriptorsUsedUp } from '../descriptors.ts';
import { AdapterError, ConfigError } from '../errors.ts';
import type { Mask } from '../mask.ts';
import { BodyBytes, decodeBody } from './body.ts';
import { connectionFailure, overheadFailure, timeoutFailure } from './failure.ts';
import { readNoProxy } from './no-proxy.ts';
import { socketOf, watchWire } from './wire.ts';

/** One HTTP request. Redirects are never followed: a 3xx is an answer like any other. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** User and password in it are not sent. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** For the whole exchange, waiting for a connection and reading the body included. Default 10,000. */
  readonly timeoutMs?: number;
  /** The answer's body is cut here and the rest is not read. Default 65,536. */
  readonly bodyBytesMax?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; a header that came twice is joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded as UTF-8; invalid bytes become U+FFFD. Empty if an answer other than 2xx was compressed and cannot be read. */
  readonly body: string;
  /**
   * True if the rest was not read: the body is longer than `bodyBytesMax`, or comes in pieces so small
   * that what is around them costs more than anything honest would.
   */
  readonly truncated: boolean;
  /** Takes the secrets of the configuration out of what is kept or shown of it; from the client. */
  readonly mask?: Mask;
}

export interface HttpClient {
  /**
   * Rejects within milliseconds of an abort or a time-out, whatever the far end does; a request that has not reached a connection by
   * then is never sent. A connection that the far end closed while idle is a failure like any other: nothing is repeated here.
   * @throws {AdapterError} `retry` with reason `timeout` (no answer), `connection` (not sent), `interrupted` or `malformed` (an unreadable 2xx), `reject_sink` with
   * `bad_config` if the address or a header cannot be sent at all; or the signal's reason, if that was aborted
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Waits for what is in flight (at most its time-out), then closes every connection. */
  close(): Promise<void>;
}

/** As the variables `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` hold them; `https:` goes by `httpProxy` if there is no other. */
export interface ProxySettings {
  readonly httpsProxy?: string;
  readonly httpProxy?: string;
  /** What is not understood in it matches nothing; the configuration refuses it. */
  readonly noProxy?: string;
}

export interface HttpClientOptions {
  readonly proxy?: ProxySettings;
  /** Connections to one origin; further requests wait, and their time-out runs. Default 256. */
  readonly connectionsMax?: number;
  /** Default `tocsin`. */
  readonly userAgent?: string;
  /** Goes along with every answer. */
  readonly mask?: Mask;
}

const connectTimeoutMs = 5_000;
const exchangeTimeoutMs = 10_000;
const bodyBytesMaxDefault = 65_536;
/** A page of 400 kB of which each byte is a chunk of its own has 2 MB. */
const overheadBytesMax = 4 * 1024 * 1024;

/** Keeps connections alive for 4 s, or as long as the far end says. @throws {ConfigError} a proxy's address cannot be used */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const ways = createWays(options);
  // Compressed answers are bombs and bugs for a few saved bytes; so they are not asked for.
  const headers = { 'user-agent': options.userAgent ?? 'tocsin', 'accept-encoding': 'identity' };
  let closed: Promise<void> | undefined;
  // A sink calls the same address each time.
  let last: { readonly text: string; readonly url: URL; readonly way: Way } | undefined;
  let lastSignal: AbortSignal | undefined;
  return {
    async request(request) {
      request.signal.throwIfAborted();
      if (last?.text !== request.url) {
        const url = usableUrl(request.url);
        last = { text: request.url, url, way: ways.of(url) };
      }
      const { url, way } = last;
      // Many requests under one signal are no leak: each takes its listener away again.
      if (lastSignal !== request.signal) setMaxListeners(0, request.signal);
      lastSignal = request.signal;
      return new Promise((resolve, reject) => {
        const { mask } = options;
        const answer = mask === undefined ? resolve : (given: HttpAnswer) => resolve({ ...given, mask });
        new Exchange(request, url, way.isProxied, answer, reject).start(way.dispatcher, headers);
      });
    },
    close() {
      closed ??= ways.close();
      return closed;
    },
  };
}

/** How an address is called. */
interface Way {
  readonly dispatcher: Dispatcher;
  readonly isProxied: boolean;
}

interface Ways {
  of(url: URL): Way;
  close(): Promise<void>;
}

function createWays({ proxy = {}, connectionsMax = 256 }: HttpClientOptions): Ways {
  // The exchange's own timer covers headers and body too.
  const common = { connections: connectionsMax, headersTimeout: 0, bodyTimeout: 0 };
  const connect = { timeout: connectTimeoutMs };
  const through = (where: string, uri: string): Way => {
    assertProxy(where, uri);
    const dispatcher = new ProxyAgent({
      ...common,
      connect,
      uri,
      proxyTls: connect,
      requestTls: connect,
      // Many proxies allow CONNECT to port 443 only; plain HTTP is forwarded as they expect.
      proxyTunnel: false,
      // The request that opens a tunnel is undici's own, so our timer does not end it.
      clientFactory: (origin, settings) => new Pool(origin, { ...settings, headersTimeout: exchangeTimeoutMs }),
    });
    return { dispatcher, isProxied: true };
  };
  const noProxy = readNoProxy(proxy.noProxy ?? '');
  const direct: Way = { dispatcher: new Agent({ ...common, connect }), isProxied: false };
  const plain = proxy.httpProxy ? through('HTTP_PROXY', proxy.httpProxy) : direct;
  const secure = proxy.httpsProxy ? through('HTTPS_PROXY', proxy.httpsProxy) : plain;
  return {
    of(url) {
      if (noProxy.isDirect(url)) return direct;
      return url.protocol === 'https:' ? secure : plain;
    },
    async close() {
      await Promise.all([...new Set([direct, plain, secure])].map(({ dispatcher }) => dispatcher.close()));
    },
  };
}

function assertProxy(where: string, address: string): void {
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return;
  // The address may hold a password, so it is not repeated.
  throw new ConfigError([
    { where, problem: 'is no proxy address', remedy: 'Write it as http://proxy.example:3128, with the scheme.' },
  ]);
}

function usableUrl(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  }
  throw new AdapterError(
    'reject_sink',
    'bad_config',
    'The configured address is no http or https URL. Write it in full, as https://host/path.',
  );
}

/**
 * One request from start to end, straight on undici's dispatch: `request` would cost half as much again in CPU, and it does not let
 * go of an aborted request that still waits for its connection.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #url: URL;
  readonly #isProxied: boolean;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #bodyBytesMax: number;
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #isSettled = false;
  #status = 0;
  #headers: Record<string, string | string[] | undefined> = {};
  #body: BodyBytes;
  #socket: Socket | undefined;
  /** What the connection had brought before. */
  #bytesBefore = 0;
  #stopWatching: (() => void) | undefined;

  constructor(
    request: HttpRequest,
    url: URL,
    isProxied: boolean,
    resolve: (answer: HttpAnswer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#request = request;
    this.#url = url;
    this.#isProxied = isProxied;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#bodyBytesMax = request.bodyBytesMax ?? bodyBytesMaxDefault;
    this.#body = new BodyBytes(this.#bodyBytesMax);
  }

  start(dispatcher: Dispatcher, headers: Record<string, string>): void {
    const { method, body = null, signal, timeoutMs = exchangeTimeoutMs } = this.#request;
    this.#timer = setTimeout(this.#onTimeout, timeoutMs, timeoutMs);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    const { origin, pathname, search } = this.#url;
    try {
      dispatcher.dispatch(
        { origin, path: pathname + search, method, body, headers: { ...headers, ...this.#request.headers } },
        this,
      );
    } catch (error) {
      this.onResponseError(undefined, error as Error);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a connection and was given up meanwhile: now it must not be sent.
    if (this.#isSettled) controller.abort(new Error('given up'));
    else socketOf(this.#onSocket);
  }

  onResponseStart(_controller: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    // A hint announces an answer and is none.
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    if (this.#isSettled) return;
    if (!this.#body.append(chunk)) this.#answer(true);
  }

  onResponseEnd(): void {
    if (!this.#isSettled) this.#answer(false);
  }

  onResponseError(_controller: unknown, error: Error): void {
    const isSent = this.#controller !== undefined;
    const cause = !isSent && areDescriptorsUsedUp() ? Object.assign(new Error(), { code: 'EMFILE' }) : error;
    this.#fail(connectionFailure(cause, this.#url, this.#isProxied, isSent));
  }

  readonly #onSocket = (socket: Socket): void => {
    this.#socket = socket;
    this.#bytesBefore = socket.bytesRead;
    this.#stopWatching = watchWire(this.#onWire);
  };

  /** What came besides the body: chunk sizes, their extensions, headers, hints, trailers. */
  readonly #onWire = (): void => {
    const overhead = (this.#socket?.bytesRead ?? 0) - this.#bytesBefore - this.#body.length;
    if (overhead <= overheadBytesMax) return;
    if (this.#status === 0) this.#fail(overheadFailure(this.#url));
    else this.#answer(true);
  };

  readonly #onAbort = (): void => this.#fail(this.#request.signal.reason);

  readonly #onTimeout = (timeoutMs: number): void => {
    let phase: 'connecting' | 'waiting' | 'reading' = 'connecting';
    if (this.#controller !== undefined) phase = this.#status === 0 ? 'waiting' : 'reading';
    this.#fail(timeoutFailure(this.#url, timeoutMs, phase, this.#isProxied));
  };

  #answer(truncated: boolean): void {
    const headers = flatHeaders(this.#headers);
    const bytes = this.#body.joined();
    const decoded = decodeBody(bytes, headers['content-encoding'], this.#bodyBytesMax);
    if (decoded === undefined && this.#status < 300) {
      this.#fail(unreadable(this.#url, this.#status));
      return;
    }
    this.#settle();
    this.#resolve({ status: this.#status, headers, body: decoded ?? '', truncated });
    if (truncated) this.#controller?.abort(new Error('enough was read'));
  }

  #fail(reason: unknown): void {
    if (this.#isSettled) return;
    this.#settle();
    this.#reject(reason);
    this.#controller?.abort(new Error('given up'));
  }

  #settle(): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#stopWatching?.();
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    this.#body = new BodyBytes(0);
  }
}

function unreadable(url: URL, status: number): AdapterError {
  return new AdapterError(
    'retry',
    'malformed',
    `${url.host} answered ${status} with a compressed body that cannot be read, although none was asked for. ` +
      'Look at a proxy or gateway on the way.',
    { status },
  );
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
