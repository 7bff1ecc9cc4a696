// A connection to an AMQP broker by its library, with one channel on which the broker confirms each
// message.
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { BrokerAddress } from '../../kit/broker.ts';
import { optionalLibrary } from '../../kit/optional-library.ts';
import { noRoute, replyError } from './answers.ts';

export interface Broker {
  readonly address: BrokerAddress;
  readonly vhost: string;
  /** Undefined: in clear. */
  readonly tls: { readonly cert?: string; readonly key?: string; readonly ca?: string } | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface Connection {
  readonly model: ChannelModel;
  readonly channel: ConfirmChannel;
  /** How often each message came back, by its id. */
  readonly returned: Map<string, number>;
  isOpen: boolean;
  /** Why it was closed, once it is. */
  reason: Error | undefined;
}

/** Between signs of life, in seconds. */
const heartbeat = 30;

/** The signal ends it, also once it is open. @throws the library's error */
export async function connect(broker: Broker, signal: AbortSignal): Promise<Connection> {
  const library = await optionalLibrary('amqp', 'amqplib', () => import('amqplib'));
  signal.throwIfAborted();
  const { address, vhost, tls, username, password } = broker;
  const { host: hostname, port } = address;
  const login = username === undefined ? {} : { username, password: password ?? '' };
  const protocol = tls === undefined ? 'amqp' : 'amqps';
  const place = { protocol, hostname, port, vhost: encodeURIComponent(vhost), heartbeat };
  // Node's own option: an abort destroys the socket, however far the connection came.
  const socket = { ...tls, signal, noDelay: true, clientProperties: { connection_name: 'tocsin' } };
  const model = await library.connect({ ...place, ...login }, socket);
  const state: Pick<Connection, 'isOpen' | 'reason'> = { isOpen: true, reason: undefined };
  const fail = (error: Error) => {
    state.reason ??= error;
  };
  const close = () => {
    connection.isOpen = false;
  };
  model.on('error', fail).on('close', close);
  const channel = await model.createConfirmChannel();
  const returned = new Map<string, number>();
  channel.on('error', fail).on('close', close);
  channel.on('return', ({ properties }) => {
    const id = String(properties.messageId);
    returned.set(id, (returned.get(id) ?? 0) + 1);
  });
  const connection: Connection = Object.assign(state, { model, channel, returned });
  return connection;
}

export interface Outgoing {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: string;
  readonly deliveryId: string;
}

/** Resolves once the broker has stored it in a queue. @throws the library's error, or a reply's */
export async function publish(
  connection: Connection,
  { exchange, routingKey, body, deliveryId }: Outgoing,
): Promise<void> {
  const { channel, returned } = connection;
  const options = {
    ...{ mandatory: true, persistent: true, messageId: deliveryId },
    ...{ contentType: 'application/json', contentEncoding: 'utf-8', appId: 'tocsin' },
  };
  await new Promise<void>((resolve, reject) => {
    channel.publish(exchange, routingKey, Buffer.from(body), options, (error: Error | null) => {
      const times = returned.get(deliveryId) ?? 0;
      // What comes back comes before its confirmation.
      if (times > 1) returned.set(deliveryId, times - 1);
      else returned.delete(deliveryId);
      if (error) reject(isOfClosing(error) ? (connection.reason ?? error) : error);
      else if (times > 0) reject(replyError(noRoute));
      else resolve();
    });
  });
}

function isOfClosing({ message }: Error): boolean {
  return message === 'channel closed';
}

/** Asks for the exchange, or for the queue where there is none, on a channel of its own. */
export async function ask(
  { model }: Connection,
  { exchange, routingKey }: Pick<Outgoing, 'exchange' | 'routingKey'>,
): Promise<void> {
  const channel = await model.createChannel();
  // It is closed by the broker where there is no such thing; the answer says so as well.
  channel.on('error', () => {});
  if (exchange === '') await channel.checkQueue(routingKey);
  else await channel.checkExchange(exchange);
  await channel.close();
}
