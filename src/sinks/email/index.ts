// Sink `email`: one card a message, by SMTP. A recipient who has it does not get it again when the
// message is repeated for another one, as long as this process lives.
import { createHash, createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { headlineText } from '../../kit/card.ts';
import { placeOf } from '../../kit/place.ts';
import type { Message, Sink, SinkDefinition } from '../../kit/sink.ts';
import { cutMiddle } from '../../kit/text.ts';
import { refusedRecipients } from './answers.ts';
import { onConnection } from './connection.ts';
import { htmlOf, textOf } from './html.ts';

const address = z
  .string()
  .regex(/^[^\s<>"(),:;@[\]\\]{1,64}@[A-Za-z0-9.-]{1,255}$/, 'is no e-mail address');
const text = (description: string) => z.string().min(1).optional().describe(description);

const config = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9.:-]{1,255}$/, 'is no name of a host')
      .describe('The SMTP server.'),
    port: z.int().min(1).max(65_535).optional().describe('587, or 465 with tls: implicit.'),
    tls: z
      .enum(['starttls', 'implicit', 'none'])
      .default('starttls')
      .describe('Encrypted on request, from the first byte, or not at all. Never less than this.'),
    username: text('For servers that want a login.'),
    password: text('The password of username.'),
    from: address.describe('The sender, and the domain that signs with DKIM.'),
    to: z.array(address).min(1).max(20).describe('The recipients, who see each other.'),
    dkim_selector: text('The name under which the domain of from publishes its key for DKIM.'),
    dkim_key: z
      .string()
      .refine(isKey, 'is no RSA key in PEM without a passphrase')
      .optional()
      .describe('The private key of dkim_selector: RSA, as PEM.'),
  })
  .superRefine((settings, { addIssue }) => {
    for (const [one, other] of pairs)
      if (settings[one] !== undefined && settings[other] === undefined)
        addIssue({ code: 'custom', path: [other], message: `is missing, and ${one} is there` });
  });
type Config = z.output<typeof config>;
const pairs = (
  [
    ['username', 'password'],
    ['dkim_selector', 'dkim_key'],
  ] as const
).flatMap(([one, other]) => [[one, other] as const, [other, one] as const]);

function isKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

export const email: SinkDefinition<typeof config> = {
  type: 'email',
  config,
  example: { host: 'mail.example.com', from: 'tocsin@example.com', to: ['soc@example.com'] },
  secrets: ['password', 'dkim_key'],
  create,
};

const limits = { total: 100_000, value: 10_000 };
const subjectMax = 120;
/** Deliveries of which some recipients are still without. */
const partialMax = 1_000;

function create(settings: Config): Sink {
  const { host, tls, from, to, username } = settings;
  const port = settings.port ?? (tls === 'implicit' ? 465 : 587);
  const origin = `smtp://${host.toLowerCase()}:${port}`;
  const server = { ...settings, port, domain: domainOf(from) };
  const reached = new Map<string, readonly string[]>();
  const check = async (signal: AbortSignal) =>
    void (await onConnection(server, signal, (transport) => transport.verify()));
  return {
    origin,
    place: placeOf(origin, ...to),
    limits,
    can: { table: true, priority: true },
    preview(message, deliveryId) {
      const { subject, text } = mailOf(settings, message, deliveryId);
      return `From: ${from}\nTo: ${to.join(', ')}\nSubject: ${subject}\n\n${text}`;
    },
    async send(message, { deliveryId, signal }) {
      const had = reached.get(deliveryId) ?? [];
      const envelope = { from, to: to.filter((one) => !had.includes(one)) };
      const mail = { ...mailOf(settings, message, deliveryId), envelope };
      const info = await onConnection(server, signal, (transport) => transport.sendMail(mail));
      reached.delete(deliveryId);
      const { accepted, rejectedErrors = [] } = info;
      if (rejectedErrors.length === 0) return;
      if (reached.size >= partialMax) reached.delete(reached.keys().next().value!);
      reached.set(deliveryId, [...had, ...envelope.to.filter((one) => accepted.includes(one))]);
      throw refusedRecipients(rejectedErrors, host);
    },
    check,
    async inspect(signal) {
      await check(signal);
      const what = `${tls === 'none' ? 'in clear' : 'over TLS'}${username ? ', and takes the login' : ''}`;
      return { tested: `answers ${what}. Not tried: whether from and to exist`, remarks: [] };
    },
  };
}

function mailOf({ from, to }: Config, { card, event }: Message, deliveryId: string) {
  const domain = domainOf(from);
  // Numbers begin anew in another database, and servers drop a second mail of one id.
  const id = `${deliveryId}.${Date.parse(event.receivedAt).toString(36)}@${domain}`;
  const subject = `${card.sign} ${card.level} · ${headlineText(card)}`;
  const subjectHash = createHash('sha256').update(`${event.source} ${event.subject}`).digest('hex');
  const isUrgent = card.severity === 5 && card.kind !== 'notice';
  return {
    from,
    to: [...to],
    subject: cutMiddle(subject, subjectMax),
    text: textOf(card),
    html: htmlOf(card),
    messageId: `<${id}>`,
    // What the vendor reports of one item stands together.
    ...(card.kind === 'event' && { references: `<${subjectHash.slice(0, 32)}@${domain}>` }),
    ...(isUrgent && { priority: 'high' as const }),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Tocsin-Delivery': deliveryId,
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function domainOf(sender: string): string {
  return sender.slice(sender.indexOf('@') + 1);
}
