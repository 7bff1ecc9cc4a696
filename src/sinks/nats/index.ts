// Sink `nats`: an event as data, published to a subject that a stream of JetStream takes. Nothing
// counts as sent before the stream has stored it.
import type { NatsConnection } from '@nats-io/transport-node';
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
import {
  expectStored,
  expectStream,
  failureOf,
  isForbidden,
  isUnheard,
  withoutJetStream,
  withoutLeader,
} from './answers.ts';
import { connect, request } from './connection.ts';

const subjectForm = /^[^\s.*>$\0][^\s.*>\0]*(?:\.[^\s.*>\0]+)*$/;
const credentialsForm = /^\s*-{3,}[^\n]*JWT-{3,}\n[\s\S]*\n-{3,}[^\n]*SEED-{3,}\n\S+\s*\n-{3,}/;

const config = z
  .strictObject({
    servers: z
      .array(brokerAddress)
      .min(1)
      .max(20)
      .describe('The servers of one cluster, as host:port or host; tried in any order.'),
    subject: z
      .string()
      .max(200)
      .regex(subjectForm, 'is no subject to publish to')
      .describe('Where to publish; a stream must take it.'),
    format: recordFormat,
    ...brokerSettings,
    token: z.string().min(1).optional().describe('The token, for servers that want one.'),
    credentials: z
      .string()
      .regex(credentialsForm, 'is no text of a .creds file')
      .optional()
      .describe('The text of a .creds file; credentials_file names the file.'),
  })
  .superRefine(refuseHalves)
  .superRefine(({ username, token, credentials }, { addIssue }) => {
    const logins = Object.entries({ username, token, credentials }).filter(([, set]) => set);
    for (const [name] of logins.slice(1))
      addIssue({ code: 'custom', path: [name], message: `is there beside ${logins[0]![0]}` });
  });
type Config = z.output<typeof config>;

export const nats: SinkDefinition<typeof config> = {
  type: 'nats',
  config,
  example: { servers: ['nats.example.com'], subject: 'security.tocsin' },
  secrets: [...brokerSecrets, 'token', 'credentials'],
  create,
};

function create(settings: Config): Sink {
  const { subject, format, username, password, token, credentials } = settings;
  const addresses = settings.servers.map((text) => addressOf(text, 4222).shown);
  const origin = `nats://${addresses[0]}`;
  const host = addresses.join(', ');
  const secrets = [password, token, credentials].filter((secret) => secret !== undefined);
  const server = { addresses, tls: tlsOptionsOf(settings), username, password, token, credentials };
  const kept = new KeptConnection<NatsConnection>({
    open: (signal) => connect(server, signal),
    isOpen: (connection) => !connection.isClosed(),
    end: (connection) => connection.close(),
    failureOf: (error, isUnderWay) => failureOf(error, host, isUnderWay),
  });

  /** @returns the stream's name; undefined if this user may not ask. */
  async function streamOn(connection: NatsConnection): Promise<string | undefined> {
    try {
      const question = JSON.stringify({ subject });
      const answer = await request(connection, '$JS.API.STREAM.NAMES', question);
      return expectStream(answer, host, subject);
    } catch (error) {
      if (isUnheard(error)) throw withoutJetStream(host);
      if (isForbidden(error)) return undefined;
      throw error;
    }
  }
  const check = (signal: AbortSignal) => kept.use(signal, streamOn);

  const preview = recordWriter(format);
  return {
    origin,
    place: placeOf(origin, subject),
    preview,
    async send(message, { deliveryId, signal }) {
      const body = preview(message, deliveryId);
      // Numbers begin anew in another database, and a stream drops a second message of one id.
      const id = `${deliveryId}.${Date.parse(message.event.receivedAt).toString(36)}`;
      await kept.use(signal, async (connection) => {
        try {
          const answer = await request(connection, subject, body, {
            'Nats-Msg-Id': id,
            'Content-Type': 'application/json',
          });
          expectStored(answer, host, secrets);
        } catch (error) {
          if (!isUnheard(error)) throw error;
          await streamOn(connection);
          throw withoutLeader(host);
        }
      });
    },
    async check(signal) {
      await check(signal);
    },
    async inspect(signal) {
      const stream = await check(signal);
      const way = settings.tls ? 'over TLS' : 'in clear';
      const told =
        stream === undefined
          ? '. Not tried: whether a stream takes the subject, which this user may not ask'
          : `, and the stream ${stream} takes the subject`;
      return { tested: `answers ${way}${told}`, remarks: [] };
    },
    close: () => kept.close(),
  };
}
