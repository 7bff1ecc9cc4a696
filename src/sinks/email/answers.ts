// What an SMTP server's refusals mean. Pure.
import { AdapterError } from '../../kit/errors.ts';

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

const unreachable = new Set([
  'ECONNECTION',
  'ESOCKET',
  'EDNS',
  'ECONNREFUSED',
  'ENOTFOUND',
  'ECONNRESET',
]);

/** @returns the error as the delivery sees it; its text names no address and no credential */
export function failureOf(error: SmtpError, host: string): AdapterError {
  const { code = '', responseCode = 0 } = error;
  if (code === 'ETIMEDOUT')
    return new AdapterError(
      'retry',
      'timeout',
      `${host} did not answer in time. It is tried again.`,
    );
  if (code === 'EAUTH' || [530, 534, 535].includes(responseCode))
    return new AdapterError(
      'reject_sink',
      'auth',
      `${host} refuses the login. Check username and password of this sink.`,
    );
  if (code === 'ETLS')
    return new AdapterError(
      'reject_sink',
      'bad_config',
      `${host} offers no encryption that can be trusted. Check its certificate, or tls of this sink.`,
    );
  if (responseCode >= 500) return refusal(responseCode, host);
  if (responseCode >= 400)
    return new AdapterError(
      'retry',
      'server_error',
      `${host} answered ${responseCode}: not now. It is tried again.`,
    );
  const reason = unreachable.has(code) ? 'connection' : 'server_error';
  return new AdapterError(
    'retry',
    reason,
    `${host} could not be reached or broke off (${code || 'no code'}). Check host and port of this sink.`,
  );
}

function refusal(status: number, host: string): AdapterError {
  const words = `${host} answered ${status}`;
  if (status === 552)
    return new AdapterError('reject_event', 'too_large', `${words}: the message is too large.`);
  if (status === 554)
    return new AdapterError('reject_event', 'rejected', `${words}: it refuses the content.`);
  return new AdapterError(
    'reject_sink',
    'bad_config',
    `${words}: it refuses the sender or every recipient. Check from and to of this sink.`,
  );
}

/** Of some recipients, while others have it: those are tried again, or given up with the delivery. */
export function refusedRecipients(errors: readonly SmtpError[], host: string): AdapterError {
  const isForNow = errors.every(({ responseCode = 0 }) => responseCode < 500);
  const words = `${host} refuses ${errors.length} of the recipients; the others have it.`;
  return isForNow
    ? new AdapterError('retry', 'server_error', `${words} It is tried again for those alone.`)
    : new AdapterError('reject_event', 'rejected', `${words} Check to of this sink.`);
}
