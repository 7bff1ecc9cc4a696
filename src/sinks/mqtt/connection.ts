// A connection to an MQTT broker by its library, of which everything that repeats or waits by itself
// is switched off.
import { randomBytes } from 'node:crypto';
import type { IClientOptions, IConnackPacket, MqttClient } from 'mqtt';
import type { BrokerAddress } from '../../kit/broker.ts';
import { optionalLibrary } from '../../kit/optional-library.ts';
import { noSubscribers, reasonError } from './answers.ts';

export interface Broker {
  readonly address: BrokerAddress;
  readonly version: '5' | '3.1.1';
  /** Undefined: in clear. */
  readonly tls: { readonly cert?: string; readonly key?: string; readonly ca?: string } | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface Connection {
  readonly client: MqttClient;
  /** Of a whole packet, in bytes. */
  readonly sizeMax: number;
  /** Ids of messages that were acknowledged and dropped. */
  readonly unheard: Set<number>;
  /** Rejects with the reason once it is closed. */
  readonly lost: Promise<never>;
}

/** The longest that a sink's timeout may be, milliseconds: the signal ends it sooner. */
const connectTimeout = 300_000;

/** @throws the library's error, or an AdapterError if it is not installed */
export async function connect(broker: Broker, signal: AbortSignal): Promise<Connection> {
  const library = await optionalLibrary('mqtt', 'mqtt', () => import('mqtt'));
  signal.throwIfAborted();
  const client = library.connect(optionsOf(broker));
  signal.addEventListener('abort', () => client.end(true), { once: true });
  const unheard = new Set<number>();
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'puback' && packet.reasonCode === noSubscribers)
      unheard.add(packet.messageId ?? 0);
  });
  let reason: Error = new Error('closed');
  client.on('error', (error) => {
    reason = error;
    // The library goes on listening to what it cannot read.
    client.end(true);
  });
  client.on('disconnect', ({ reasonCode }) => {
    if (reasonCode) reason = reasonError(reasonCode);
  });
  const lost = new Promise<never>((_resolve, reject) => {
    client.once('close', () => reject(reason));
  });
  lost.catch(() => {});
  const greeted = new Promise<IConnackPacket>((resolve) => client.once('connect', resolve));
  const { properties } = await Promise.race([greeted, lost]);
  if (properties?.maximumQoS === 0) {
    client.end(true);
    throw reasonError(0x9b);
  }
  const sizeMax = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
  return { client, sizeMax, unheard, lost };
}

function optionsOf({ address, version, tls, username, password }: Broker): IClientOptions {
  const { host, port } = address;
  return {
    ...{ ...tls, host, port, protocol: tls === undefined ? 'mqtt' : 'mqtts' },
    protocolVersion: version === '5' ? 5 : 4,
    // Two connections of one name end each other, and `check` runs beside the service.
    clientId: `tocsin-${randomBytes(6).toString('hex')}`,
    ...(username !== undefined && { username, password: password ?? '' }),
    ...{ clean: true, reconnectPeriod: 0, resubscribe: false, queueQoSZero: false, connectTimeout },
    timerVariant: 'native',
  };
}

export interface Outgoing {
  readonly topic: string;
  readonly body: string;
  /** A property of the message, which only version 5 has. */
  readonly deliveryId: string;
}

/** Resolves once the broker has acknowledged it. @throws the library's error, or its reason's */
export async function publish(
  { client, sizeMax, unheard, lost }: Connection,
  { topic, body, deliveryId }: Outgoing,
): Promise<void> {
  const properties = {
    payloadFormatIndicator: true,
    contentType: 'application/json',
    userProperties: { 'tocsin-delivery': deliveryId },
  };
  const head = 100 + Buffer.byteLength(topic) + Buffer.byteLength(deliveryId);
  if (head + Buffer.byteLength(body) > sizeMax) throw reasonError(0x95);
  const published = new Promise<void>((resolve, reject) => {
    client.publish(topic, body, { qos: 1, retain: false, properties }, (error) => {
      if (error) reject(error);
      else if (unheard.delete(id)) reject(reasonError(noSubscribers));
      else resolve();
    });
    const id = client.getLastMessageId();
  });
  await Promise.race([published, lost]);
}
