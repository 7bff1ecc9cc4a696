// The types of a request and of its answer.
import type { Mask } from '../mask.ts';

/** One HTTP request. Redirects are never followed: a 3xx is an answer like any other. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** User and password in it are not sent. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /**
   * For the whole exchange: the wait for a connection, the answer and its body. Default 10,000.
   */
  readonly timeoutMs?: number;
  /** Where the answer's body is cut; the rest is not read. Default 65,536. */
  readonly bodyBytesMax?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. The values of a header that came twice are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Decoded as UTF-8; invalid bytes become U+FFFD. Empty if an answer other than 2xx was compressed
   * and could not be unpacked.
   */
  readonly body: string;
  /**
   * True if the rest was not read: the body is longer than `bodyBytesMax`, or its chunks are so
   * small that their headers cost more than any honest answer would.
   */
  readonly truncated: boolean;
  /** Hides the secrets of the configuration in what is kept or shown. The client adds it. */
  readonly mask?: Mask;
}
