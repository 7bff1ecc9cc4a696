// What the error codes of Kafka mean for a delivery, and what a broker says of a topic. Pure.
// https://kafka.apache.org/protocol.html#protocol_error_codes
import type { metadataV12, produceV11 } from '@platformatic/kafka';
import { brokerFailure } from '../../kit/broker.ts';
import { AdapterError, type FailureOutcome, type FailureReason } from '../../kit/errors.ts';

type Verdict = readonly [outcome: FailureOutcome, reason: FailureReason, text: string];

/** An answer that is none of Kafka's. */
export class Unreadable extends Error {}

const busy: Verdict = ['retry', 'server_error', 'cannot take it just now. It is tried again.'];
const moved: Verdict = [
  'retry',
  'server_error',
  'does not lead this partition, or not yet. It is tried again where the cluster says.',
];
const tooLarge: Verdict = ['reject_event', 'too_large', 'takes no message of this size.'];
const login: Verdict = [
  'reject_sink',
  'auth',
  'refuses the login. Check username, password and mechanism of this sink.',
];
const noRight: Verdict = [
  'reject_sink',
  'auth',
  'does not let this user write to the topic. Give it the right to.',
];

/** Any other one is tried again. */
const verdicts: ReadonlyMap<number, Verdict> = new Map([
  [3, moved],
  [5, moved],
  [6, moved],
  [
    7,
    [
      'retry',
      'interrupted',
      'waited in vain for its replicas, and may have the message. It is tried again.',
    ],
  ],
  [10, tooLarge],
  [17, ['reject_sink', 'bad_config', 'takes no messages for this topic. Check topic.']],
  [18, tooLarge],
  [
    19,
    [
      'retry',
      'server_error',
      'has fewer replicas in step than the topic wants. Look at its brokers. It is tried again.',
    ],
  ],
  [
    20,
    [
      'retry',
      'interrupted',
      'lost replicas while it stored the message, and may have it. It is tried again.',
    ],
  ],
  [29, noRight],
  [31, noRight],
  [
    32,
    ['reject_sink', 'bad_config', 'refuses the time of the message. Set the clock of this host.'],
  ],
  [33, ['reject_sink', 'auth', 'has no such mechanism. Set mechanism of this sink.']],
  [
    34,
    [
      'reject_sink',
      'bad_config',
      'takes no login there. Check the port, or leave out username and password.',
    ],
  ],
  [
    35,
    [
      'reject_sink',
      'bad_config',
      'speaks no version of the protocol that this sink speaks. Kafka 2.4 does, and later ones.',
    ],
  ],
  [58, login],
  [74, moved],
  [87, ['reject_event', 'rejected', 'refuses the content of the message.']],
  [89, ['retry', 'rate_limited', 'limits what this user writes. It is tried again.']],
]);

export const unsupportedVersion = 35;
export const leaderNotAvailable = 5;
const unknownTopic = 3;
const unsupportedMechanism = 33;

/** The first code in an error of the library, which may be the cause of another one. */
function codeOf(error: unknown, depth = 0): number | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const { apiCode } = error as { apiCode?: unknown };
  if (typeof apiCode === 'number') return apiCode;
  const inner: unknown[] = [...(error instanceof AggregateError ? error.errors : []), error.cause];
  return inner.map((one) => codeOf(one, depth + 1)).find((code) => code !== undefined);
}

/** The mechanisms that a broker offers, where it refused ours. */
function offered(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return '';
  const { response } = error as { response?: { mechanisms?: unknown } };
  const names = Array.isArray(response?.mechanisms) ? response.mechanisms : [];
  const known = names.filter((name) => /^[A-Z][A-Z0-9-]{1,19}$/.test(name)).slice(0, 8);
  return known.length > 0 ? ` It offers ${known.join(', ')}.` : offered(error.cause, depth + 1);
}

/** @param isUnderWay see {@link brokerFailure} */
export function failureOf(error: Error, host: string, isUnderWay: boolean): AdapterError {
  if (error instanceof AdapterError) return error;
  const code = codeOf(error);
  if (code === unsupportedMechanism) return refusal(code, host, offered(error));
  if (code !== undefined) return refusal(code, host);
  if (error instanceof Unreadable && !isUnderWay)
    return new AdapterError(
      'retry',
      'malformed',
      `${host} does not speak Kafka there. Check host, port and tls of this sink.`,
    );
  return brokerFailure(error, host, isUnderWay);
}

/** What a code means, wherever a broker gave it. */
export function refusal(code: number, host: string, more = ''): AdapterError {
  const [outcome, reason, text] = verdicts.get(code) ?? busy;
  return new AdapterError(outcome, reason, `${host} answered ${code}: it ${text}${more}`);
}

/** Of a user who may not write to the topic. */
export function forbidden(host: string): AdapterError {
  return refusal(29, host);
}

/** Why a login failed: the broker's word, the connection, or a broker that is not the right one. */
export function loginFailure(error: Error, host: string): Error {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (code !== 'PLT_KFK_AUTHENTICATION') return error;
  if (cause instanceof Error) return cause;
  return new AdapterError(
    'reject_sink',
    'auth',
    `${host} does not prove that it knows the password of this sink. Check brokers, username and password.`,
  );
}

/** @throws {AdapterError} unless the broker stored the message */
export function expectStored(
  { responses }: produceV11.ProduceResponse,
  host: string,
  topic: string,
  partition: number,
): void {
  const stored = responses.find(({ name }) => name === topic)?.partitionResponses ?? [];
  if (stored.some(({ index, errorCode }) => index === partition && errorCode === 0)) return;
  throw new AdapterError(
    'retry',
    'malformed',
    `${host} answered without a word about the message. It is tried again.`,
  );
}

export interface TopicFacts {
  /** The broker that leads each partition; undefined: none does just now. */
  readonly leaders: readonly ({ readonly host: string; readonly port: number } | undefined)[];
  /** Whether this user may write; undefined: the broker does not say. */
  readonly mayWrite: boolean | undefined;
}

/** `topic_authorized_operations`: one bit for each operation; the lowest number: not said. */
const writeBit = 1 << 4;
const notSaid = -2_147_483_648;

/** @throws {AdapterError} unless the broker knows the topic */
export function topicFacts(
  { topics, brokers }: metadataV12.MetadataResponse,
  host: string,
  topic: string,
): TopicFacts {
  const found = topics.find(({ name }) => name === topic);
  if (found === undefined)
    throw new AdapterError(
      'retry',
      'malformed',
      `${host} answered without a word about the topic.`,
    );
  if (found.errorCode === unknownTopic)
    throw new AdapterError(
      'reject_sink',
      'bad_config',
      `${host} has no topic ${topic}. Make it there, or check topic of this sink.`,
    );
  if (found.errorCode !== 0) throw refusal(found.errorCode, host);
  const places = new Map(
    brokers.map(({ nodeId, host: name, port }) => [nodeId, { host: name, port }]),
  );
  const partitions = found.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex);
  if (partitions.length === 0) throw refusal(leaderNotAvailable, host);
  const operations = found.topicAuthorizedOperations;
  return {
    leaders: partitions.map(({ leaderId }) => places.get(leaderId)),
    mayWrite: operations === notSaid ? undefined : (operations & writeBit) !== 0,
  };
}
