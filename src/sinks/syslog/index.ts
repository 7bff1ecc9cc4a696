// Sink `syslog`: each event to a receiver of RFC 5424 over TLS, TCP or UDP, as text, JSON or CEF.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { hostname as machineName } from 'node:os';
import { z } from 'zod';
import { AdapterError } from '../../kit/errors.ts';
import { placeOf } from '../../kit/place.ts';
import type { Sink, SinkDefinition } from '../../kit/sink.ts';
import { handOver, type Receiver } from './connection.ts';
import { formats, lineOf, weightOfPart } from './line.ts';

const facilities = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron'],
  ...['authpriv', 'ftp', 'ntp', 'audit', 'alert', 'clock'],
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
] as const;

/** The fields of the header are printable ASCII without blanks. */
const field = (most: number) =>
  z.string().regex(new RegExp(`^[!-~]{1,${most}}$`), `is not 1 to ${most} letters of ASCII`);

const config = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9._:-]{1,255}$/, 'is no name of a host')
      .describe('Name or address of the receiver, without a port.'),
    port: z.int().min(1).max(65_535).optional().describe('6514 with tls, else 514.'),
    transport: z
      .enum(['tls', 'tcp', 'udp'])
      .default('tls')
      .describe('How messages go there; udp loses some, and nobody notices.'),
    format: z
      .enum(formats)
      .default('plain')
      .describe('plain text, json, a Detection Finding of OCSF 1.8, or CEF.'),
    confirm: z
      .enum(['close', 'none'])
      .default('close')
      .describe('What shows that a message was read: that the receiver closes, or nothing.'),
    max_bytes: z
      .int()
      .min(4_096)
      .max(64_000_000)
      .default(8_192)
      .describe('The longest message that the receiver takes whole.'),
    facility: z.enum(facilities).default('local0').describe('The facility of the messages.'),
    hostname: field(255)
      .optional()
      .describe('Our name in a message; absent: that of this machine.'),
    app_name: field(48).default('tocsin').describe('The name of the program in a message.'),
    data_id: z
      .string()
      .regex(/^[!#-<>-\\^-~]{1,32}$/, 'is no SD-ID: 1 to 32 letters of ASCII, without =, ] and "')
      .default('tocsin@32473')
      .describe('The name of the structured data; 32473 is the number of no enterprise.'),
    client_certificate: z
      .string()
      .refine(isCertificate, 'is no certificate in PEM')
      .optional()
      .describe('The certificate of this client, as PEM, for a receiver that asks for one.'),
    client_key: z
      .string()
      .refine(isKey, 'is no key in PEM without a passphrase')
      .optional()
      .describe('The private key of client_certificate, as PEM.'),
  })
  .superRefine((settings, { addIssue }) => {
    const { client_certificate, client_key, transport } = settings;
    if ((client_certificate === undefined) !== (client_key === undefined)) {
      const [path, other] =
        client_certificate === undefined
          ? (['client_certificate', 'client_key'] as const)
          : (['client_key', 'client_certificate'] as const);
      addIssue({ code: 'custom', path: [path], message: `is missing, and ${other} is there` });
    } else if (client_certificate !== undefined && transport !== 'tls')
      addIssue({
        code: 'custom',
        path: ['client_certificate'],
        message: 'is for transport: tls alone',
      });
  });
type Config = z.output<typeof config>;

function isKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== '';
  } catch {
    return false;
  }
}

export const syslog: SinkDefinition<typeof config> = {
  type: 'syslog',
  config,
  example: { host: 'logs.example.com' },
  secrets: ['client_key'],
  create,
};

/** What the header and the structured data may take of a message. */
const headBytes = 1_600;

function create(settings: Config): Sink {
  const { host, transport, confirm, format, max_bytes: max } = settings;
  const port = settings.port ?? (transport === 'tls' ? 6514 : 514);
  const origin = `syslog+${transport}://${host.toLowerCase()}:${port}`;
  const { client_certificate: cert, client_key: key } = settings;
  const identity = cert === undefined || key === undefined ? undefined : { cert, key };
  const receiver: Receiver = { host, port, transport, confirm, identity };
  const check = (signal: AbortSignal) => handOver(receiver, undefined, signal);
  const { facility, app_name: appName, data_id: dataId } = settings;
  const options = {
    ...{ format, appName, dataId, facility: facilities.indexOf(facility) },
    hostname: settings.hostname ?? ownName(),
  };
  return {
    origin,
    place: placeOf(origin),
    ...(format === 'plain' && { limits: limitsOf(max), can: { table: true } }),
    preview: (message, deliveryId) => lineOf(message, deliveryId, options),
    async send(message, { deliveryId, signal }) {
      const line = lineOf(message, deliveryId, options);
      const length = Buffer.byteLength(line);
      // Core keeps the limits of a card.
      if (format !== 'plain' && length > max) throw tooLong(length, max);
      await handOver(receiver, line, signal);
    },
    // A datagram is answered by nobody.
    ...(transport !== 'udp' && {
      check,
      async inspect(signal: AbortSignal) {
        await check(signal);
        const how = transport === 'tls' ? 'over TLS' : 'in clear';
        return {
          tested: `takes connections ${how}. Not tried: what it makes of a message`,
          remarks: [],
        };
      },
    }),
  };
}

function limitsOf(max: number) {
  return { total: max - headBytes, value: 1_000, weigh: weightOfPart };
}

function ownName(): string {
  const name = machineName();
  return /^[!-~]{1,255}$/.test(name) ? name : '-';
}

function tooLong(length: number, max: number): AdapterError {
  const text = `The message has ${length} bytes, and max_bytes of this sink is ${max}. It is sent again shorter.`;
  return new AdapterError('reject_event', 'too_large', text);
}
