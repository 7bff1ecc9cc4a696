// What JetStream's answers and the library's errors mean for a delivery. Pure.
import { z } from 'zod';
import { brokerFailure } from '../../kit/broker.ts';
import { AdapterError, type FailureOutcome, type FailureReason } from '../../kit/errors.ts';
import { answerText } from '../../kit/http/status.ts';
import { parsedJson } from '../../kit/parsed-json.ts';

/** By ADR-1 and ADR-22 of nats-io: `seq` is 0 beside an error. */
const acknowledged = z.looseObject({ stream: z.string().min(1), seq: z.int().positive() });
const refused = z.looseObject({
  error: z.looseObject({
    code: z.int(),
    err_code: z.int().optional(),
    description: z.string().optional(),
  }),
});

/** The stream's own number for a message that exceeds what it takes of one. */
const messageTooLarge = 10_054;

/** @throws {AdapterError} unless JetStream stored the message, or had it already */
export function expectStored(text: string, host: string, secrets: readonly string[]): void {
  const body = parsedJson(text);
  const refusal = refused.safeParse(body);
  if (refusal.success) throw refusalOf(refusal.data.error, text, host, secrets);
  if (acknowledged.safeParse(body).success) return;
  throw new AdapterError(
    'reject_sink',
    'bad_config',
    `${host}: something other than JetStream answered. Check the subject of this sink, and that no service listens to it.`,
    { answer: answerText({ body: text }, secrets) },
  );
}

function refusalOf(
  { code, err_code }: z.output<typeof refused>['error'],
  body: string,
  host: string,
  secrets: readonly string[],
): AdapterError {
  const facts = { status: code, answer: answerText({ body }, secrets) };
  const number = err_code === undefined ? `${code}` : `${code} (${err_code})`;
  const says = (outcome: FailureOutcome, reason: FailureReason, text: string) =>
    new AdapterError(outcome, reason, `${host}: JetStream answered ${number}: ${text}`, facts);
  if (err_code === messageTooLarge)
    return says('reject_event', 'too_large', 'the message is larger than the stream takes.');
  if (code === 429)
    return says('retry', 'rate_limited', 'it has too much to do. It is tried again.');
  if (code >= 500)
    return says(
      'retry',
      'server_error',
      'the stream cannot store it now. Check its limits and the disk. It is tried again.',
    );
  return says('reject_sink', 'bad_config', 'the stream refuses it. Check stream and subject.');
}

/** @throws {AdapterError} unless a stream takes the subject. @returns its name */
export function expectStream(text: string, host: string, subject: string): string {
  const body = parsedJson(text);
  const refusal = refused.safeParse(body);
  if (refusal.success && refusal.data.error.code >= 500) throw withoutJetStream(host);
  const [name] = names.safeParse(body).data?.streams ?? [];
  if (name !== undefined) return name;
  throw new AdapterError(
    'reject_sink',
    'bad_config',
    `${host}: no stream takes the subject ${subject}. Make one there, or check subject of this sink.`,
  );
}
const names = z.looseObject({ streams: z.array(z.string()).nullish() });

export function withoutJetStream(host: string): AdapterError {
  return new AdapterError(
    'reject_sink',
    'bad_config',
    `${host} has no JetStream, without which nothing is stored. Switch it on there, for the account of this sink.`,
  );
}

/** No stream answered, and there is one: its replicas elect a leader. */
export function withoutLeader(host: string): AdapterError {
  return new AdapterError(
    'retry',
    'server_error',
    `${host}: the stream does not answer just now. It is tried again.`,
  );
}

/** Nobody listens to the subject of a request. */
export function isUnheard(error: unknown): boolean {
  return error instanceof Error && (error.cause as Error | undefined)?.name === 'NoResponders';
}

export function isForbidden(error: unknown): boolean {
  const { name, cause } = error as { name?: string; cause?: { name?: string } };
  return [name, cause?.name].includes('PermissionViolationError');
}

/** @param isUnderWay see {@link brokerFailure} */
export function failureOf(error: Error, host: string, isUnderWay: boolean): AdapterError {
  const { name = '', message = '' } = error ?? {};
  const refuse = (reason: FailureReason, text: string) =>
    new AdapterError('reject_sink', reason, `${host} ${text}`);
  if (isForbidden(error))
    return refuse('auth', 'does not let this user publish there. Check its permissions.');
  if (/^(?:User)?Auth/.test(name) && !/timeout/i.test(message))
    return refuse('auth', 'refuses the login. Check the credentials of this sink.');
  if (/max_payload/.test(message))
    return new AdapterError('reject_event', 'too_large', `${host} takes no message of this size.`);
  if (/does not support 'tls'/.test(message))
    return refuse(
      'bad_config',
      'offers no encryption. Look at its settings, or at tls of this sink.',
    );
  if (/'tls' is not available|wants encryption/.test(message))
    return refuse('bad_config', 'wants encryption. Set tls of this sink to true.');
  if (name === 'SyntaxError' || /^unexpected response/.test(message))
    return new AdapterError(
      'retry',
      'malformed',
      `${host} does not speak NATS there. Check host and port of this sink.`,
    );
  return brokerFailure(error, host, isUnderWay);
}
