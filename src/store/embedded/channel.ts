// The driver's "socket": passes whole protocol messages to the database's thread, and its answers
// back. Knows no SQL.
import { Duplex } from 'node:stream';

const terminate = 'X'.charCodeAt(0);
const readyForQuery = 'Z'.charCodeAt(0);
const cancelRequestCode = 80_877_102;

/** Cuts a stream of client bytes into protocol messages. The first one has no type byte. */
export class Framer {
  #pending: Buffer = Buffer.alloc(0);
  #isStarted = false;

  /** The whole messages that `chunk` completes; empty while one is unfinished. */
  take(chunk: Buffer): Buffer {
    const data = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let end = 0;
    for (;;) {
      const header = this.#isStarted ? 1 : 0;
      if (data.length - end < header + 4) break;
      const next = end + header + data.readInt32BE(end + header);
      if (data.length < next) break;
      end = next;
      this.#isStarted = true;
    }
    this.#pending = data.subarray(end);
    return data.subarray(0, end);
  }
}

export interface ChannelOptions {
  /** Called when the driver begins to use this connection; from now on it uses no other. */
  begin(): void;
  /** Receives a copy of whole messages, which may be transferred to the thread. */
  request(bytes: Uint8Array<ArrayBuffer>): void;
  /** The longest time that an open transaction may wait for its next statement, in milliseconds. */
  readonly idleInTransactionMsMax: number;
}

/** What `postgres` needs of a socket: a duplex stream, `readyState` and `setKeepAlive`. */
export class Channel extends Duplex {
  readonly #options: ChannelOptions;
  readonly #framer = new Framer();
  #idleTimer: NodeJS.Timeout | undefined;
  #hasBegun = false;

  constructor(options: ChannelOptions) {
    super();
    this.#options = options;
  }

  get readyState(): 'open' | 'closed' {
    return this.destroyed ? 'closed' : 'open';
  }

  setKeepAlive(): void {}

  /** Gives the driver what the database answered to one request. */
  deliver(answer: Uint8Array): void {
    if (this.destroyed) return;
    this.#watchTransaction(answer);
    if (answer.length > 0)
      this.push(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
  }

  override _read(): void {}

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    clearTimeout(this.#idleTimer);
    const messages = this.#framer.take(chunk);
    // This connection only asks to cancel a statement of another. PGlite cannot do that, so the
    // statement goes on.
    if (isCancelRequest(messages)) this.destroy();
    else if (messages.length > 0 && messages[0] !== terminate) this.#request(messages);
    callback();
  }

  override _final(callback: (error?: Error | null) => void): void {
    callback();
    this.destroy();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#idleTimer);
    callback(error);
  }

  #request(messages: Buffer): void {
    if (!this.#hasBegun) this.#options.begin();
    this.#hasBegun = true;
    this.#options.request(Uint8Array.from(messages));
  }

  /**
   * The database has one connection, so a forgotten transaction, or one that waits for a query
   * outside of it, would block everything for ever. The server's own time-out does not work in
   * PGlite.
   */
  #watchTransaction(answer: Uint8Array): void {
    if (!endsInTransaction(answer)) return;
    const { idleInTransactionMsMax } = this.#options;
    this.#idleTimer = setTimeout(() => {
      const text = `A transaction waited ${idleInTransactionMsMax / 1000} s for its next statement and was rolled back: is a query inside it sent outside of it?`;
      this.destroy(new Error(text));
    }, idleInTransactionMsMax);
    this.#idleTimer.unref();
  }
}

function isCancelRequest(messages: Buffer): boolean {
  return (
    messages.length === 16 &&
    messages.readInt32BE(0) === 16 &&
    messages.readInt32BE(4) === cancelRequestCode
  );
}

/** True if the answer ends with ReadyForQuery, and that says "in a transaction". */
function endsInTransaction(answer: Uint8Array): boolean {
  const start = answer.length - 6;
  return (
    start >= 0 &&
    answer[start] === readyForQuery &&
    answer[start + 4] === 5 &&
    answer[start + 5] !== 'I'.charCodeAt(0)
  );
}
