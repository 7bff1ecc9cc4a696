// Runs one request and reads its answer, bounded in time and bytes whatever the far end does.
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { areDescriptorsUsedUp } from '../descriptors.ts';
import { AdapterError } from '../errors.ts';
import { BodyBytes, decodeBody } from './body.ts';
import { connectionFailure, overheadFailure, timeoutFailure } from './failure.ts';
import type { Follower } from './line.ts';
import type { Lines } from './lines.ts';
import type { HttpAnswer, HttpRequest } from './messages.ts';
import { socketOf, watchWire } from './wire.ts';

/** The default of `HttpRequest.timeoutMs`. */
export const exchangeTimeoutMs = 10_000;
const bodyBytesMaxDefault = 65_536;
/** A page of 400 kB in chunks of one byte each has 2 MB of it. */
const overheadBytesMax = 4 * 1024 * 1024;

export interface ExchangeParts {
  readonly request: HttpRequest;
  readonly url: URL;
  readonly isProxied: boolean;
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One request from start to end, over a connection of our own or, through a proxy, directly on
 * undici's dispatch: its `request` costs half as much again in CPU, and keeps an aborted request
 * that still waits for its connection.
 */
export class Exchange implements Dispatcher.DispatchHandler, Follower {
  readonly #request: HttpRequest;
  readonly #url: URL;
  readonly #isProxied: boolean;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #bodyBytesMax: number;
  #timer: NodeJS.Timeout | undefined;
  #controller: { abort(reason: Error): void } | undefined;
  #isSettled = false;
  #status = 0;
  #headers: Record<string, string | string[] | undefined> = {};
  #body: BodyBytes;
  #socket: Socket | undefined;
  /** What the connection had received before this request. */
  #bytesBefore = 0;
  #stopWatching: (() => void) | undefined;

  constructor({ request, url, isProxied, resolve, reject }: ExchangeParts) {
    this.#request = request;
    this.#url = url;
    this.#isProxied = isProxied;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#bodyBytesMax = request.bodyBytesMax ?? bodyBytesMaxDefault;
    this.#body = new BodyBytes(this.#bodyBytesMax);
  }

  /** Without a proxy. */
  startDirectly(lines: Lines): void {
    const { method, body = null, headers } = this.#request;
    this.#begin();
    lines.send({ method, url: this.#url, body, headers }, this);
  }

  start(dispatcher: Dispatcher, headers: Record<string, string>): void {
    const { method, body = null } = this.#request;
    this.#begin();
    const { origin, pathname, search } = this.#url;
    try {
      dispatcher.dispatch(
        {
          origin,
          path: pathname + search,
          method,
          body,
          headers: { ...headers, ...this.#request.headers },
        },
        this,
      );
    } catch (error) {
      this.onResponseError(undefined, error as Error);
    }
  }

  #begin(): void {
    const { signal, timeoutMs = exchangeTimeoutMs } = this.#request;
    this.#timer = setTimeout(this.#onTimeout, timeoutMs, timeoutMs);
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: { abort(reason: Error): void }): void {
    this.#controller = controller;
    // The request was given up while it waited for a connection: it must not be sent now.
    if (this.#isSettled) controller.abort(new Error('given up'));
    else if (this.#isProxied) socketOf(this.#onSocket);
  }

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // A 1xx is a hint that announces an answer, and not the answer.
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
    const cause =
      !isSent && areDescriptorsUsedUp() ? Object.assign(new Error(), { code: 'EMFILE' }) : error;
    this.#fail(connectionFailure(cause, this.#url, this.#isProxied, isSent));
  }

  readonly #onSocket = (socket: Socket): void => {
    this.#socket = socket;
    this.#bytesBefore = socket.bytesRead;
    this.#stopWatching = watchWire(this.#onWire);
  };

  readonly #onWire = (): void =>
    this.onOverhead((this.#socket?.bytesRead ?? 0) - this.#bytesBefore - this.#body.length);

  /** Bounds what comes besides the body: chunk sizes, extensions, headers, hints, trailers. */
  onOverhead(bytes: number): void {
    if (bytes <= overheadBytesMax || this.#isSettled) return;
    if (this.#status === 0) this.#fail(overheadFailure(this.#url));
    else this.#answer(true);
  }

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

function flatHeaders(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
