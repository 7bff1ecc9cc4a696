// The source standard_webhooks: the suite of all sources, and its signature at the door by the
// specification's own library.
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { judgeBody, judgeHead } from '../../src/core/intake/push/verify.ts';
import type { PushSource } from '../../src/kit/source.ts';
import { standardWebhooks } from '../../src/sources/standard_webhooks.ts';
import { adapterContext } from '../contract/adapter-cases.ts';
import { describePushSource } from '../contract/push-suite.ts';
import { eventsOf, sample } from '../support/pushed-samples.ts';

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const [secret, old_secret] = [secretOf(1), secretOf(2)];
const settings = {
  ...{ secret, old_secret, severity: 'item.data.severity', event_link: 'https://a.example/{id}' },
  fields: { 'device.name': 'item.data.host', description: 'item.data.title' },
};
const alert = sample('standard_webhooks/alert');

describePushSource(standardWebhooks, {
  config: settings,
  fixtures: [
    {
      name: 'a message',
      body: alert,
      headers: { 'webhook-id': 'msg_1' },
      events: [['msg_1', 'alert.raised']],
      alone: expect.stringMatching(/^sha256:/),
    },
    {
      name: 'a message without the envelope',
      body: '{"a":1}',
      headers: { 'webhook-id': 'msg_2' },
      events: [['msg_2', 'ALERT']],
      alone: expect.stringMatching(/^sha256:/),
    },
  ],
  brokenBodies: ['[]', '5', '"text"'],
});

test('a message says what, when and where', () => {
  const [event] = eventsOf(standardWebhooks, alert, settings);
  expect(event).toMatchObject({
    ...{ severity: 4, occurredAt: '2026-03-01T02:03:04.567Z' },
    body: { severityRaw: 'high', description: 'Port scan', device: { name: 'web-1' } },
  });
});

const at = (ms: number) => new Date(Date.UTC(2026, 2, 1) + ms);

function judged(
  headers: Readonly<Record<string, string>>,
  { body = alert, more = {} }: { body?: string; more?: object } = {},
) {
  const config = standardWebhooks.config.parse({ ...settings, ...more });
  const { proof } = standardWebhooks.create(config, adapterContext()) as PushSource;
  const given = new Headers(headers);
  const head = judgeHead(proof, { headers: given, pathSecret: undefined, isByTrustedProxy: false });
  if (head !== 'later') return head;
  const request = { headers: given, body: Buffer.from(body) };
  return judgeBody(proof as Parameters<typeof judgeBody>[0], request, at(0).getTime());
}

const signedBy = (key: string, time = at(0), body = alert, prefix = 'webhook') => ({
  [`${prefix}-id`]: 'msg_1',
  [`${prefix}-timestamp`]: String(Math.floor(time.getTime() / 1000)),
  [`${prefix}-signature`]: new Webhook(key).sign('msg_1', time, body),
});
const refused = { why: expect.any(String) };

test('either secret proves a message, and one of several signatures does', () => {
  for (const key of [secret, old_secret]) expect(judged(signedBy(key))).toBe('proved');
  const right = signedBy(secret);
  const several = `v1a,AAAA v1,${'A'.repeat(43)}= ${right['webhook-signature']}`;
  expect(judged({ ...right, 'webhook-signature': several })).toBe('proved');
  expect(judged(signedBy(secretOf(3)))).toMatchObject(refused);
});

test('another body, id or time is refused', () => {
  const right = signedBy(secret);
  expect(judged(right, { body: `${alert} ` })).toMatchObject(refused);
  expect(judged({ ...right, 'webhook-id': 'msg_2' })).toMatchObject(refused);
  const later = String(Number(right['webhook-timestamp']) + 1);
  expect(judged({ ...right, 'webhook-timestamp': later })).toMatchObject(refused);
  for (const name of Object.keys(right)) {
    const { [name]: _, ...rest } = right;
    expect(judged(rest), name).toMatchObject(refused);
  }
});

test('a repetition is refused once the window is over', () => {
  for (const minutes of [-4.9, 4.9])
    expect(judged(signedBy(secret, at(minutes * 60_000)))).toBe('proved');
  for (const minutes of [-5.1, 5.1])
    expect(judged(signedBy(secret, at(minutes * 60_000)))).toMatchObject(refused);
  const wide = { more: { tolerance: '1h' } };
  expect(judged(signedBy(secret, at(-30 * 60_000)), wide)).toBe('proved');
});

test('the headers may have the names of Svix', () => {
  const more = { svix: true };
  expect(judged(signedBy(secret, at(0), alert, 'svix'), { more })).toBe('proved');
  expect(judged(signedBy(secret), { more })).toMatchObject(refused);
});

test('a secret has to be one', () => {
  for (const text of ['whsec_AAAA', 'a-secret-of-32-random-characters'])
    expect(standardWebhooks.config.safeParse({ secret: text }).success).toBe(false);
});
