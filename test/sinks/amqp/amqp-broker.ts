// A broker of AMQP 0-9-1 on loopback for the tests of the sink amqp: it reads and writes frames as
// the specification says, by no code of the library, and answers as RabbitMQ does or as the test
// wants. It ends with its test.
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { amqp } from '../../../src/sinks/amqp/index.ts';
import { adapterContext } from '../../contract/adapter-cases.ts';
import { startSocketServer } from '../../support/far-end.ts';

export interface Published {
  readonly exchange: string;
  readonly routingKey: string;
  readonly isMandatory: boolean;
  /** The properties that the sink sets, in the order of the specification. */
  readonly contentType: string;
  readonly deliveryMode: number;
  readonly messageId: string;
  readonly body: string;
}

/** A channel or a connection that the broker closes. */
export interface Closing {
  readonly code: number;
  readonly text?: string;
  readonly of: 'channel' | 'connection';
}
export type Answer = 'ack' | 'nack' | 'return' | 'hang' | 'reset' | Closing;

export interface Script {
  /** At a step of the opening. */
  readonly login?: 'hang' | 'reset' | Closing;
  readonly open?: Closing;
  publish?(message: Published): Answer;
  /** To a question for an exchange or a queue. */
  ask?(name: string): 'yes' | 'hang' | Closing;
  readonly isSecure?: boolean;
}

export interface Login {
  readonly mechanism: string;
  readonly response: string;
}

const pem = (name: string) =>
  readFileSync(new URL(`../../fixtures/loopback-${name}.pem`, import.meta.url));

export async function amqpBroker(script: Script = {}) {
  const published: Published[] = [];
  const logins: Login[] = [];
  const open = { count: 0 };
  const port = await startSocketServer((plain) => {
    open.count += 1;
    plain.on('close', () => {
      open.count -= 1;
    });
    const socket = script.isSecure
      ? new TLSSocket(plain, { isServer: true, key: pem('key'), cert: pem('certificate') })
      : plain;
    socket.on('error', () => {});
    new Client(socket, script, { published, logins }).listen();
  });
  return { port, published, logins, open };
}

const short = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const long = (text: string) => Buffer.concat([u32(text.length), Buffer.from(text)]);
const u16 = (number: number) => Buffer.from([number >> 8, number & 0xff]);
const u32 = (number: number) => Buffer.concat([u16(number >>> 16), u16(number & 0xffff)]);

interface Heard {
  readonly published: Published[];
  readonly logins: Login[];
}

class Client {
  readonly #socket: Socket;
  readonly #script: Script;
  readonly #heard: Heard;
  #pending = Buffer.alloc(0);
  #isGreeted = false;
  #tag = 0;
  /** A message whose parts still come. */
  #publish = { exchange: '', routingKey: '', isMandatory: false, size: 0, props: Buffer.alloc(0) };
  #body = Buffer.alloc(0);

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

