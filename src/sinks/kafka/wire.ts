// One connection to a Kafka broker, over which the codecs of the library speak. The library has one of
// its own, which knows no signal, waits for an answer of any length, and throws past its callers at
// one that it cannot read.
import type { API, Callback, Connection, ResponseParser } from '@platformatic/kafka';
import type { BrokerAddress, tlsOptionsOf } from '../../kit/broker.ts';
import { openConnection, openTlsConnection, type Socket } from '../../kit/tcp.ts';
import { Unreadable } from './answers.ts';

export type Library = typeof import('@platformatic/kafka');
/** Undefined: in clear. */
export type Tls = ReturnType<typeof tlsOptionsOf>;

/** Of one answer. That about a topic has some 60 bytes for each partition. */
const answerBytesMax = 4 * 1024 * 1024;

interface Waiting {
  /** Reads an answer, without its length and its number. */
  readonly answered: (body: Buffer) => void;
  readonly failed: (error: Error) => void;
}

export class Wire {
  readonly address: BrokerAddress;
  readonly #socket: Socket;
  readonly #library: Library;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #pending = Buffer.alloc(0);
  #failure: Error | undefined;

  private constructor(library: Library, address: BrokerAddress, socket: Socket) {
    this.#library = library;
    this.address = address;
    this.#socket = socket;
    socket.on('error', (error) => this.end(error));
    socket.on('close', () => this.end(closed()));
    socket.on('data', (chunk: Buffer) => this.#on(chunk));
  }

  /**
   * @param signal ends it, also once it is open
   * @throws the error of the socket, or the signal's reason
   */
  static async open(
    library: Library,
    address: BrokerAddress,
    tls: Tls,
    signal: AbortSignal,
  ): Promise<Wire> {
    const { host, port } = address;
    const where = { host, port, signal };
    const identity = tls?.cert === undefined ? undefined : tls;
    const socket = await (tls === undefined
      ? openConnection(where)
      : openTlsConnection(where, identity));
    socket.setNoDelay(true);
    return new Wire(library, address, socket);
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  /** @throws the library's error for an answer that says no, {@link Unreadable}, or the socket's */
  ask<Arguments extends unknown[], Answer>(
    api: API<Arguments, Answer>,
    ...question: Arguments
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const answered: Callback<Answer> = (error, answer) =>
        error === null ? resolve(answer) : reject(error);
      api(this.forLibrary, ...question, answered);
    });
  }

  /** Several questions, which the library asks itself. @throws as {@link ask} */
  converse<Answer>(begin: (ended: Callback<Answer>) => void): Promise<Answer> {
    return new Promise((resolve, reject) => {
      // What the library throws over an answer ends the connection, and nobody calls back.
      this.onEnd(reject);
      begin((error, answer) => (error === null ? resolve(answer) : reject(error)));
    });
  }

  /** Calls it with the reason once the connection has ended. */
  onEnd(ended: (error: Error) => void): void {
    this.#socket.once('close', () => ended(this.#failure!));
  }

  /** Of a connection, the codecs use `send` alone. */
  get forLibrary(): Connection {
    return this as unknown as Connection;
  }

  /** As the library's own connection has it. */
  send<Answer>(
    ...[key, version, question, parse, hasTags, hasAnswerTags, callback]: [
      key: number,
      version: number,
      question: () => InstanceType<Library['Writer']>,
      parse: ResponseParser<Answer>,
      hasTags: boolean,
      hasAnswerTags: boolean,
      callback: Callback<Answer>,
    ]
  ): void {
    const { Writer, Reader, DynamicBuffer } = this.#library;
    const failed = (error: Error) => callback(error, undefined as Answer);
    if (this.#failure !== undefined) return void failed(this.#failure);
    this.#last += 1;
    const id = this.#last;
    const head = Writer.create().appendInt16(key).appendInt16(version).appendInt32(id);
    head.appendString('tocsin', false);
    if (hasTags) head.appendTaggedFields();
    const frame = head.appendFrom(question()).prependLength().buffer;
    const answered = (body: Buffer) => {
      const reader = new Reader(new DynamicBuffer(body));
      if (hasAnswerTags) reader.skip(1);
      let answer: Answer;
      try {
        answer = parse(id, key, version, reader) as Answer;
      } catch (error) {
        const isAnswer = error instanceof this.#library.ResponseError;
        return void failed(isAnswer ? error : new Unreadable());
      }
      callback(null, answer);
    };
    this.#waiting.set(id, { answered, failed });
    this.#socket.write(frame);
  }

  /** At once; what waits for an answer fails with the error. */
  end(error: Error = closed()): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#socket.destroy();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { failed } of waiting) failed(error);
  }

  #on(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    try {
      while (this.isOpen && this.#take());
    } catch {
      this.end(new Unreadable());
    }
  }

  /** @returns whether there may be another answer */
  #take(): boolean {
    if (this.#pending.length < 4) return false;
    const end = 4 + this.#pending.readInt32BE(0);
    if (end < 8 || end > answerBytesMax) throw new Unreadable();
    if (this.#pending.length < end) return false;
    const id = this.#pending.readInt32BE(4);
    const body = this.#pending.subarray(8, end);
    this.#pending = this.#pending.subarray(end);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) throw new Unreadable();
    this.#waiting.delete(id);
    waiting.answered(body);
    return true;
  }
}

function closed(): Error {
  return Object.assign(new Error('closed'), { code: 'ECONNRESET' });
}
