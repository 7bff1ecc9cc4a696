// A broker of Kafka on loopback for the tests of the sink kafka: it reads and writes the protocol by no
// code of the library, and answers as Kafka does or as the test wants. It ends with its test.
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { kafka } from '../../../src/sinks/kafka/index.ts';
import { adapterContext } from '../../contract/adapter-cases.ts';
import { startSocketServer } from '../../support/far-end.ts';
import {
  Bytes,
  compactBytes,
  compactList,
  compactText,
  i8,
  i16,
  i32,
  i64,
  list,
  noTags,
  nothing,
  recordIn,
  text,
} from './bytes.ts';
import { ScramServer } from './scram-server.ts';

export interface Written {
  readonly topic: string;
  readonly partition: number;
  readonly version: number;
  readonly acks: number;
  readonly time: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A code of the protocol, or what breaks it. `else`: an answer about another partition. */
export type Answer = number | 'hang' | 'reset' | 'else';
export type Step = 'connect' | 'versions' | 'login' | 'metadata';

export interface Leader {
  readonly node: number;
  readonly host?: string;
  readonly port: number;
}

export interface Script {
  /** Where it goes no further, and how. */
  readonly at?: Step;
  readonly does?: 'hang' | 'reset';
  /** In place of every answer; `id` is that of the question. */
  readonly says?: (id: Buffer) => Buffer;
  /** By the key of the question. */
  readonly versions?: Readonly<Record<number, readonly [min: number, max: number]>>;
  /** Without any, it takes no login; with some, it does nothing before one. */
  readonly users?: Readonly<Record<string, string>>;
  readonly mechanisms?: readonly string[];
  /** In place of the first answer to a SCRAM login; `:nonce:` is that of the client. */
  readonly challenge?: string;
  /** In place of the last one. */
  readonly proof?: string;
  readonly topic?: () => { readonly code?: number; readonly operations?: number };
  /** Who leads each partition; undefined: nobody. The broker itself, if there is no list. */
  readonly leaders?: readonly (Leader | undefined)[];
  write?(message: Written, nth: number): Answer;
  readonly isSecure?: boolean;
}

export interface KafkaBroker {
  readonly port: number;
  readonly written: readonly Written[];
  /** What each connection asked for, in order: keys of the protocol. */
  readonly asked: readonly number[];
  readonly open: { count: number; ever: number };
  /** Closes every connection. */
  hangUp(): void;
}

export const keys = { produce: 0, metadata: 3, handshake: 17, versions: 18, login: 36 } as const;
export const topic = 'security.tocsin';

const pem = (name: string) =>
  readFileSync(new URL(`../../fixtures/loopback-${name}.pem`, import.meta.url));

interface Heard {
  readonly written: Written[];
  readonly asked: number[];
  readonly self: { port: number };
}

export async function kafkaBroker(script: Script = {}): Promise<KafkaBroker> {
  const heard: Heard = { written: [], asked: [], self: { port: 0 } };
  const open = { count: 0, ever: 0 };
  const sockets = new Set<Socket>();
  const port = await startSocketServer((plain) => {
    open.count += 1;
    open.ever += 1;
    sockets.add(plain);
    plain.on('close', () => {
      open.count -= 1;
      sockets.delete(plain);
    });
    if (script.at === 'connect') {
      // Read to the end, so that it sees the far side close.
      if (script.does === 'reset') plain.resetAndDestroy();
      return void plain.resume();
    }
    const socket = script.isSecure
      ? new TLSSocket(plain, { isServer: true, key: pem('key'), cert: pem('certificate') })
      : plain;
    socket.on('error', () => {});
    new Client(socket, script, heard).listen();
  });
  heard.self.port = port;
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return { port, written: heard.written, asked: heard.asked, open, hangUp };
}

class Client {
  readonly #socket: Socket;
  readonly #script: Script;
  readonly #heard: Heard;
  #pending = Buffer.alloc(0);
  #mechanism = '';
  #scram: ScramServer | undefined;
  #isIn: boolean;