  #take(): boolean {
    if (!this.#isGreeted) {
      if (this.#pending.length < 8) return false;
      if (!this.#pending.subarray(0, 4).equals(Buffer.from('AMQP'))) throw new Error('no AMQP');
      this.#pending = this.#pending.subarray(8);
      this.#isGreeted = true;
      this.#method(0, 10, 10, Buffer.from([0, 9]), u32(0), long('PLAIN'), long('en_US'));
      return true;
    }
    if (this.#pending.length < 8) return false;
    const size = this.#pending.readUInt32BE(3);
    if (this.#pending.length < size + 8) return false;
    const frame = this.#pending.subarray(0, size + 8);
    this.#pending = this.#pending.subarray(size + 8);
    const [type, channel, payload] = [frame[0]!, frame.readUInt16BE(1), frame.subarray(7, -1)];
    if (type === 1) this.#on(channel, payload.readUInt32BE(0), payload.subarray(4));
    if (type === 2) {
      this.#publish.size = Number(payload.readBigUInt64BE(4));
      this.#publish.props = payload.subarray(12);
      this.#body = Buffer.alloc(0);
    }
    if (type === 3) this.#body = Buffer.concat([this.#body, payload]);
    if (type === 3 && this.#body.length === this.#publish.size) this.#published(channel);
    return true;
  }

  #frame(type: number, channel: number, payload: Buffer): void {
    const head = Buffer.concat([Buffer.from([type]), u16(channel), u32(payload.length)]);
    this.#socket.write(Buffer.concat([head, payload, Buffer.from([0xce])]));
  }

  #method(channel: number, kind: number, method: number, ...fields: readonly Buffer[]): void {
    this.#frame(1, channel, Buffer.concat([u16(kind), u16(method), ...fields]));
  }

  #close({ code, text = 'NO', of }: Closing, channel: number): void {
    const [kind, method, on] = of === 'connection' ? [10, 50, 0] : [20, 40, channel];
    this.#method(on, kind, method, u16(code), short(text), u16(0), u16(0));
  }

  #on(channel: number, id: number, fields: Buffer): void {
    const { login, open, ask } = this.#script;
    const method = `${id >> 16}.${id & 0xffff}`;
    if (method === '10.11') {
      this.#login(fields);
      if (login === 'reset') this.#socket.destroy();
      else if (typeof login === 'object') this.#close(login, 0);
      else if (login === undefined) this.#method(0, 10, 30, u16(2047), u32(131_072), u16(60));
    }
    if (method === '10.40') {
      if (open) this.#close(open, 0);
      else this.#method(0, 10, 41, short(''));
    }
    if (method === '10.50') this.#method(0, 10, 51);
    if (method === '20.10') this.#method(channel, 20, 11, u32(0));
    if (method === '20.40') this.#method(channel, 20, 41);
    if (method === '85.10') this.#method(channel, 85, 11);
    if (method === '40.10' || method === '50.10') {
      const name = fields.subarray(3, 3 + fields[2]!).toString();
      const answer = ask?.(name) ?? 'yes';
      if (typeof answer === 'object') this.#close(answer, channel);
      else if (answer === 'yes' && method === '40.10') this.#method(channel, 40, 11);
      else if (answer === 'yes') this.#method(channel, 50, 11, short(name), u32(0), u32(0));
    }
    if (method === '60.40') {
      const keyAt = 3 + fields[2]!;
      const end = keyAt + 1 + fields[keyAt]!;
      this.#publish = {
        ...this.#publish,
        exchange: fields.subarray(3, keyAt).toString(),
        routingKey: fields.subarray(keyAt + 1, end).toString(),
        isMandatory: (fields[end]! & 1) === 1,
      };
    }
  }

  #login(fields: Buffer): void {
    let at = 4 + fields.readUInt32BE(0);
    const mechanism = fields.subarray(at + 1, at + 1 + fields[at]!).toString();
    at += 1 + fields[at]!;
    const response = fields.subarray(at + 4, at + 4 + fields.readUInt32BE(at)).toString();
    this.#heard.logins.push({ mechanism, response });
  }

  #published(channel: number): void {
    const { exchange, routingKey, isMandatory, props } = this.#publish;
    const message = { exchange, routingKey, isMandatory, ...ownProperties(props) };
    this.#heard.published.push({ ...message, body: this.#body.toString() });
    this.#tag += 1;
    const tag = Buffer.concat([u32(0), u32(this.#tag)]);
    const answer = this.#script.publish?.(this.#heard.published.at(-1)!) ?? 'ack';
    if (answer === 'reset') return void this.#socket.destroy();
    if (answer === 'hang') return;
    if (typeof answer === 'object') return void this.#close(answer, channel);
    if (answer === 'return') {
      this.#method(
        channel,
        60,
        50,
        u16(312),
        short('NO_ROUTE'),
        short(exchange),
        short(routingKey),
      );
      const size = Buffer.concat([u32(0), u32(this.#body.length)]);
      this.#frame(2, channel, Buffer.concat([u16(60), u16(0), size, props]));
      this.#frame(3, channel, this.#body);
    }
    if (answer === 'nack') this.#method(channel, 60, 120, tag, Buffer.from([0]));
    else this.#method(channel, 60, 80, tag, Buffer.from([0]));
  }
}

/** @throws if another property is there, or one is missing */
function ownProperties(props: Buffer) {
  // Content type, content encoding, headers, delivery mode, message id, app id.
  if (props.readUInt16BE(0) !== 0b1111_0000_1000_1000) throw new Error('other properties');
  let at = 2;
  const text = () => {
    const end = at + 1 + props[at]!;
    const read = props.subarray(at + 1, end).toString();
    at = end;
    return read;
  };
  const contentType = text();
  text();
  at += 4 + props.readUInt32BE(at);
  const deliveryMode = props[at]!;
  at += 1;
  return { contentType, deliveryMode, messageId: text() };
}

export function sinkOf(port: number, settings: object = {}) {
  const base = { broker: `127.0.0.1:${port}`, exchange: 'security', routing_key: 'tocsin' };
  const config = amqp.config.parse({ ...base, tls: false, ...settings });
  return amqp.create(config, adapterContext());
}

export const context = {
  deliveryId: 'soc-1',
  attempt: 1,
  signal: new AbortController().signal,
};
