// The HTTP client of the adapters. It repeats nothing and judges nothing: status.ts says what a
// status means, and the loops decide what follows.
import { setMaxListeners } from 'node:events';
import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import { AdapterError, ConfigError } from '../errors.ts';
import type { Mask } from '../mask.ts';
import { Exchange, exchangeTimeoutMs } from './exchange.ts';
import { Lines } from './lines.ts';
import type { HttpAnswer, HttpRequest } from './messages.ts';
import { readNoProxy } from './no-proxy.ts';

export type { HttpAnswer, HttpRequest } from './messages.ts';

export interface HttpClient {
  /**
   * Rejects within milliseconds of an abort or a time-out, whatever the far end does; a request
   * that has not reached a connection by then is never sent. A connection that the far end closed
   * while idle is a failure like any other: nothing is repeated here.
   * @throws {AdapterError} `retry` with reason `timeout` (no answer), `connection` (not sent),
   * `interrupted` or `malformed` (an unreadable 2xx), `reject_sink` with `bad_config` if the
   * address or a header cannot be sent at all; or the signal's reason, if that was aborted
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Waits for what is in flight (at most its time-out), then closes every connection. */
  close(): Promise<void>;
}

/**
 * The values of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. Without `httpsProxy`, requests to
 * `https:` addresses use `httpProxy`.
 */
export interface ProxySettings {
  readonly httpsProxy?: string;
  readonly httpProxy?: string;
  /** An entry that is not understood matches nothing; the configuration refuses it before. */
  readonly noProxy?: string;
}

export interface HttpClientOptions {
  readonly proxy?: ProxySettings;
  /** Connections to one origin. Further requests wait while their time-out runs. Default 256. */
  readonly connectionsMax?: number;
  /** Default `tocsin`. */
  readonly userAgent?: string;
  /** Added to every answer. */
  readonly mask?: Mask;
}

const connectTimeoutMs = 5_000;

/**
 * Makes a client that keeps connections alive for 4 s, or as long as the far end says.
 * @throws {ConfigError} a proxy's address cannot be used
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  // A compressed answer saves little, may be a bomb and costs code; so none is asked for.
  const headers = { 'user-agent': options.userAgent ?? 'tocsin', 'accept-encoding': 'identity' };
  const ways = createWays(options, headers);
  let closed: Promise<void> | undefined;
  // A sink calls the same address each time, so the last one is kept.
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
      // Node warns of many listeners on a signal. These are no leak: each request removes its own.
      if (lastSignal !== request.signal) setMaxListeners(0, request.signal);
      lastSignal = request.signal;
      return new Promise((resolve, reject) => {
        const { mask } = options;
        const answer =
          mask === undefined ? resolve : (given: HttpAnswer) => resolve({ ...given, mask });
        const isProxied = way.dispatcher !== undefined;
        const exchange = new Exchange({ request, url, isProxied, resolve: answer, reject });
        if (isProxied) exchange.start(way.dispatcher, headers);
        else exchange.startDirectly(way.lines);
      });
    },
    close() {
      closed ??= ways.close();
      return closed;
    },
  };
}

/** How to reach an address: directly, or by a proxy. */
type Way =
  | { readonly dispatcher: Dispatcher; readonly lines?: never }
  | { readonly dispatcher?: never; readonly lines: Lines };

interface Ways {
  of(url: URL): Way;
  close(): Promise<void>;
}

function createWays(
  { proxy = {}, connectionsMax = 256 }: HttpClientOptions,
  headers: Readonly<Record<string, string>>,
): Ways {
  // The timer of the exchange covers headers and body, so undici needs none.
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
      // Many proxies allow CONNECT to port 443 only, so plain HTTP is forwarded without a tunnel.
      proxyTunnel: false,
      // undici sends the request that opens a tunnel, so the timer of an exchange cannot end it.
      clientFactory: (origin, settings) =>
        new Pool(origin, { ...settings, headersTimeout: exchangeTimeoutMs }),
    });
    return { dispatcher };
  };
  const noProxy = readNoProxy(proxy.noProxy ?? '');
  const lines = new Lines({ connectionsMax, connectTimeoutMs, headers });
  const direct: Way = { lines };
  const plain = proxy.httpProxy ? through('HTTP_PROXY', proxy.httpProxy) : direct;
  const secure = proxy.httpsProxy ? through('HTTPS_PROXY', proxy.httpsProxy) : plain;
  return {
    of(url) {
      if (noProxy.isDirect(url)) return direct;
      return url.protocol === 'https:' ? secure : plain;
    },
    async close() {
      await Promise.all(
        [...new Set([direct, plain, secure])].map((way) => (way.dispatcher ?? way.lines).close()),
      );
    },
  };
}

function assertProxy(where: string, address: string): void {
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return;
  // The address may hold a password, so it is not repeated.
  throw new ConfigError([
    {
      where,
      problem: 'is no proxy address',
      remedy: 'Write it as http://proxy.example:3128, with the scheme.',
    },
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
