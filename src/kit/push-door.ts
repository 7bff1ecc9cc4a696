// A request to the address of a source that is pushed to, and its answer, between the HTTP app and
// core. Types only.

export interface PushCall {
  readonly method: string;
  readonly headers: Headers;
  readonly query: URLSearchParams;
  /** What stands behind the source's name in the path; undefined: nothing. */
  readonly pathSecret: string | undefined;
  /** The other end of the socket. */
  readonly peer: string;
  /** The client, as far as trusted proxies tell. */
  readonly address: string;
  /**
   * Reads the body, once. `too_large`: more than `bytesMax`, and the rest was not read; `broken`:
   * the sender left, or was too slow.
   */
  body(bytesMax: number): Promise<Uint8Array | 'too_large' | 'broken'>;
}

export interface PushReply {
  readonly status: 200 | 202 | 204 | 400 | 401 | 405 | 413 | 415 | 429 | 503;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: none. Never holds a secret, or anything that the sender sent. */
  readonly body?: string;
}

export interface PushDoor {
  /** Never rejects. A 2xx is given only when everything is in the database. */
  take(call: PushCall): Promise<PushReply>;
}
