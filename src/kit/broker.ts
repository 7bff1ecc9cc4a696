// What sinks that publish at a message broker share: their settings, and what a broken connection
// means. Pure.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { meanings, problemOf, remedies, whyNotConnected } from './error-codes.ts';
import { AdapterError, type FailureOutcome, type FailureReason } from './errors.ts';

/** `host` or `host:port`, an IPv6 address in brackets. */
export const brokerAddress = z
  .string()
  .refine((text) => partsOf(text) !== undefined, 'is no host:port');

const addressForm =
  /^(?:([A-Za-z0-9][A-Za-z0-9._-]{0,252})|\[([0-9A-Fa-f:.]{2,45})\])(?::(\d{1,5}))?$/;

function partsOf(text: string) {
  const [, name, ipv6, port] = addressForm.exec(text) ?? [];
  const host = name ?? ipv6;
  if (host === undefined || (port !== undefined && !(Number(port) > 0 && Number(port) < 65_536)))
    return undefined;
  return { host: host.toLowerCase(), port: port === undefined ? undefined : Number(port) };
}

export interface BrokerAddress {
  /** In lower case, an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** `host:port`, as people write it. */
  readonly shown: string;
}

/** @param text a {@link brokerAddress} */
export function addressOf(text: string, defaultPort: number): BrokerAddress {
  const { host, port = defaultPort } = partsOf(text)!;
  return { host, port, shown: `${host.includes(':') ? `[${host}]` : host}:${port}` };
}

const text = z.string().min(1).optional();

/** Settings of every broker. Its secrets are {@link brokerSecrets}. */
export const brokerSettings = {
  tls: z
    .boolean()
    .default(true)
    .describe('Encrypts, and refuses a broker that does not; false: in clear.'),
  username: text.describe('For brokers that want a login.'),
  password: text.describe('The password of username.'),
  client_certificate: text
    .refine(isCertificate, 'is no certificate in PEM')
    .describe('For brokers that want a certificate of their clients: it, as PEM.'),
  client_key: text
    .refine(isKey, 'is no private key in PEM without a passphrase')
    .describe('The private key of client_certificate, as PEM.'),
} as const;

export const brokerSecrets = ['password', 'client_key'] as const;

function isCertificate(pem: string | undefined): boolean {
  if (pem === undefined) return true;
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function isKey(pem: string | undefined): boolean {
  if (pem === undefined) return true;
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
}

interface Pairs {
  readonly tls: boolean;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly client_certificate?: string | undefined;
  readonly client_key?: string | undefined;
}

/** For `superRefine`: what is nothing without the other one. */
export function refuseHalves(
  settings: Pairs,
  { addIssue }: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
): void {
  for (const [one, other] of halves) {
    if (settings[one] === undefined || settings[other] !== undefined) continue;
    addIssue({ code: 'custom', path: [other], message: `is missing, and ${one} is there` });
  }
  if (!settings.tls && settings.client_certificate !== undefined)
    addIssue({
      code: 'custom',
      path: ['tls'],
      message: 'is false, and client_certificate is there',
    });
}
const halves = [
  ['username', 'password'],
  ['password', 'username'],
  ['client_certificate', 'client_key'],
  ['client_key', 'client_certificate'],
] as const;

/** For the options of a TLS connection; undefined without `tls`. */
export function tlsOptionsOf({ tls, client_certificate: cert, client_key: key }: Pairs) {
  if (!tls) return undefined;
  return cert === undefined || key === undefined ? {} : { cert, key };
}

/** Outcome, reason, and what follows the host. */
type Verdict = readonly [outcome: FailureOutcome, reason: FailureReason, text: string];

/**
 * What became of a connection, by the code that the system, DNS or TLS gave its error or the cause
 * of it. The error itself is not passed on: those of libraries may hold what was sent.
 * @param host as shown to people
 * @param isUnderWay it was open, so the far end may have got the message
 */
export function brokerFailure(error: Error, host: string, isUnderWay: boolean): AdapterError {
  const code = codeOf(error);
  const [outcome, reason, said] = ofTls(code, error) ?? ofConnection(code, isUnderWay);
  return new AdapterError(outcome, reason, `${host}${said}`);
}

function codeOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return '';
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  const inner = [cause, ...(error instanceof AggregateError ? error.errors : [])];
  if (typeof code === 'string' && (problemOf(code) !== undefined || /^E|_SSL_/.test(code)))
    return code;
  return inner.map((one) => codeOf(one, depth + 1)).find((found) => found !== '') ?? '';
}

function ofTls(code: string, { message }: Error): Verdict | undefined {
  const refused = (text: string): Verdict => ['reject_sink', 'bad_config', text];
  switch (problemOf(code)) {
    case 'untrusted':
      return refused(
        ` is not trusted: ${meanings.untrusted}. Let NODE_EXTRA_CA_CERTS name a PEM file with the certificate of its authority.`,
      );
    case 'expired':
      return refused(` is not trusted: ${meanings.expired}. ${remedies.expired}`);
    case 'not_yet_valid':
      return refused(` is not trusted: ${meanings.not_yet_valid}. ${remedies.not_yet_valid}`);
    case 'misnamed':
      return refused(` is not trusted: ${meanings.misnamed}. Configure a name that it holds.`);
    default:
  }
  const isOfTls = code === 'EPROTO' || code.includes('_SSL_') || /\bTLS\b/.test(message);
  return isOfTls
    ? refused(' and this sink agree on no encryption. Check port, tls and the client certificate.')
    : undefined;
}

function ofConnection(code: string, isUnderWay: boolean): Verdict {
  if (isUnderWay)
    return ['retry', 'interrupted', ' broke off, and may have the message. It is tried again.'];
  const shownCode = code === '' ? '' : ` (${code})`;
  return ['retry', 'connection', `${shownCode}: ${whyNotConnected(code)}`];
}
