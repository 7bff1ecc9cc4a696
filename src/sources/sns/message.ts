// A message of Amazon SNS as it is posted: its parts, what of them is signed, and by which key. Pure.
import { createVerify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { malformedBody, pushedObject, rawOf } from '../../kit/pushed-item.ts';

const text = z.string();

const common = {
  MessageId: text.min(1).max(200),
  TopicArn: text.min(1).max(500),
  Message: text,
  Timestamp: text.max(100),
  SignatureVersion: text,
  Signature: text.max(2000),
  SigningCertURL: text.max(1000),
};
const schema = z.discriminatedUnion('Type', [
  z.looseObject({
    Type: z.literal('Notification'),
    ...common,
    Subject: text.nullish(),
  }),
  z.looseObject({
    Type: z.enum(['SubscriptionConfirmation', 'UnsubscribeConfirmation']),
    ...common,
    SubscribeURL: text.max(2000),
    Token: text.max(1000),
  }),
]);

export type SnsMessage = z.output<typeof schema>;

/**
 * @returns the message with its bytes as text
 * @throws {AdapterError} `malformed`: it is none, as with raw message delivery
 */
export function readMessage(body: Uint8Array): { message: SnsMessage; raw: string } {
  // Not a character of what is signed may be missing.
  const pieces = pushedObject(body, '', Number.POSITIVE_INFINITY);
  const { data } = schema.safeParse(pieces.value);
  if (data === undefined)
    throw malformedBody('is no message of SNS: raw message delivery must be off');
  return { message: data, raw: rawOf(pieces, pieces.value) };
}

/** By the version of the signature. */
const digests: Readonly<Record<string, string>> = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' };

/** Whether the key has signed the message. */
export function isSigned(message: SnsMessage, key: KeyObject): boolean {
  const digest = Object.hasOwn(digests, message.SignatureVersion)
    ? digests[message.SignatureVersion]
    : undefined;
  if (digest === undefined || key.asymmetricKeyType !== 'rsa') return false;
  return createVerify(digest)
    .update(signedText(message))
    .verify(key, Buffer.from(message.Signature, 'base64'));
}

/** Names and values in the order of the names, each on a line of its own. */
export function signedText(message: SnsMessage): string {
  const { Message, MessageId, Timestamp, TopicArn, Type } = message;
  const parts =
    message.Type === 'Notification'
      ? { Message, MessageId, Subject: message.Subject, Timestamp, TopicArn, Type }
      : {
          ...{ Message, MessageId, SubscribeURL: message.SubscribeURL, Timestamp },
          ...{ Token: message.Token, TopicArn, Type },
        };
  return Object.entries(parts)
    .flatMap(([name, value]) => (typeof value === 'string' ? [name, value] : []))
    .map((line) => `${line}\n`)
    .join('');
}