  constructor(socket: Socket, script: Script, heard: Heard) {
    this.#socket = socket;
    this.#script = script;
    this.#heard = heard;
    this.#isIn = script.users === undefined;
  }

  listen(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#pending = Buffer.concat([this.#pending, chunk]);
      while (this.#take());
    });
  }

  #take(): boolean {
    if (this.#pending.length < 4) return false;
    const end = 4 + this.#pending.readInt32BE();
    if (this.#pending.length < end) return false;
    const frame = this.#pending.subarray(4, end);
    this.#pending = this.#pending.subarray(end);
    const question = new Bytes(frame);
    const [key, version] = [question.i16(), question.i16()];
    const id = question.take(4);
    if (question.text(false) !== 'tocsin') throw new Error('another client');
    this.#heard.asked.push(key);
    const { says } = this.#script;
    if (says !== undefined) this.#socket.write(says(id));
    else this.#on(key, version, { id, question });
    return true;
  }

  #isStopped(at: Step): boolean {
    if (this.#script.at !== at) return false;
    if (this.#script.does === 'reset') this.#socket.destroy();
    return true;
  }

  /** @param hasTags of the head of the answer */
  #answer(id: Buffer, hasTags: boolean, ...fields: readonly Buffer[]): void {
    const body = Buffer.concat([id, ...(hasTags ? [noTags] : []), ...fields]);
    this.#socket.write(Buffer.concat([i32(body.length), body]));
  }

  #on(key: number, version: number, { id, question }: { id: Buffer; question: Bytes }): void {
    if (key === keys.versions) this.#versions(id);
    else if (key === keys.handshake) this.#handshake(id, question.text(false));
    else if (key === keys.login) {
      question.tags(true);
      this.#login(id, question.bytes(true));
    } else if (!this.#isIn) this.#socket.destroy();
    else if (key === keys.metadata) {
      question.tags(true);
      this.#metadata(id, version, question);
    } else if (key === keys.produce) this.#produce(id, version, question);
  }

  #versions(id: Buffer): void {
    if (this.#isStopped('versions')) return;
    const known = { 0: [3, 13], 3: [0, 13], 17: [0, 1], 18: [0, 4], 36: [0, 2] };
    const taken = Object.entries({ ...known, ...this.#script.versions });
    const one = ([key, [min, max]]: [string, readonly number[]]) =>
      Buffer.concat([i16(Number(key)), i16(min!), i16(max!), noTags]);
    this.#answer(id, false, i16(0), compactList(taken.map(one)), i32(0), noTags);
  }

  #handshake(id: Buffer, mechanism: string): void {
    if (this.#isStopped('login')) return;
    const { users, mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] } = this.#script;
    const code = users === undefined ? 34 : mechanisms.includes(mechanism) ? 0 : 33;
    this.#mechanism = mechanism;
    this.#answer(id, false, i16(code), list(mechanisms.map(text)));
  }

  #login(id: Buffer, bytes: Buffer): void {
    const { users = {}, challenge, proof } = this.#script;
    if (this.#mechanism === 'PLAIN') {
      const [, name = '', password] = bytes.toString().split('\0');
      this.#said(id, users[name] === password ? { done: '' } : 'no');
      return;
    }
    if (this.#scram === undefined) {
      this.#scram = new ScramServer(this.#mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512');
      const first = this.#scram.first(bytes.toString(), users);
      const nonce = /,r=(.*)$/.exec(bytes.toString())![1]!;
      this.#said(id, { more: challenge?.replace(':nonce:', nonce) ?? first });
    } else {
      const last = this.#scram.last(bytes.toString());
      this.#said(id, last === undefined ? 'no' : { done: proof ?? last });
    }
  }

  #said(id: Buffer, what: { more: string } | { done: string } | 'no'): void {
    if (what !== 'no' && 'done' in what) this.#isIn = true;
    const [code, message] =
      what === 'no' ? [58, compactText('hunter2-hunter2 is wrong')] : [0, nothing];
    const answer = what === 'no' ? '' : 'done' in what ? what.done : what.more;
    const bytes = compactBytes(Buffer.from(answer));
    this.#answer(id, true, i16(code), message, bytes, i64(0), noTags);
  }

