// Sink `kafka`: an event as data, written to a topic of Apache Kafka. Nothing counts as sent before all
// replicas in step have it.
import { z } from 'zod';
import type { AdapterContext } from '../../kit/adapter.ts';
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
import { failureOf, forbidden } from './answers.ts';
import { Cluster } from './cluster.ts';
import { mechanisms } from './login.ts';

const config = z
  .strictObject({
    brokers: z
      .array(brokerAddress)
      .min(1)
      .max(20)
      .describe('Some brokers of the cluster, as host:port or host (9092); they name the others.'),
    topic: z
      .string()
      .max(249)
      .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]+$/, 'is no name of a topic')
      .describe('Where to write; it must exist.'),
    format: recordFormat,
    mechanism: z
      .enum(mechanisms)
      .default('SCRAM-SHA-512')
      .describe('How username and password are proven.'),
    ...brokerSettings,
  })
  .superRefine(refuseHalves);

export const kafka: SinkDefinition<typeof config> = {
  type: 'kafka',
  config,
  example: { brokers: ['kafka-1.example.com', 'kafka-2.example.com'], topic: 'security.tocsin' },
  secrets: brokerSecrets,
  create,
};

/** After which partitions that were added are found, milliseconds. */
const ageMax = 300_000;

interface Held {
  readonly cluster: Cluster;
  readonly since: number;
}

function create(settings: z.output<typeof config>, { now }: AdapterContext): Sink {
  const { topic, format, mechanism, username, password } = settings;
  const brokers = settings.brokers.map((text) => addressOf(text, 9092));
  const tls = tlsOptionsOf(settings);
  const login =
    username === undefined || password === undefined
      ? undefined
      : { mechanism, username, password };
  const host = brokers.map(({ shown }) => shown).join(', ');
  const origin = `kafka://${brokers[0]!.shown}`;
  const kept = new KeptConnection<Held>({
    open: async (signal) => ({
      cluster: await Cluster.open({ brokers, topic, tls, login }, signal),
      since: now(),
    }),
    isOpen: ({ since }) => now() - since < ageMax,
    // The signal of its opening ends it.
    end: async () => {},
    failureOf: (error, isUnderWay) => failureOf(error, host, isUnderWay),
  });

  const check = (signal: AbortSignal) =>
    kept.use(signal, async ({ cluster }) => {
      const { leaders, mayWrite } = await cluster.ask();
      if (mayWrite === false) throw forbidden(host);
      await cluster.reach();
      return { partitions: leaders.length, mayWrite };
    });

  const preview = recordWriter(format);
  return {
    origin,
    place: placeOf(origin, topic),
    preview,
    async send(message, { deliveryId, signal }) {
      const body = preview(message, deliveryId);
      await kept.use(signal, ({ cluster }) => cluster.produce({ body, deliveryId, time: now() }));
    },
    async check(signal) {
      await check(signal);
    },
    async inspect(signal) {
      const { partitions, mayWrite } = await check(signal);
      const way = `${tls === undefined ? 'in clear' : 'over TLS'}${login ? ', takes the login' : ''}`;
      const tested = `answers ${way}, and every leader of the topic’s partitions (${partitions}) does`;
      const untold = mayWrite === undefined ? '. Not tried: the right to write' : '';
      return { tested: `${tested}${untold}`, remarks: [] };
    },
    close: () => kept.close(),
  };
}
