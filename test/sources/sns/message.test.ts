// What of a message is signed, and what any change of it does.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSigned, readMessage, signedText } from '../../../src/sources/sns/message.ts';
import { sample } from '../../support/pushed-samples.ts';
import { certificate, signed } from './signed.ts';

const key = createPublicKey(certificate);
const read = (message: object) =>
  readMessage(new TextEncoder().encode(JSON.stringify(message))).message;

test('a notification signs what it says, with the subject where there is one', () => {
  const message = read(JSON.parse(sample('sns/text')));
  expect(signedText(message)).toBe(
    'Message\nThe backup of db-1 failed\nMessageId\n22b80b92-0000-4000-8000-000000000001\n' +
      'Subject\nBackup\nTimestamp\n2026-03-01T02:03:04.567Z\n' +
      'TopicArn\narn:aws:sns:eu-central-1:123456789012:security\nType\nNotification\n',
  );
  expect(signedText(read(JSON.parse(sample('sns/guardduty'))))).not.toContain('Subject');
});

test('a subscription signs its address and its token', () => {
  const text = signedText(read(JSON.parse(sample('sns/subscription'))));
  expect(text.split('\n').filter((_, n) => n % 2 === 0)).toEqual([
    ...['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type', ''],
  ]);
});

test.each(['text', 'guardduty', 'subscription', 'unsubscribed'])(
  '%s is signed in both versions, and nothing of it can be changed',
  (name) => {
    for (const SignatureVersion of ['1', '2']) {
      const message = signed(name, { SignatureVersion });
      expect(isSigned(read(message), key)).toBe(true);
      const parts = ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'SubscribeURL', 'Token'];
      for (const part of parts.filter((one) => one in message))
        expect(isSigned(read({ ...message, [part]: `${message[part]}x` }), key), part).toBe(false);
      expect(isSigned(read({ ...message, SignatureVersion: '3' }), key)).toBe(false);
      expect(isSigned(read({ ...message, SignatureVersion: 'constructor' }), key)).toBe(false);
      expect(isSigned(read({ ...message, Signature: '' }), key)).toBe(false);
    }
    const other = { Type: 'UnsubscribeConfirmation' };
    if (name === 'subscription')
      expect(isSigned(read({ ...signed(name), ...other }), key)).toBe(false);
  },
);

test('a key of another kind signs nothing', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  expect(isSigned(read(signed('text')), publicKey)).toBe(false);
});

test('a long message is read whole', () => {
  const Message = 'x'.repeat(100_000);
  const message = read(signed('text', { Message }));
  expect(message.Message).toHaveLength(100_000);
  expect(isSigned(message, key)).toBe(true);
});

test.each([{}, { Type: 'Notification' }, { ...signed('text'), Type: 'Other' }, [], 5])(
  '%j is no message',
  (message) => expect(() => read(message as object)).toThrow(/The body is no/),
);
