// What an SMTP server's answers mean: for SMTP what kit/http/status.ts is for HTTP. Pure.
import { meanings, whyNotConnected } from '../../kit/error-codes.ts';
import { AdapterError, type FailureOutcome, type FailureReason } from '../../kit/errors.ts';
import { answerText } from '../../kit/http/status.ts';

/** An error of nodemailer, or of the socket that it was given. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  /** The whole answer. */
  readonly response?: string;
  /** What was answered: `RCPT TO`. */
  readonly command?: string;
  /** Set by the system: `connect`. */
  readonly syscall?: string;
}

/** Outcome, reason, and what follows the name of the server. */
type Verdict = readonly [outcome: FailureOutcome, reason: FailureReason, text: string];

/** @returns the error as the delivery sees it; its text names no address and no credential */
export function failureOf(error: SmtpError, host: string, password = ''): AdapterError {
  const { response: body } = error;
  const [outcome, reason, text] = verdictOf(error);
  const answer = body === undefined ? undefined : answerText({ body }, password ? [password] : []);
  return new AdapterError(outcome, reason, `${host} ${text}`, { answer });
}

function verdictOf(error: SmtpError): Verdict {
  const { code = '', responseCode = 0, syscall = '' } = error;
  if (responseCode >= 400 && responseCode < 500)
    return ['retry', 'server_error', `answered ${responseCode}: not now. It is tried again.`];
  if (code === 'EAUTH' || [530, 534, 535, 538].includes(responseCode))
    return ['reject_sink', 'auth', 'refuses the login. Check username and password of this sink.'];
  if (code === 'ETLS' || isOfTls(error)) return ofEncryption(error);
  if (responseCode >= 500) return ofRefusal(error, responseCode);
  if (code === 'EMESSAGE') return ['reject_event', 'too_large', 'takes no message of this size.'];
  if (code === 'EPROTOCOL')
    return ['retry', 'malformed', 'does not speak SMTP there. Check host, port and tls.'];
  if (code === 'ETIMEDOUT' && syscall === '')
    return ['retry', 'timeout', 'did not answer in time. It is tried again.'];
  if (syscall !== 'connect' && syscall !== 'getaddrinfo')
    return ['retry', 'interrupted', 'broke off, and may have the message. It is tried again.'];
  return ['retry', 'connection', `(${code}): ${whyNotConnected(code)}`];
}

/** The library keeps the text of such an error, and no code of it. */
function isOfTls({ code, message }: SmtpError): boolean {
  return code === 'ESOCKET' && /certificate|altnames|\bSSL\b/i.test(message);
}

function ofEncryption({ response, message }: SmtpError): Verdict {
  const refuse = (text: string): Verdict => ['reject_sink', 'bad_config', text];
  if (response !== undefined)
    return refuse('offers no encryption. Look at its settings, or at port and tls of this sink.');
  if (/expired/.test(message))
    return refuse(`is not trusted: ${meanings.expired}. Renew it there.`);
  if (/altname/.test(message))
    return refuse(`is not trusted: ${meanings.misnamed}. Let host be a name that it holds.`);
  if (/self.signed|unable to/.test(message))
    return refuse(
      `is not trusted: ${meanings.untrusted}. Let NODE_EXTRA_CA_CERTS name a PEM file with the certificate of its authority.`,
    );
  return refuse('and this sink agree on no encryption. Check port and tls of this sink.');
}

function ofRefusal({ command = '', response = '' }: SmtpError, code: number): Verdict {
  const words = `answered ${code}`;
  if (command === 'RCPT TO')
    return ['reject_sink', 'bad_config', `${words}: it refuses every recipient. Check to.`];
  if (code === 552 || /^\d{3}[ -]5\.(?:2\.3|3\.4)\b/.test(response))
    return ['reject_event', 'too_large', `${words}: the message is too large.`];
  if (command === 'DATA')
    return [
      'reject_event',
      'rejected',
      `${words}: it refuses the content. Its answer may say why.`,
    ];
  if (command === 'MAIL FROM')
    return ['reject_sink', 'bad_config', `${words}: it refuses the sender. Check from.`];
  return [
    'reject_sink',
    'bad_config',
    `${words}: it refuses this machine. Its answer may say why.`,
  ];
}

/** Of some recipients, while others have it: those are tried again, or given up with the delivery. */
export function refusedRecipients(errors: readonly SmtpError[], host: string): AdapterError {
  const isForNow = errors.every(({ responseCode = 0 }) => responseCode < 500);
  const words = `${host} refuses ${errors.length} of the recipients; the others have it.`;
  const answer = answerText({ body: errors.map(({ response }) => response).join(' ') });
  return isForNow
    ? new AdapterError('retry', 'server_error', `${words} Only those are tried again.`, { answer })
    : new AdapterError('reject_event', 'rejected', `${words} Check to of this sink.`, { answer });
}
