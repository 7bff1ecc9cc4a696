// What adapters use to call out over HTTP, and the one policy that says what a status means. No retry here: core/deliver.ts and core/poll.ts decide.

/** One HTTP request. Redirects are never followed: a 3xx is an answer like any other. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** For the whole exchange, connection and body included. Default 10,000. */
  readonly timeoutMs?: number;
  /** The answer's body is cut here and the rest is not read. Default 65,536. */
  readonly bodyBytesMax?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded as UTF-8; invalid bytes become U+FFFD. */
  readonly body: string;
  /** True if the body was longer than `bodyBytesMax`. */
  readonly truncated: boolean;
}

export interface HttpClient {
  /** @throws {AdapterError} `retry` with reason `timeout` or `connection`; or the signal's reason, if that was aborted */
  request(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}
