// Sends requests directly, without a proxy: connections that stay open, for each origin so many.
// It does what undici does for us, for a third of the CPU (docs/decisions/0060).
import { type Follower, failureOf, Line, type Outgoing } from './line.ts';

export interface LinesOptions {
  /** Connections to one origin. Further requests wait. */
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  /** Of each request. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface DirectRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string | null;
  /** They come before those of the client. */
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** How often connections that nobody uses are looked through. */
const sweepMs = 1_000;

export class Lines {
  readonly #options: LinesOptions;
  readonly #origins = new Map<string, Origin>();
  #closed: Promise<void> | undefined;

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  /** Never throws: whatever happens, `follower` is told. */
  send({ method, url, body, headers }: DirectRequest, follower: Follower): void {
    if (this.#closed !== undefined) {
      follower.onResponseError(undefined, failureOf('UND_ERR_CLOSED'));
      return;
    }
    const head = headOf(method, url, body, { ...this.#options.headers, ...headers });
    if (head === undefined) {
      follower.onResponseError(undefined, failureOf('UND_ERR_INVALID_ARG'));
      return;
    }
    let origin = this.#origins.get(url.origin);
    if (origin === undefined) {
      origin = new Origin(url, this.#options);
      this.#origins.set(url.origin, origin);
    }
    origin.send({ head, body, follower });
  }

  /** Waits for what is under way, then closes every connection. */
  close(): Promise<void> {
    this.#closed ??= Promise.all([...this.#origins.values()].map((origin) => origin.close())).then(
      () => undefined,
    );
    return this.#closed;
  }
}

/** The connections to one origin, and what waits for one. */
class Origin {
  readonly #url: URL;
  readonly #options: LinesOptions;
  readonly #lines = new Set<Line>();
  /** The one that was used last stands last, and is used next: the others may grow too old. */
  readonly #free: Line[] = [];
  #connecting = 0;
  #waiting: Outgoing[] = [];
  #session: Buffer | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #drained: (() => void) | undefined;

  constructor(url: URL, options: LinesOptions) {
    this.#url = url;
    this.#options = options;
  }

  send(outgoing: Outgoing): void {
    for (let line = this.#free.pop(); line !== undefined; line = this.#free.pop()) {
      if (line.expiresAtMs <= performance.now()) {
        line.close();
        continue;
      }
      if (!line.send(outgoing)) this.#free.push(line);
      return;
    }
    this.#waiting.push(outgoing);
    this.#openWhatIsMissing();
  }

  async close(): Promise<void> {
    if (!this.#isQuiet()) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    clearInterval(this.#sweep);
    for (const line of [...this.#lines]) line.close();
  }

  #openWhatIsMissing(): void {
    while (
      this.#connecting < this.#waiting.length &&
      this.#lines.size < this.#options.connectionsMax
    )
      this.#open();
  }

  #open(): void {
    this.#connecting += 1;
    const line = new Line({
      url: this.#url,
      connectTimeoutMs: this.#options.connectTimeoutMs,
      session: this.#session,
      connected: (one) => {
        this.#connecting -= 1;
        this.#next(one);
      },
      freed: (one) => this.#next(one),
      closed: (one, error) => this.#closed(one, error),
      heldSession: (session) => {
        this.#session = session;
      },
    });
    this.#lines.add(line);
    this.#sweep ??= setInterval(() => this.#removeOld(), sweepMs).unref();
  }

  /** Gives the line what has waited longest, or keeps it. */
  #next(line: Line): void {
    for (let first = this.#waiting.shift(); first !== undefined; first = this.#waiting.shift())
      if (line.send(first)) return;
    this.#free.push(line);
    this.#tellIfQuiet();
  }

  /** A connection that could not be made fails one request: that which waited longest. */
  #closed(line: Line, error: Error | undefined): void {
    this.#lines.delete(line);
    const at = this.#free.indexOf(line);
    if (at !== -1) this.#free.splice(at, 1);
    if (error !== undefined) {
      this.#connecting -= 1;
      this.#waiting.shift()?.follower.onResponseError(undefined, error);
    }
    this.#openWhatIsMissing();
    if (this.#lines.size === 0) {
      clearInterval(this.#sweep);
      this.#sweep = undefined;
    }
    this.#tellIfQuiet();
  }

  #removeOld(): void {
    const now = performance.now();
    for (const line of this.#free.filter(({ expiresAtMs }) => expiresAtMs <= now)) line.close();
  }

  #isQuiet(): boolean {
    return this.#waiting.length === 0 && this.#free.length === this.#lines.size;
  }

  #tellIfQuiet(): void {
    if (this.#drained !== undefined && this.#isQuiet()) this.#drained();
  }
}

const names = /^[!#$%&'*+\-.^_`|~\w]+$/;
const values = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Undefined if a header cannot be sent. */
function headOf(
  method: string,
  { host, pathname, search }: URL,
  body: string | null,
  headers: Readonly<Record<string, string>>,
): string | undefined {
  let head = `${method} ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (const name in headers) {
    const value = headers[name]!;
    if (!names.test(name) || !values.test(value)) return undefined;
    head += `${name}: ${value}\r\n`;
  }
  if (body === null) head += method === 'GET' ? '' : 'content-length: 0\r\n';
  else head += `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `${head}\r\n`;
}
