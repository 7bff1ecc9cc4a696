// Sink `mqtt`: an event as data, published to a topic with QoS 1. Nothing counts as sent before the
// broker has acknowledged it.
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
import { type Connection, connect, publish } from './connection.ts';

const config = z
  .strictObject({
    broker: brokerAddress.describe('The broker, as host:port or host; 8883, or 1883 in clear.'),
    topic: z
      .string()
      .max(1_000)
      .regex(/^[^\s$+#\0][^+#\0]*$/, 'is no topic to publish to')
      .describe(
        'Where to publish, such as security/tocsin: without + and #, which are for readers.',
      ),
    format: recordFormat,
    version: z.enum(['5', '3.1.1']).default('5').describe('Of MQTT; 5 tells why it refuses.'),
    ...brokerSettings,
  })
  .superRefine(refuseHalves);

export const mqtt: SinkDefinition<typeof config> = {
  type: 'mqtt',
  config,
  example: { broker: 'mqtt.example.com', topic: 'security/tocsin' },
  secrets: brokerSecrets,
  create,
};

function create(settings: z.output<typeof config>): Sink {
  const { topic, format, version, username, password } = settings;
  const tls = tlsOptionsOf(settings);
  const address = addressOf(settings.broker, tls === undefined ? 1883 : 8883);
  const origin = `${tls === undefined ? 'mqtt' : 'mqtts'}://${address.shown}`;
  const kept = new KeptConnection<Connection>({
    open: (signal) => connect({ address, version, tls, username, password }, signal),
    isOpen: ({ client }) => client.connected,
    end: async ({ client }) => void client.end(true),
    failureOf: (error, isUnderWay) => failureOf(error, address.shown, isUnderWay),
  });
  const check = (signal: AbortSignal) => kept.use(signal, async () => {});
  const preview = recordWriter(format);
  return {
    origin,
    place: placeOf(origin, topic),
    preview,
    async send(message, { deliveryId, signal }) {
      const body = preview(message, deliveryId);
      await kept.use(signal, (connection) => publish(connection, { topic, body, deliveryId }));
    },
    check,
    async inspect(signal) {
      await check(signal);
      const way = `${tls === undefined ? 'in clear' : 'over TLS'}${username ? ', and takes the login' : ''}`;
      return { tested: `answers ${way}. Not tried: the right to publish`, remarks: [] };
    },
    close: () => kept.close(),
  };
}
