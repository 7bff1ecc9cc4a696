// Bounds what clients of the HTTP server can cost: connections, requests at once, answers that
// nobody reads, requests a second. Probes and scrapes must get through while somebody holds
// connections, so an old connection is closed for a new one, instead of refusing the new one.
import type {
  IncomingMessage,
  RequestListener,
  Server,
  ServerOptions,
  ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';

export interface GuardLimits {
  readonly connectionsMax: number;
  /** Unanswered requests of one connection; a connection with more is cut. */
  readonly pipelinedMax: number;
  /**
   * Time from a request to the last byte of its answer; then the connection is cut. Of an answer
   * that lasts, the time in which its client may take nothing of what it is owed.
   */
  readonly answerMs: number;
  /**
   * Requests handled a second, of all clients together. Further requests wait, and the clients take
   * turns.
   */
  readonly perSecond: number;
  /** Requests handled at once before `perSecond` applies. */
  readonly burst: number;
}

export const defaultLimits: GuardLimits = {
  connectionsMax: 128,
  pipelinedMax: 4,
  answerMs: 10_000,
  perSecond: 200,
  burst: 100,
};

/** For `createServer`. Looks for slow senders every second, where Node does so every 30 s. */
export const serverOptions: ServerOptions = {
  connectionsCheckingInterval: 1000,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  maxHeaderSize: 8192,
};

const drainEveryMs = 25;

interface Connection {
  readonly socket: Socket;
  readonly address: string;
  /** When it was opened, or its last answer ended. Monotonic milliseconds. */
  usefulAtMs: number;
  unanswered: number;
}

/** How an answer that lasts is watched, for as long as it is open. */
const lasting = new WeakMap<ServerResponse, () => void>();

/**
 * The answer may take as long as its client reads it: a live feed, a large export. What waits for
 * the client is for the handler to limit.
 */
export function letLast(response: ServerResponse): void {
  lasting.get(response)?.();
}

interface Waiting {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Lets `handle` answer the requests of `server`, within `limits`. Call it before the server
 * listens.
 */
export function guardServer(
  server: Server,
  handle: RequestListener,
  limits: GuardLimits = defaultLimits,
): void {
  const guard = new Guard(handle, limits);
  server.on('connection', (socket) => guard.admit(socket));
  server.on('request', (request, response) => guard.request(request, response));
  server.on('close', () => guard.close());
}

class Guard {
  readonly #handle: RequestListener;
  readonly #limits: GuardLimits;
  readonly #connections = new Map<Socket, Connection>();
  /** By address; the first one has the next turn. */
  readonly #queues = new Map<string, Waiting[]>();
  #tokens: number;
  #filledAtMs = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(handle: RequestListener, limits: GuardLimits) {
    this.#handle = handle;
    this.#limits = limits;
    this.#tokens = limits.burst;
  }

  admit(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    this.#connections.set(socket, {
      socket,
      address,
      usefulAtMs: performance.now(),
      unanswered: 0,
    });
    socket.once('close', () => this.#connections.delete(socket));
    readInPieces(socket);
    if (this.#connections.size <= this.#limits.connectionsMax) return;
    const victim = connectionToClose([...this.#connections.values()]);
    this.#connections.delete(victim.socket);
    victim.socket.destroy();
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = this.#connections.get(socket);
    // The parser still handles what it had read before the connection was cut.
    if (connection === undefined || socket.destroyed) return;
    connection.unanswered += 1;
    if (connection.unanswered > this.#limits.pipelinedMax) {
      this.#connections.delete(socket);
      socket.destroy();
      return;
    }
    let timer = setTimeout(() => socket.destroy(), this.#limits.answerMs);
    lasting.set(response, () => {
      clearTimeout(timer);
      timer = cutWhenStuck(socket, this.#limits.answerMs);
    });
    response.once('close', () => {
      clearTimeout(timer);
      lasting.delete(response);
      connection.unanswered -= 1;
      connection.usefulAtMs = performance.now();
    });
    this.#takeTurn({ request, response }, connection.address);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #takeTurn(waiting: Waiting, address: string): void {
    if (this.#queues.size === 0 && this.#takeToken()) {
      this.#handle(waiting.request, waiting.response);
      return;
    }
    const queue = this.#queues.get(address);
    if (queue === undefined) this.#queues.set(address, [waiting]);
    else queue.push(waiting);
    this.#timer ??= setTimeout(() => this.#drain(), drainEveryMs);
  }

  #takeToken(): boolean {
    const { perSecond, burst } = this.#limits;
    const nowMs = performance.now();
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * perSecond);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #drain(): void {
    this.#timer = undefined;
    for (;;) {
      const next = this.#queues.entries().next().value;
      if (next === undefined) return;
      const [address, queue] = next;
      // A client that has left takes no turn.
      while (queue[0]?.request.socket.destroyed) queue.shift();
      if (queue.length > 0 && !this.#takeToken()) break;
      const waiting = queue.shift();
      this.#queues.delete(address);
      if (queue.length > 0) this.#queues.set(address, queue);
      if (waiting !== undefined) this.#handle(waiting.request, waiting.response);
    }
    this.#timer = setTimeout(() => this.#drain(), drainEveryMs);
  }
}

/** Cuts a connection whose client takes nothing of what it is owed for `stuckMs`. */
function cutWhenStuck(socket: Socket, stuckMs: number): NodeJS.Timeout {
  let taken = 0;
  let movedAtMs = performance.now();
  return setInterval(() => {
    const now = socket.bytesWritten - socket.writableLength;
    if (socket.writableLength === 0 || now > taken) {
      taken = now;
      movedAtMs = performance.now();
    } else if (performance.now() - movedAtMs >= stuckMs) socket.destroy();
  }, stuckMs / 4);
}

const pieceBytes = 1024;

/**
 * Node parses all requests of one read, 64 kB, even after the connection was cut: a thousand
 * requests in vain, which cost 50 ms. With small pieces, it stops at the end of a piece.
 */
function readInPieces(socket: Socket): void {
  const [parse] = socket.listeners('data');
  if (parse === undefined) return;
  socket.removeListener('data', parse as (bytes: Buffer) => void);
  socket.on('data', (bytes: Buffer) => {
    for (let at = 0; at < bytes.length && !socket.destroyed; at += pieceBytes)
      parse.call(socket, bytes.subarray(at, at + pieceBytes));
  });
}

/** How long a new connection is safe from later ones of the same address. */
const graceMs = 2000;

/**
 * Chooses among the connections of the address that has the most: the one that was idle longest, or
 * if all are very young the youngest, so that a flood closes its own connections. Pure.
 */
export function connectionToClose<
  One extends Pick<Connection, 'address' | 'usefulAtMs' | 'unanswered'>,
>(connections: readonly One[], nowMs: number = performance.now()): One {
  const counts = new Map<string, number>();
  for (const { address } of connections) counts.set(address, (counts.get(address) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const candidates = connections
    .filter(({ address }) => counts.get(address) === most)
    .sort((a, b) => a.usefulAtMs - b.usefulAtMs);
  const oldest = candidates[0]!;
  return nowMs - oldest.usefulAtMs > graceMs ? oldest : candidates.at(-1)!;
}
