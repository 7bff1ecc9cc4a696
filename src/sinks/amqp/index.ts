// Sink `amqp`: an event as data, published at a broker of AMQP 0-9-1 such as RabbitMQ. Nothing counts
// as sent before the broker has confirmed that a queue has it.
import { z } from 'zod';
import {
  addressOf,
  brokerAddress,
  brokerSecrets,
  brokerSettings,
  refuseHalves,
  tlsOptionsOf,
} from '../../kit/broker.ts';
import { recordFormat, recordWriter } from '../../kit/event-data.ts';
import { KeptConnection } from '../../kit/kept-connection.ts';
import { placeOf } from '../../kit/place.ts';
import type { Sink, SinkDefinition } from '../../kit/sink.ts';
import { failureOf } from './answers.ts';
import { ask, type Connection, connect, publish } from './connection.ts';

/** A short string of the protocol. */
const short = z
  .string()
  .refine((text) => Buffer.byteLength(text) < 256, 'has more than 255 bytes')
  .refine((text) => !text.includes('\0'), 'holds a NUL');

const config = z
  .strictObject({
    broker: brokerAddress.describe('The broker, as host:port or host; 5671, or 5672 in clear.'),
    vhost: short.min(1).default('/').describe('The virtual host.'),
    exchange: short.default('').describe('Where to publish; empty: straight to a queue.'),
    routing_key: short.default('').describe('By which queues are bound; or the name of the queue.'),
    format: recordFormat,
    ...brokerSettings,
  })
  .superRefine(refuseHalves)
  .superRefine(({ exchange, routing_key }, { addIssue }) => {
    if (exchange === '' && routing_key === '')
      addIssue({ code: 'custom', path: ['routing_key'], message: 'is empty, and so is exchange' });
  });

export const amqp: SinkDefinition<typeof config> = {
  type: 'amqp',
  config,
  example: { broker: 'rabbitmq.example.com', exchange: 'security', routing_key: 'tocsin' },
  secrets: brokerSecrets,
  create,
};

function create(settings: z.output<typeof config>): Sink {
  const { exchange, routing_key: routingKey, vhost, format, username, password } = settings;
  const tls = tlsOptionsOf(settings);
  const address = addressOf(settings.broker, tls === undefined ? 5672 : 5671);
  const origin = `${tls === undefined ? 'amqp' : 'amqps'}://${address.shown}`;
  const kept = new KeptConnection<Connection>({
    open: (signal) => connect({ address, vhost, tls, username, password }, signal),
    isOpen: ({ isOpen }) => isOpen,
    // The signal of its opening ends it.
    end: async () => {},
    failureOf: (error, isUnderWay) => failureOf(error, address.shown, isUnderWay),
  });

  /** @returns whether this user may ask */
  async function check(signal: AbortSignal): Promise<boolean> {
    return kept.use(signal, async (connection) => {
      try {
        await ask(connection, { exchange, routingKey });
        return true;
      } catch (error) {
        if ((error as { code?: unknown }).code === 403) return false;
        throw error;
      }
    });
  }

  const preview = recordWriter(format);
  return {
    origin,
    place: placeOf(origin, vhost, exchange, routingKey),
    preview,
    async send(message, { deliveryId, signal }) {
      const body = preview(message, deliveryId);
      const outgoing = { exchange, routingKey, body, deliveryId };
      await kept.use(signal, (connection) => publish(connection, outgoing));
    },
    async check(signal) {
      await check(signal);
    },
    async inspect(signal) {
      const may = await check(signal);
      const way = tls === undefined ? 'in clear' : 'over TLS';
      const what = exchange === '' ? 'the queue' : 'the exchange';
      const tested = may
        ? `answers ${way}, and ${what} is there. Not tried: the right to publish`
        : `answers ${way}. Not tried: whether ${what} is there, which this user may not ask`;
      return { tested, remarks: [] };
    },
    close: () => kept.close(),
  };
}