  #metadata(id: Buffer, version: number, question: Bytes): void {
    if (this.#isStopped('metadata')) return;
    const [name] = question.list(true, () => {
      if (version >= 10) question.take(16);
      const asked = question.text(true);
      question.tags(true);
      return asked;
    });
    if (question.i8() !== 0) throw new Error('makes topics');
    const { port } = this.#heard.self;
    const { leaders = [{ node: 1, port }] } = this.#script;
    const { code = 0, operations = 0x1f_ff } = this.#script.topic?.() ?? {};
    const brokers = new Map(leaders.flatMap((leader) => (leader ? [[leader.node, leader]] : [])));
    const broker = ({ node, host = '127.0.0.1', port: at }: Leader) =>
      Buffer.concat([i32(node), compactText(host), i32(at), nothing, noTags]);
    const nodes = compactList([i32(1)]);
    const partition = (leader: Leader | undefined, index: number) =>
      Buffer.concat([
        ...[i16(leader ? 0 : 5), i32(index), i32(leader?.node ?? -1), i32(4)],
        ...[nodes, nodes, compactList([]), noTags],
      ]);
    const facts = Buffer.concat([
      ...[i16(code), compactText(name!), Buffer.alloc(version >= 10 ? 16 : 0), i8(0)],
      compactList(code === 0 ? leaders.map(partition).reverse() : []),
      ...[i32(operations), noTags],
    ]);
    this.#answer(
      ...([id, true, i32(0), compactList([...brokers.values()].map(broker))] as const),
      ...[compactText('cluster'), i32(1), compactList([facts])],
      ...[version <= 10 ? i32(-2_147_483_648) : Buffer.alloc(0), noTags],
    );
  }

  #produce(id: Buffer, version: number, question: Bytes): void {
    const isCompact = version >= 9;
    question.tags(isCompact);
    question.bytes(isCompact, 'short');
    const [acks] = [question.i16(), question.i32()];
    const [message] = question
      .list(isCompact, () => {
        const to = question.text(isCompact);
        const parts = question.list(isCompact, () => {
          const partition = question.i32();
          const record = recordIn(question.bytes(isCompact));
          question.tags(isCompact);
          return { topic: to, partition, version, acks, ...record };
        });
        question.tags(isCompact);
        return parts;
      })
      .flat();
    this.#heard.written.push(message!);
    const answer = this.#script.write?.(message!, this.#heard.written.length) ?? 0;
    if (answer === 'reset') this.#socket.destroy();
    else if (answer !== 'hang') this.#answerProduce(id, message!, answer);
  }

  #answerProduce(id: Buffer, { version, topic: to, partition }: Written, answer: 'else' | number) {
    const isCompact = version >= 9;
    const [listOf, textOf] = isCompact ? [compactList, compactText] : [list, text];
    const tags = isCompact ? [noTags] : [];
    const code = answer === 'else' ? 0 : answer;
    const head = [i32(answer === 'else' ? partition + 1 : partition), i16(code)];
    const none = isCompact ? nothing : i16(-1);
    const errors = version >= 8 ? [listOf([]), none] : [];
    const offset = code === 0 ? 7 : -1;
    const part = Buffer.concat([...head, i64(offset), i64(-1), i64(0), ...errors, ...tags]);
    const about = Buffer.concat([textOf(to), listOf([part]), ...tags]);
    this.#answer(id, isCompact, listOf([about]), i32(0), ...tags);
  }
}

export function sinkOf(port: number, settings: object = {}) {
  const config = kafka.config.parse({
    brokers: [`127.0.0.1:${port}`],
    topic,
    tls: false,
    ...settings,
  });
  return kafka.create(config, adapterContext());
}

export const context = {
  deliveryId: 'soc-1',
  attempt: 1,
  signal: new AbortController().signal,
};
