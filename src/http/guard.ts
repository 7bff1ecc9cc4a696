// Bounds what visitors of the HTTP server can cost: connections, requests at once, answers that
// nobody reads, requests a second. Probes and scrapes must get through while somebody holds
// connections, so room is made for what is new instead of refusing it.
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
  /** Requests of one connection that are not answered yet; whoever sends more is cut off. */
  readonly pipelinedMax: number;
  /** From a request to the last byte of its answer, in milliseconds; then the connection is cut. */
  readonly answerMs: number;
  /**
   * Requests handled a second, of all visitors together. What is beyond waits its turn, the
   * visitors one after the other.
   */
  readonly perSecond: number;
  /** So many may be handled at once before that counts. */
  readonly burst: number;
}

export const defaultLimits: GuardLimits = {
  connectionsMax: 128,
  pipelinedMax: 4,
  answerMs: 10_000,
  perSecond: 200,
  burst: 100,
};

/**
 * For `createServer`. Slow senders are looked for every second; by itself Node does so every half
 * minute.
 */
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
  /** When it was opened, or its last answer was done. Monotonic milliseconds. */
  usefulAtMs: number;
  unanswered: number;
}

interface Waiting {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Handles the requests of `server` by `handle`, within `limits`. Call it before the server listens.
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
  /** By address, in the order of whose turn it is. */
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
    // The parser goes on with what it has read of a connection that is cut.
    if (connection === undefined || socket.destroyed) return;
    connection.unanswered += 1;
    if (connection.unanswered > this.#limits.pipelinedMax) {
      this.#connections.delete(socket);
      socket.destroy();
      return;
    }
    const timer = setTimeout(() => socket.destroy(), this.#limits.answerMs);
    response.once('close', () => {
      clearTimeout(timer);
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
      // Who waits for nothing any more costs no turn.
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

const pieceBytes = 1024;

/**
 * Node makes requests of all that one reading brought, 64 kB, also once the connection is cut: a
 * thousand requests in vain, which cost 50 ms. In pieces it ends with the piece.
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

/**
 * A visitor who has just come gets so long to be answered before others of the same address push it
 * out.
 */
const graceMs = 2000;

/**
 * Of the address with the most connections, the one that has been of no use for the longest; among
 * very young ones the youngest, so that a flood pushes itself out. Pure.
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
