// A NATS server on loopback for the tests of the sink nats: it speaks the protocol of clients as
// https://docs.nats.io/reference/reference-protocols/nats-protocol says, and answers as JetStream
// does, or as the test wants. It ends with its test.
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { nats } from '../../../src/sinks/nats/index.ts';
import { adapterContext } from '../../contract/adapter-cases.ts';
import { startSocketServer } from '../../support/far-end.ts';

export interface Published {
  readonly subject: string;
  readonly headers: string;
  readonly body: string;
}

/** What it does with a message: an answer, none, a broken connection, a protocol error. */
export type Answer = { json: unknown } | { error: string } | 'unheard' | 'hang' | 'reset';

export interface Script {
  /** When it says nothing at all, or hangs up. */
  readonly at?: 'connect' | 'login';
  readonly does?: 'hang' | 'reset';
  /** In place of the usual greeting. */
  readonly greeting?: string;
  readonly refuses?: string;
  readonly info?: object;
  /** Encrypts after the greeting. */
  readonly isSecure?: boolean;
  publish?(message: Published, nth: number): Answer;
  streams?(): Answer;
}

export interface NatsServer {
  readonly port: number;
  readonly published: readonly Published[];
  /** What clients said of themselves. */
  readonly logins: readonly Record<string, unknown>[];
  readonly open: { count: number };
}

const stored = (seq: number): Answer => ({ json: { stream: 'EVENTS', seq } });
const pem = (name: string) =>
  readFileSync(new URL(`../../fixtures/loopback-${name}.pem`, import.meta.url));

export async function natsServer(script: Script = {}): Promise<NatsServer> {
  const published: Published[] = [];
  const logins: Record<string, unknown>[] = [];
  const open = { count: 0 };
  const port = await startSocketServer((plain) => {
    open.count += 1;
    plain.on('close', () => {
      open.count -= 1;
    });
    if (script.at === 'connect') return void (script.does === 'reset' && plain.resetAndDestroy());
    const { isSecure = false, info, greeting } = script;
    const facts = {
      ...{ server_id: 'S', server_name: 's', version: '2.15.3', go: 'go1', proto: 1 },
      ...{ host: '127.0.0.1', port: 4222, headers: true, max_payload: 67_108_864, jetstream: true },
      ...(isSecure && { tls_required: true }),
      ...info,
    };
    plain.write(greeting ?? `INFO ${JSON.stringify(facts)}\r\n`);
    const socket = isSecure
      ? new TLSSocket(plain, { isServer: true, key: pem('key'), cert: pem('certificate') })
      : plain;
    socket.on('error', () => {});
    new Client(socket, script, { published, logins }).listen();
  });
  return { port, published, logins, open };
}

interface Heard {
  readonly published: Published[];
  readonly logins: Record<string, unknown>[];
}

class Client {
  readonly #socket: Socket;
  readonly #script: Script;
  readonly #heard: Heard;
  #pending = Buffer.alloc(0);
  #inbox = { prefix: '', sid: '' };

  constructor(socket: Socket, script: Script, heard: Heard) {
    this.#socket = socket;
    this.#script = script;
    this.#heard = heard;
  }

  listen(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#pending = Buffer.concat([this.#pending, chunk]);
      while (this.#take());
    });
  }

  /** @returns whether there may be more */
  #take(): boolean {
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) return false;
    const [verb = '', ...words] = this.#pending.subarray(0, end).toString().split(' ');
    if (verb !== 'PUB' && verb !== 'HPUB') {
      this.#pending = this.#pending.subarray(end + 2);
      this.#on(verb.toUpperCase(), words);
      return true;
    }
    const total = Number(words.at(-1));
    if (this.#pending.length < end + 2 + total + 2) return false;
    const payload = this.#pending.subarray(end + 2, end + 2 + total);
    this.#pending = this.#pending.subarray(end + 2 + total + 2);
    const headLength = verb === 'HPUB' ? Number(words.at(-2)) : 0;
    const [subject = '', reply = ''] = words;
    const headers = payload.subarray(0, headLength).toString();
    this.#published({ subject, headers, body: payload.subarray(headLength).toString() }, reply);
    return true;
  }

  #on(verb: string, words: readonly string[]): void {
    const { at, does, refuses } = this.#script;
    if (verb === 'CONNECT') this.#heard.logins.push(JSON.parse(words.join(' ')));
    if (verb === 'SUB') this.#inbox = { prefix: words[0]!.replace('*', ''), sid: words.at(-1)! };
    if (verb !== 'PING') return;
    if (refuses !== undefined) return void this.#socket.end(`-ERR '${refuses}'\r\n`);
    if (at !== 'login') this.#socket.write('PONG\r\n');
    else if (does === 'reset') this.#socket.destroy();
  }

  #published(message: Published, reply: string): void {
    const isQuestion = message.subject.startsWith('$JS.API.');
    if (!isQuestion) this.#heard.published.push(message);
    const { publish = (_message, nth) => stored(nth), streams } = this.#script;
    const answer = isQuestion
      ? (streams?.() ?? { json: { total: 1, offset: 0, limit: 1024, streams: ['EVENTS'] } })
      : publish(message, this.#heard.published.length);
    if (answer === 'reset') this.#socket.destroy();
    else if (answer === 'unheard')
      this.#send(`HMSG ${reply} ${this.#inbox.sid} 16 16`, 'NATS/1.0 503\r\n\r\n');
    else if (answer !== 'hang') {
      if ('error' in answer) return void this.#socket.write(`-ERR '${answer.error}'\r\n`);
      const text = typeof answer.json === 'string' ? answer.json : JSON.stringify(answer.json);
      this.#send(`MSG ${reply} ${this.#inbox.sid} ${Buffer.byteLength(text)}`, text);
    }
  }

  #send(line: string, payload: string): void {
    this.#socket.write(`${line}\r\n${payload}\r\n`);
  }
}

export const subject = 'security.tocsin';

export function sinkOf(port: number, settings: object = {}) {
  const base = { servers: [`127.0.0.1:${port}`], subject, tls: false };
  return nats.create(nats.config.parse({ ...base, ...settings }), adapterContext());
}

export const context = {
  deliveryId: 'soc-1',
  attempt: 1,
  signal: new AbortController().signal,
};
