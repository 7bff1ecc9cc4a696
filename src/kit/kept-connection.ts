// A connection that many sends share: the first one opens it, it is kept between them, and the one
// after a failure opens a new one. For protocols whose connection costs more than a message.
import { setMaxListeners } from 'node:events';
import { AdapterError } from './errors.ts';

export interface ConnectionWay<Connection> {
  /**
   * Opens one. The signal aborts when nobody waits for it any longer; it may ignore that, and then
   * what it opened is ended.
   */
  open(signal: AbortSignal): Promise<Connection>;
  /** False once the far end or the network has ended it. */
  isOpen(connection: Connection): boolean;
  /** Ends it at once, whatever its state. */
  end(connection: Connection): Promise<unknown>;
  /** @param isUnderWay it was open, so the far end may have got what was sent */
  failureOf(error: Error, isUnderWay: boolean): AdapterError;
}

interface Held<Connection> {
  readonly opening: Promise<Connection>;
  readonly abort: AbortController;
  opened?: Connection;
  users: number;
  /** Nobody joins it any more; the last one who uses it ends it. */
  isRetired: boolean;
  readonly ended: PromiseWithResolvers<void>;
}

interface PromiseWithResolvers<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value | PromiseLike<Value>) => void;
}

export class KeptConnection<Connection> {
  readonly #way: ConnectionWay<Connection>;
  readonly #held = new Set<Held<Connection>>();
  #current: Held<Connection> | undefined;

  constructor(way: ConnectionWay<Connection>) {
    this.#way = way;
  }

  /**
   * Does `work` on the connection. After a failure of any kind the next call opens a new one, and
   * what others do on the old one goes on.
   * @throws {AdapterError} or the signal's reason, at once
   */
  async use<Result>(
    signal: AbortSignal,
    work: (connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted();
    // Sends share a signal. These listeners are no leak: each is removed at its end.
    setMaxListeners(0, signal);
    const held = this.#join();
    let isUnderWay = false;
    try {
      const connection = await untilAbort(held.opening, signal);
      isUnderWay = true;
      return await untilAbort(work(connection), signal);
    } catch (error) {
      this.#retire(held);
      if (signal.aborted) throw signal.reason;
      throw error instanceof AdapterError ? error : this.#way.failureOf(error as Error, isUnderWay);
    } finally {
      held.users -= 1;
      this.#endIfUnused(held);
    }
  }

  /** Lets what is under way end, and then the connection. */
  async close(): Promise<void> {
    const all = [...this.#held];
    for (const held of all) this.#retire(held);
    await Promise.all(all.map(({ ended }) => ended.promise));
  }

  #join(): Held<Connection> {
    const { opened } = this.#current ?? {};
    if (this.#current && opened !== undefined && !this.#way.isOpen(opened))
      this.#retire(this.#current);
    this.#current ??= this.#begin();
    this.#current.users += 1;
    return this.#current;
  }

  #begin(): Held<Connection> {
    const abort = new AbortController();
    const opening = this.#way.open(abort.signal);
    const ended = resolvers<void>();
    const held: Held<Connection> = { opening, abort, users: 0, isRetired: false, ended };
    this.#held.add(held);
    opening.then(
      (connection) => {
        held.opened = connection;
        // Everybody had gone before it was there.
        if (!this.#held.has(held)) void this.#way.end(connection);
      },
      () => {},
    );
    return held;
  }

  #retire(held: Held<Connection>): void {
    held.isRetired = true;
    if (this.#current === held) this.#current = undefined;
    this.#endIfUnused(held);
  }

  #endIfUnused(held: Held<Connection>): void {
    if (!held.isRetired || held.users > 0 || !this.#held.delete(held)) return;
    held.abort.abort();
    const { opened, ended } = held;
    ended.resolve(
      Promise.resolve(opened === undefined ? undefined : this.#way.end(opened)).then(
        () => {},
        () => {},
      ),
    );
  }
}

function resolvers<Value>(): PromiseWithResolvers<Value> {
  let resolve!: PromiseWithResolvers<Value>['resolve'];
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function untilAbort<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const settled = () => signal.removeEventListener('abort', stop);
    work.then(
      (result) => {
        settled();
        resolve(result);
      },
      (error) => {
        settled();
        reject(error);
      },
    );
  });
}
