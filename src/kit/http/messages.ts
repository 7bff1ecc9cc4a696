// What a request and an answer are. Types alone.
import type { Mask } from '../mask.ts';

/** One HTTP request. Redirects are never followed: a 3xx is an answer like any other. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** User and password in it are not sent. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /**
   * For the whole exchange, waiting for a connection and reading the body included. Default 10,000.
   */
  readonly timeoutMs?: number;
  /** The answer's body is cut here and the rest is not read. Default 65,536. */
  readonly bodyBytesMax?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; a header that came twice is joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Decoded as UTF-8; invalid bytes become U+FFFD. Empty if an answer other than 2xx was compressed
   * and cannot be read.
   */
  readonly body: string;
  /**
   * True if the rest was not read: the body is longer than `bodyBytesMax`, or comes in pieces so
   * small that what is around them costs more than anything honest would.
   */
  readonly truncated: boolean;
  /** Takes the secrets of the configuration out of what is kept or shown of it; from the client. */
  readonly mask?: Mask;
}
