// An MQTT broker on loopback for the tests of the sink mqtt: it reads and writes the packets of
// versions 5 and 3.1.1 as their standards say, by no code of the library, and answers as the test
// wants. It ends with its test.
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { mqtt } from '../../../src/sinks/mqtt/index.ts';
import { adapterContext } from '../../contract/adapter-cases.ts';
import { startSocketServer } from '../../support/far-end.ts';

export interface Published {
  readonly topic: string;
  readonly qos: number;
  readonly isRetained: boolean;
  readonly contentType: string | undefined;
  readonly userProperties: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A reason code of the answer, or no answer, or the end of the connection with or without one. */
export type Answer = number | 'hang' | 'reset' | { disconnect: number };

export interface Script {
  login?(client: Login): Answer;
  publish?(message: Published): Answer;
  /** Properties of CONNACK as their bytes. */
  readonly properties?: readonly number[];
  readonly isSecure?: boolean;
}

export interface Login {
  readonly level: number;
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const pem = (name: string) =>
  readFileSync(new URL(`../../fixtures/loopback-${name}.pem`, import.meta.url));

export async function mqttBroker(script: Script = {}) {
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
    serve(socket, script, { published, logins });
  });
  return { port, published, logins, open };
}

interface Heard {
  readonly published: Published[];
  readonly logins: Login[];
}

function serve(socket: Socket, script: Script, { published, logins }: Heard): void {
  let isV5 = true;
  /** @returns whether an answer with a code is due */
  const acts = (answer: Answer): answer is number => {
    if (answer === 'reset') socket.destroy();
    if (typeof answer === 'object') socket.end(Buffer.from([0xe0, 2, answer.disconnect, 0]));
    return typeof answer === 'number';
  };
  const on = (first: number, content: Buffer) => {
    const packet = new Packet(content);
    if (first >> 4 === 1) {
      const login = packet.login();
      isV5 = login.level === 5;
      logins.push(login);
      const answer = script.login?.(login) ?? 0;
      if (!acts(answer)) return;
      const { properties = [] } = script;
      const tail = isV5 ? [properties.length, ...properties] : [];
      socket.write(Buffer.from([0x20, 2 + tail.length, 0, answer, ...tail]));
      if (answer !== 0) socket.end();
    }
    if (first >> 4 === 3) {
      const { message, id } = packet.published(first, isV5);
      published.push(message);
      const answer = script.publish?.(message) ?? 0;
      if (!acts(answer)) return;
      socket.write(Buffer.from([0x40, isV5 ? 3 : 2, ...id, ...(isV5 ? [answer] : [])]));
    }
    if (first >> 4 === 12) socket.write(Buffer.from([0xd0, 0]));
  };
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const head = lengthIn(pending, 1);
      if (head === undefined || pending.length < head.at + head.length) return;
      const content = pending.subarray(head.at, head.at + head.length);
      const first = pending[0]!;
      pending = pending.subarray(head.at + head.length);
      on(first, content);
    }
  });
}

/** A number of up to four bytes; undefined if it is not there yet. @returns also where it ends */
function lengthIn(bytes: Buffer, from: number): { length: number; at: number } | undefined {
  let length = 0;
  for (let at = from; at < bytes.length && at < from + 4; at += 1) {
    length += (bytes[at]! & 0x7f) << (7 * (at - from));
    if (bytes[at]! < 0x80) return { length, at: at + 1 };
  }
  return undefined;
}

class Packet {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  #take(count: number): Buffer {
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  #text(): string {
    return this.#take(this.#take(2).readUInt16BE()).toString();
  }

  #properties(): Buffer {
    const { length, at } = lengthIn(this.#bytes, this.#at)!;
    this.#at = at;
    return this.#take(length);
  }

  login(): Login {
    if (this.#text() !== 'MQTT') throw new Error('no name of the protocol');
    const [level = 0, flags = 0] = this.#take(2);
    this.#take(2);
    if (level === 5) this.#properties();
    const clientId = this.#text();
    const username = flags & 0x80 ? this.#text() : undefined;
    return { level, clientId, username, password: flags & 0x40 ? this.#text() : undefined };
  }

  published(first: number, isV5: boolean): { message: Published; id: Buffer } {
    const topic = this.#text();
    const qos = (first >> 1) & 3;
    const id = this.#take(qos > 0 ? 2 : 0);
    const more = isV5 ? new Packet(this.#properties()).#ofMessage() : noProperties;
    const body = this.#bytes.subarray(this.#at).toString();
    return { id, message: { topic, qos, isRetained: (first & 1) === 1, ...more, body } };
  }

  #ofMessage(): Pick<Published, 'contentType' | 'userProperties'> {
    const userProperties: Record<string, string> = {};
    let contentType: string | undefined;
    while (this.#at < this.#bytes.length) {
      const [id] = this.#take(1);
      if (id === 1) this.#take(1);
      else if (id === 3) contentType = this.#text();
      else if (id === 0x26) userProperties[this.#text()] = this.#text();
      else throw new Error(`a property ${id} that the sink does not send`);
    }
    return { contentType, userProperties };
  }
}
const noProperties = { contentType: undefined, userProperties: {} };

export function sinkOf(port: number, settings: object = {}) {
  const base = { broker: `127.0.0.1:${port}`, topic: 'security/tocsin', tls: false };
  return mqtt.create(mqtt.config.parse({ ...base, ...settings }), adapterContext());
}

export const context = {
  deliveryId: 'soc-1',
  attempt: 1,
  signal: new AbortController().signal,
};
