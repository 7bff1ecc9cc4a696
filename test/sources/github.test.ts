// The source github: the suite of all sources over the three kinds of alerts, what becomes of them, and
// the signature at the door.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { judgeBody } from '../../src/core/intake/push/verify.ts';
import type { PushSource } from '../../src/kit/source.ts';
import { github } from '../../src/sources/github.ts';
import { adapterContext } from '../contract/adapter-cases.ts';
import { describePushSource } from '../contract/push-suite.ts';
import { eventsOf, sample } from '../support/pushed-samples.ts';

const unknown = [expect.stringMatching(/^sha256:/), 'UNRECOGNISED'] as const;
const dependency = 'dependabot_alert/4242/20';
const key = 'secret_scanning_alert/4242/3';
const changeOf = (id: string) => expect.stringMatching(new RegExp(`^${id}/[0-9a-f]{16}$`));
const config = {
  secret: 'a-secret-of-32-random-characters',
  old_secret: 'the-secret-of-before-32',
};

describePushSource(github, {
  config,
  fixtures: [
    {
      name: 'a vulnerable dependency',
      body: sample('github/dependabot'),
      events: [[dependency, 'dependabot_alert']],
    },
    {
      name: 'dismissed',
      body: sample('github/dismissed'),
      events: [[changeOf(dependency), 'dependabot_alert']],
    },
    {
      name: 'back again, maybe from before the webhook',
      body: sample('github/reintroduced'),
      events: [
        [dependency, 'dependabot_alert'],
        [changeOf(dependency), 'dependabot_alert'],
      ],
    },
    {
      name: 'a weakness in code',
      body: sample('github/code-scanning'),
      events: [['code_scanning_alert/4242/10', 'code_scanning_alert']],
    },
    {
      name: 'a secret',
      body: sample('github/secret-scanning'),
      events: [[key, 'secret_scanning_alert']],
    },
    {
      name: 'a secret that leaked',
      body: sample('github/leaked'),
      events: [
        [key, 'secret_scanning_alert'],
        [changeOf(key), 'secret_scanning_alert'],
      ],
    },
    { name: 'the first request', body: sample('github/ping'), events: [] },
    { name: 'something else', body: '{"action":"created","star":{}}', events: [unknown] },
    { name: 'an alert of no kind', body: '{"action":"x","alert":{"number":1}}', events: [unknown] },
  ],
  brokenBodies: ['[]', '5', 'payload=', 'payload=%7B', 'payload=[]'],
});

test('a vulnerable dependency says where and what', () => {
  const [event] = eventsOf(github, sample('github/dependabot'));
  expect(event).toMatchObject({
    ...{ severity: 4, status: 'open', occurredAt: '2026-03-01T02:03:04.000Z' },
    body: {
      ...{ itemId: '20', severityRaw: 'high', target: 'octo-example/shop' },
      ...{ threatType: 'CVE-2026-12345', trigger: 'npm:left-align' },
      file: { path: 'web/package-lock.json' },
      description: 'left-align runs what stands in a file name',
      link: 'https://github.com/octo-example/shop/security/dependabot/20',
    },
  });
});

test('a weakness in code says where and what', () => {
  const [event] = eventsOf(github, sample('github/code-scanning'));
  expect(event).toMatchObject({
    severity: 5,
    body: {
      ...{ trigger: 'js/sql-injection', threatType: 'CodeQL', severityRaw: 'critical' },
      ...{ description: 'Query built of what a user sends', file: { path: 'src/orders.js' } },
      link: 'https://github.com/octo-example/shop/security/code-scanning/10',
    },
  });
});

test('a rule without a security severity has its own', () => {
  const body = sample('github/code-scanning').replace('"critical"', 'null');
  expect(eventsOf(github, body)[0]?.severity).toBe(4);
});

test('a secret is grave, and graver once it is out; the map can say otherwise', () => {
  const [found, leaked] = [sample('github/secret-scanning'), sample('github/leaked')];
  expect(eventsOf(github, found)[0]?.severity).toBe(4);
  expect(eventsOf(github, leaked)[1]?.severity).toBe(5);
  expect(eventsOf(github, found, { severity_map: { secret: 'MEDIUM' } })[0]?.severity).toBe(3);
});

test.each([
  ['dismissed', 'closed'],
  ['auto_dismissed', 'closed'],
  ['fixed', 'closed'],
  ['resolved', 'closed'],
  ['revoked', 'closed'],
  ['closed_by_user', 'closed'],
  ['reopened', 'reopened'],
  ['reopened_by_user', 'reopened'],
  ['auto_reopened', 'reopened'],
  ['reintroduced', 'reopened'],
  ['publicly_leaked', undefined],
  ['assigned', undefined],
])('after the action %s the alert is %s', (action, closing) => {
  const body = sample('github/dismissed').replace('"action": "dismissed"', `"action": "${action}"`);
  const event = eventsOf(github, body).at(-1)!;
  expect(event).toMatchObject({ stream: 'change', subject: `alert/${dependency}` });
  expect(event.body.change).toMatchObject({ source: 'contract', externalId: dependency });
  expect(event.body.change?.closing).toBe(closing);
});

test('who dismissed it, and why, is said', () => {
  const [event] = eventsOf(github, sample('github/dismissed'));
  expect(event).toMatchObject({
    occurredAt: '2026-03-02T08:00:00.000Z',
    body: {
      ...{ user: 'ana', comment: 'only in tests' },
      change: { fields: [{ name: 'status', from: null, to: 'dismissed: not_used' }] },
    },
  });
});

test('a form holds the same alert', () => {
  const body = sample('github/dependabot');
  const form = `payload=${encodeURIComponent(body)}`;
  expect(eventsOf(github, form)).toEqual(eventsOf(github, body));
});

test.each(['a/b/c', '../..', 'a/..', 'a b/c', 'a/b?x', 'https://evil.example/x', 7])(
  'of the repository %s no link is made',
  (name) => {
    const body = JSON.parse(sample('github/dependabot')) as { repository: object };
    const other = { ...body, repository: { ...body.repository, full_name: name } };
    expect(eventsOf(github, other)[0]?.body.link).toBeUndefined();
  },
);

test('the links are those of your own GitHub', () => {
  const more = { url: 'https://code.example.com/' };
  expect(eventsOf(github, sample('github/leaked'), more)[0]?.body.link).toBe(
    'https://code.example.com/octo-example/shop/security/secret-scanning/3',
  );
});

test('its signature is that of the bytes, by either secret', () => {
  const source = github.create(github.config.parse(config), adapterContext()) as PushSource;
  const body = Buffer.from(sample('github/dependabot'));
  const judged = (signature: string) =>
    judgeBody(
      source.proof as Parameters<typeof judgeBody>[0],
      { headers: new Headers({ 'x-hub-signature-256': signature }), body },
      Date.now(),
    );
  for (const secret of [config.secret, config.old_secret]) {
    const right = createHmac('sha256', secret).update(body).digest('hex');
    expect(judged(`sha256=${right}`)).toBe('proved');
    expect(judged(right)).toMatchObject({ why: expect.any(String) });
  }
  expect(judged(`sha256=${'0'.repeat(64)}`)).toMatchObject({ why: expect.any(String) });
});
