// Starts the database's thread, watches that it lives and answers, and gives the driver its
// connections.
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Channel } from './channel.ts';
import type { FromThread, ThreadStart, ToThread } from './thread.ts';

export interface EngineOptions {
  /** Where the cluster's files are; it must exist, and nobody else may have it open. */
  readonly cluster: string;
  /** The database ended by itself. Called once; by then every waiting query has failed. */
  onFatal(error: Error): void;
  readonly statementMsMax?: number | undefined;
  readonly idleInTransactionMsMax?: number | undefined;
}

/**
 * An initdb takes 3-7 s, and a start recovers at most what came after one checkpoint: anything
 * longer is a hang.
 */
const startMsMax = 180_000;
const closeMsMax = 30_000;

/** Makes a new, empty cluster (initdb), in a thread of its own so that its memory is given back. */
export async function createCluster(cluster: string): Promise<void> {
  const worker = startThread({ task: 'create', cluster });
  await firstMessage(worker, 'closed', startMsMax);
  await worker.terminate();
}

/** The running database. */
export class Engine {
  readonly #worker: Worker;
  readonly #options: EngineOptions;
  #statementMsMax: number;
  #channel: Channel | undefined;
  #connection = 0;
  #waiting = 0;
  #watchdog: NodeJS.Timeout | undefined;
  #failure: Error | undefined;
  #closed: (() => void) | undefined;
  /** Bytes sent to the database since its start: an upper measure of what was written. */
  bytesSent = 0;

  private constructor(worker: Worker, options: EngineOptions) {
    this.#worker = worker;
    this.#options = options;
    this.#statementMsMax = options.statementMsMax ?? 60_000;
    worker.on('message', (message: FromThread) => this.#receive(message));
    worker.on('error', (error) => this.#fail(`its thread failed: ${error.message}`));
    worker.on('exit', (code) => this.#fail(`its thread ended with code ${code}`));
  }

  /** @throws {Error} with the server's own reason why it does not start */
  static async start(options: EngineOptions): Promise<Engine> {
    const worker = startThread({ task: 'serve', cluster: options.cluster });
    await firstMessage(worker, 'ready', startMsMax);
    return new Engine(worker, options);
  }

  /**
   * For the driver's `socket` option. Never throws, since the driver would then wait for ever: of a
   * dead database it returns a socket that fails.
   */
  connect(): Channel {
    let connection = 0;
    const channel = new Channel({
      begin: () => {
        connection = ++this.#connection;
        this.#channel = channel;
        this.#post({ kind: 'connect', connection });
      },
      request: (bytes) => this.#request(connection, bytes),
      idleInTransactionMsMax: this.#options.idleInTransactionMsMax ?? 30_000,
    });
    if (this.#failure !== undefined) setImmediate(() => channel.destroy(this.#failure));
    return channel;
  }

  /** True once the database has ended, by itself or by `close`. */
  get hasEnded(): boolean {
    return this.#failure !== undefined;
  }

  /** Lets statements run for up to `milliseconds` while `act` runs. */
  async allow<Result>(milliseconds: number, act: () => Promise<Result>): Promise<Result> {
    const usual = this.#statementMsMax;
    this.#statementMsMax = milliseconds;
    this.#watch();
    try {
      return await act();
    } finally {
      this.#statementMsMax = usual;
      this.#watch();
    }
  }

  /**
   * Closes the files cleanly, with a checkpoint; after 30 s by force. Queries that still wait fail.
   */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return;
    this.#failure = new Error('The embedded database is closed.');
    clearTimeout(this.#watchdog);
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    const force = setTimeout(() => this.#closed?.(), closeMsMax);
    this.#post({ kind: 'close' });
    await closed;
    clearTimeout(force);
    this.#channel?.destroy(this.#failure);
    await this.#worker.terminate();
  }

  #request(connection: number, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#failure !== undefined) return;
    this.bytesSent += bytes.length;
    this.#waiting += 1;
    if (this.#waiting === 1) this.#watch();
    this.#post({ kind: 'request', connection, bytes }, [bytes.buffer]);
  }

  #post(message: ToThread, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromThread): void {
    if (message.kind === 'answer') {
      this.#waiting -= 1;
      this.#watch();
      // Answers to a connection that the driver has given up are dropped.
      if (message.connection === this.#connection) this.#channel?.deliver(message.bytes);
    } else if (message.kind === 'failed') {
      this.#fail(message.problem);
    } else if (message.kind === 'closed') {
      this.#closed?.();
    }
  }

  /**
   * The database counts as hung when a statement takes longer than allowed. Postgres's own
   * statement_timeout does not work in PGlite.
   */
  #watch(): void {
    clearTimeout(this.#watchdog);
    if (this.#waiting === 0 || this.#failure !== undefined) return;
    const limitMs = this.#statementMsMax;
    this.#watchdog = setTimeout(
      () => this.#fail(`it did not answer within ${limitMs / 1000} s`),
      limitMs,
    );
    this.#watchdog.unref();
  }

  #fail(problem: string): void {
    this.#closed?.();
    if (this.#failure !== undefined) return;
    clearTimeout(this.#watchdog);
    this.#failure = new Error(
      `The embedded database failed: ${problem}. A restart recovers all that was committed.`,
    );
    this.#channel?.destroy(this.#failure);
    void this.#worker.terminate();
    this.#options.onFatal(this.#failure);
  }
}

function startThread(start: ThreadStart): Worker {
  return new Worker(threadFile(), { workerData: start, name: 'embedded-database' });
}

/**
 * Threads load plain JavaScript: a process that runs from the TypeScript sources (tests) uses the
 * built file, if it is up to date.
 */
function threadFile(): URL {
  if (!import.meta.url.endsWith('.ts')) return new URL('./worker.js', import.meta.url);
  const source = new URL('./worker.ts', import.meta.url);
  const built = new URL('../../../dist/src/store/embedded/worker.js', import.meta.url);
  const builtAt = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (builtAt < statSync(source).mtimeMs)
    throw new Error(`${fileURLToPath(built)} is missing or old. Run \`npm run build\`.`);
  return built;
}

/** Waits for this first message of the thread. @throws {Error} why the thread ended instead */
function firstMessage(
  worker: Worker,
  expected: FromThread['kind'],
  limitMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error) => {
      clearTimeout(timer);
      for (const name of ['message', 'error', 'exit']) worker.removeAllListeners(name);
      if (error === undefined) return resolve();
      // A late error of an abandoned thread must not end the process.
      worker.on('error', () => {});
      void worker.terminate();
      reject(error);
    };
    const timer = setTimeout(
      () => end(new Error(`it did not start within ${limitMs / 1000} s`)),
      limitMs,
    );
    worker.on('message', (message: FromThread) => {
      if (message.kind === expected) end();
      else
        end(
          new Error(
            message.kind === 'failed' ? message.problem : `its thread said "${message.kind}"`,
          ),
        );
    });
    worker.on('error', end);
    worker.on('exit', (code) => end(new Error(`its thread ended with code ${code}`)));
  });
}
