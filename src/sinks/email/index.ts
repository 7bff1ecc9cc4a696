// Sink `email`: one card a message, by SMTP. A recipient who has it does not get it again when the
// message is repeated for another one, as long as this process lives.
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { plainText } from '../../kit/card.ts';
import { placeOf } from '../../kit/place.ts';
import type { Message, SendContext, Sink, SinkDefinition } from '../../kit/sink.ts';
import { openConnection, type Socket } from '../../kit/tcp.ts';
import { cutMiddle } from '../../kit/text.ts';
import { failureOf, refusedRecipients } from './answers.ts';
import { htmlOf, textOf } from './html.ts';

const address = z
  .string()
  .regex(/^[^\s<>"(),:;@[\]\\]{1,64}@[A-Za-z0-9.-]{1,255}$/, 'is no e-mail address');

const config = z.strictObject({
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:-]{1,255}$/, 'is no name of a host')
    .describe('The SMTP server.'),
  port: z
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('587 by default; 465 with tls: implicit.'),
  tls: z
    .enum(['starttls', 'implicit', 'none'])
    .default('starttls')
    .describe(
      'starttls: nothing is said before the connection is encrypted. implicit: encrypted from the first byte. none: in clear, for a relay on this machine.',
    ),
  username: z.string().min(1).optional().describe('For servers that want a login.'),
  password: z.string().min(1).optional().describe('The password of username.'),
  from: address.describe('The sender.'),
  to: z.array(address).min(1).max(20).describe('The recipients.'),
  dkim: z
    .strictObject({
      domain: z
        .string()
        .regex(/^[A-Za-z0-9.-]{1,255}$/)
        .describe('The domain that signs.'),
      selector: z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,63}$/)
        .describe('Where its key is published.'),
    })
    .optional()
    .describe('Signs with DKIM, by the key dkim_key.'),
  dkim_key: z.string().min(1).optional().describe('The private key of dkim, as PEM.'),
});
type Config = z.output<typeof config>;

export const email: SinkDefinition<typeof config> = {
  type: 'email',
  config,
  example: { host: 'mail.example.com', from: 'tocsin@example.com', to: ['soc@example.com'] },
  secrets: ['password', 'dkim_key'],
  create,
};

/** Less than the library's own minutes; milliseconds. */
const timeouts = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 20_000,
  dnsTimeout: 10_000,
};

const limits = { total: 100_000, value: 10_000 };
const subjectMax = 120;
/** Deliveries of which some recipients are still without. */
const partialMax = 1_000;

function create(settings: Config): Sink {
  const { host, tls, to } = settings;
  const port = settings.port ?? (tls === 'implicit' ? 465 : 587);
  const origin = `smtp://${host.toLowerCase()}:${port}`;
  const reached = new Map<string, readonly string[]>();
  return {
    origin,
    place: placeOf(origin, ...to),
    limits,
    can: { table: true },
    async send(message, context) {
      const { deliveryId } = context;
      const had = reached.get(deliveryId) ?? [];
      const left = to.filter((one) => !had.includes(one));
      const { accepted, errors } = await sent(settings, { host, port, left, message, context });
      reached.delete(deliveryId);
      if (errors.length === 0) return;
      if (reached.size >= partialMax) reached.delete(reached.keys().next().value!);
      reached.set(deliveryId, [...had, ...accepted]);
      throw refusedRecipients(errors, host);
    },
    async check(signal) {
      await onConnection(settings, { host, port, signal }, (transport) => transport.verify());
    },
  };
}

type Transport = ReturnType<typeof createTransport>;

interface Sending {
  readonly host: string;
  readonly port: number;
  readonly left: readonly string[];
  readonly message: Message;
  readonly context: SendContext;
}

async function sent(settings: Config, { left, message, context, ...where }: Sending) {
  const { card, event } = message;
  const { deliveryId, signal } = context;
  const subject = `${card.sign} ${card.level} · ${plainText(card.headline)}`;
  const info = await onConnection(settings, { ...where, signal }, (transport) =>
    transport.sendMail({
      from: settings.from,
      to: [...settings.to],
      envelope: { from: settings.from, to: [...left] },
      subject: cutMiddle(subject, subjectMax),
      text: textOf(card),
      html: htmlOf(card),
      messageId: `<${deliveryId.replace(/[^A-Za-z0-9._-]/g, '_')}@tocsin.invalid>`,
      date: new Date(event.receivedAt),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Tocsin-Delivery': deliveryId },
      disableFileAccess: true,
      disableUrlAccess: true,
    }),
  );
  return {
    accepted: left.filter((one) => info.accepted.includes(one)),
    errors: info.rejectedErrors ?? [],
  };
}

/** A connection a message, so that an abort ends it. @throws {AdapterError} */
async function onConnection<Result>(
  settings: Config,
  { host, port, signal }: { host: string; port: number; signal: AbortSignal },
  use: (transport: Transport) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const { tls, username, password = '', dkim, dkim_key: privateKey } = settings;
  let socket: Socket | undefined;
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...timeouts,
    ...(username !== undefined && { auth: { user: username, pass: password } }),
    ...(dkim &&
      privateKey && { dkim: { domainName: dkim.domain, keySelector: dkim.selector, privateKey } }),
    getSocket(_options, callback) {
      openConnection({ host, port, signal }).then(
        (opened) => {
          socket = opened;
          callback(null, { connection: opened });
        },
        (error: Error) => callback(error, false),
      );
    },
  });
  const waiting = new AbortController();
  const isAborted = new Promise<never>((_resolve, reject) => {
    const options = { once: true, signal: waiting.signal };
    signal.addEventListener('abort', () => reject(signal.reason), options);
  });
  try {
    return await Promise.race([use(transport), isAborted]);
  } catch (error) {
    throw signal.aborted ? signal.reason : failureOf(error as Error, host);
  } finally {
    waiting.abort();
    transport.close();
    socket?.destroy();
  }
}
