// What the reply codes of AMQP 0-9-1 mean for a delivery: of a closed connection or channel, and of a
// message that comes back. Pure.
import { brokerFailure } from '../../kit/broker.ts';
import { AdapterError, type FailureOutcome, type FailureReason } from '../../kit/errors.ts';

type Verdict = readonly [outcome: FailureOutcome, reason: FailureReason, text: string];

const tooLarge: Verdict = ['reject_event', 'too_large', 'takes no message of this size.'];
const busy: Verdict = [
  'retry',
  'server_error',
  'has a fault, or is being stopped. It is tried again.',
];
const otherVhost: Verdict = [
  'reject_sink',
  'bad_config',
  'does not let this user into the virtual host. Check vhost of this sink, and the rights there.',
];

const verdicts: ReadonlyMap<number, Verdict> = new Map([
  [311, tooLarge],
  [
    312,
    [
      'reject_sink',
      'bad_config',
      'drops the message, since no queue is bound for it. Bind one, or check exchange and routing_key.',
    ],
  ],
  [403, ['reject_sink', 'auth', 'does not let this user publish there. Give it the right.']],
  [
    404,
    ['reject_sink', 'bad_config', 'has no such exchange or queue. Make it, or check this sink.'],
  ],
  [406, ['reject_sink', 'bad_config', 'refuses what this sink asks for. Look at its log.']],
  [530, otherVhost],
]);

/** `code` is a reply code where it is a number, else Node's. */
interface AmqpError extends Error {
  readonly code?: string | number;
}

/** The error of a reply code, as the library makes them. */
export function replyError(code: number): AmqpError {
  return Object.assign(new Error(), { code });
}

/** No queue takes the message: the broker gives it back, and drops it. */
export const noRoute = 312;

/** @param isUnderWay see {@link brokerFailure} */
export function failureOf(error: AmqpError, host: string, isUnderWay: boolean): AdapterError {
  const { code, message } = error;
  if (/^Handshake terminated by server: 403|ACCESS.REFUSED.*(?:login|auth)/i.test(message))
    return new AdapterError(
      'reject_sink',
      'auth',
      `${host} refuses the login. Check username and password of this sink.`,
    );
  if (/got <ConnectionClose/.test(message)) return said(host, otherVhost);
  if (message === 'message nacked')
    return said(host, ['retry', 'server_error', 'could not store the message. It is tried again.']);
  // RabbitMQ's words for a message above its limit.
  if (code === 406 && /larger than/.test(message)) return said(host, tooLarge);
  if (typeof code === 'number') return said(host, verdicts.get(code) ?? busy, code);
  if (
    /^(?:Expected|Frame on|Invalid frame|SASL|Server frameMax|Unexpected)|end of frame/.test(
      message,
    ) &&
    !isUnderWay
  )
    return new AdapterError(
      'retry',
      'malformed',
      `${host} does not speak AMQP 0-9-1 there. Check host, port and tls of this sink.`,
    );
  return brokerFailure(error, host, isUnderWay);
}

function said(host: string, [outcome, reason, text]: Verdict, code?: number): AdapterError {
  const head = code === undefined ? host : `${host} answered ${code}: it`;
  return new AdapterError(outcome, reason, `${head} ${text}`);
}
