// The source sns: the suite of all sources, what proves a message, and when a subscription is
// confirmed.
import { describe, expect, test } from 'vitest';
import type { PushSource } from '../../../src/kit/source.ts';
import { sns } from '../../../src/sources/sns/index.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import { describePushSource } from '../../contract/push-suite.ts';
import { eventsOf, sample } from '../../support/pushed-samples.ts';
import { signed, startSns } from './signed.ts';

const idOf = (n: number) => `22b80b92-0000-4000-8000-00000000000${n}`;

describePushSource(sns, {
  config: { ...sns.example, old_secret: 'the-secret-of-before-32-characters' },
  fixtures: [
    { name: 'a text', body: sample('sns/text'), events: [[idOf(1), 'NOTIFICATION']] },
    {
      name: 'of GuardDuty',
      body: sample('sns/guardduty'),
      events: [[idOf(2), 'GuardDuty Finding']],
    },
    {
      name: 'of Security Hub',
      body: sample('sns/securityhub'),
      events: [[idOf(3), 'Security Hub Findings - Imported']],
    },
    { name: 'an alarm', body: sample('sns/alarm'), events: [[idOf(4), 'Root was used']] },
    {
      name: 'a subscription',
      body: sample('sns/subscription'),
      events: [[idOf(5), 'SubscriptionConfirmation']],
    },
    {
      name: 'the end of one',
      body: sample('sns/unsubscribed'),
      events: [[idOf(6), 'UnsubscribeConfirmation']],
    },
  ],
  brokenBodies: ['{}', '[]', '5', '{"Type":"Notification"}', 'a raw message'],
});

test('a finding says what and where', () => {
  expect(eventsOf(sns, sample('sns/guardduty'))[0]).toMatchObject({
    ...{ severity: 4, occurredAt: '2026-03-01T02:00:00.000Z' },
    body: {
      ...{ severityRaw: '8', trigger: 'aws.guardduty', itemId: idOf(2) },
      ...{ threatType: 'UnauthorizedAccess:EC2/SSHBruteForce', target: '123456789012' },
      description: '198.51.100.7 is performing SSH brute force attacks',
    },
  });
});

test('expressions say more, over the JSON of the message', () => {
  const more = {
    ...{ id: 'item.detail.id', event_type: 'item.detail.type', severity: '"CRITICAL"' },
    fields: { 'tenant.id': 'item.account' },
  };
  const [event] = eventsOf(sns, sample('sns/guardduty'), more);
  expect(event).toMatchObject({
    ...{ externalId: '16afba5c5c43e07c9e3e5e2e544e95df', severity: 5 },
    type: 'UnauthorizedAccess:EC2/SSHBruteForce',
    body: { tenant: { id: '123456789012' } },
  });
});

test('the end of a subscription is grave', () => {
  expect(eventsOf(sns, sample('sns/unsubscribed'))[0]?.severity).toBe(4);
  expect(eventsOf(sns, sample('sns/subscription'))[0]?.severity).toBe(1);
});

async function start(more: object = {}) {
  const end = await startSns();
  const config = sns.config.parse({ ...sns.example, endpoint: end.origin, ...more });
  const source = sns.create(config, adapterContext()) as PushSource;
  const { proof } = source;
  if (proof.kind !== 'own') throw new Error('the proof is another');
  const own = { SigningCertURL: `${end.origin}/sns.pem` };
  const bytes = (message: object) => new TextEncoder().encode(JSON.stringify(message));
  const judge = (message: object) => proof.judge({ body: bytes(message) });
  const answer = async (message: object) =>
    source.answer?.({
      ...{ method: 'POST', headers: new Headers(), query: new URLSearchParams() },
      body: bytes(message),
    });
  return { end, own, judge, answer };
}

describe('a message proves itself', () => {
  test('by a signature in either version, whose certificate is fetched once', async () => {
    const { end, own, judge } = await start();
    for (const SignatureVersion of ['1', '2'])
      expect(await judge(signed('text', { ...own, SignatureVersion }))).toBeUndefined();
    expect(end.asked).toEqual(['/sns.pem']);
  });

  test('of one of the topics alone, and nothing is fetched for any other', async () => {
    const { end, own, judge } = await start();
    const TopicArn = 'arn:aws:sns:eu-central-1:999999999999:security';
    expect(await judge(signed('text', { ...own, TopicArn }))).toMatch(/topic/);
    expect(end.asked).toEqual([]);
  });

  test('by a certificate of SNS alone, and no other is fetched', async () => {
    const { end, judge } = await start();
    for (const SigningCertURL of [
      'https://evil.example/sns.pem',
      'https://sns.eu-central-1.amazonaws.com/sns.pem',
    ])
      expect(await judge(signed('text', { SigningCertURL }))).toMatch(/address/);
    expect(end.asked).toEqual([]);
  });

  test('not with another text', async () => {
    const { own, judge } = await start();
    expect(await judge({ ...signed('text', own), Message: 'All is well' })).toMatch(/signature/);
  });

  test('later, if the certificate cannot be fetched', async () => {
    const { end, own, judge } = await start();
    end.answer = { status: 503 };
    const message = signed('text', own);
    expect((await adapterError(judge(message))).outcome).toBe('retry');
    end.answer = { status: 200 };
    expect(await judge(message)).toBeUndefined();
  });
});

describe('a subscription', () => {
  const url = (origin: string) =>
    `${origin}/?Action=ConfirmSubscription&TopicArn=${sns.example.topics[0]}&Token=2336412f37f`;

  test('is confirmed where that is on, by one call', async () => {
    const { end, answer } = await start({ confirm: true });
    const message = signed('subscription', { SubscribeURL: url(end.origin) });
    expect(await answer(message)).toEqual({ status: 200 });
    expect(end.asked).toEqual([url('')]);
  });

  test('is an event where that is off', async () => {
    const { end, answer } = await start();
    const message = signed('subscription', { SubscribeURL: url(end.origin) });
    expect(await answer(message)).toBeUndefined();
    expect(end.asked).toEqual([]);
  });

  test('is confirmed at SNS alone, and its end and notifications are never followed', async () => {
    const { end, answer } = await start({ confirm: true });
    const elsewhere = { SubscribeURL: url('https://evil.example') };
    expect(await answer(signed('subscription', elsewhere))).toBeUndefined();
    const here = { SubscribeURL: url(end.origin) };
    expect(await answer(signed('unsubscribed', here))).toBeUndefined();
    expect(await answer(signed('text', here))).toBeUndefined();
    expect(end.asked).toEqual([]);
  });

  test('that cannot be confirmed is asked for again, without its token in the error', async () => {
    const { end, answer } = await start({ confirm: true });
    end.answer = { status: 500, body: 'the token 2336412f37f is odd' };
    const message = signed('subscription', { SubscribeURL: url(end.origin) });
    const error = await adapterError(answer(message));
    expect(error.outcome).toBe('retry');
    expect(JSON.stringify([error.message, error.answer])).not.toContain('2336412f37f');
  });
});

test.each([
  [{ topics: [] }],
  [{ topics: ['security'] }],
  [{ topics: ['arn:aws:sqs:eu-central-1:123456789012:security'] }],
  [{ secret: 'short' }],
])('%j is refused', (more) => {
  expect(sns.config.safeParse({ ...sns.example, ...more }).success).toBe(false);
});
