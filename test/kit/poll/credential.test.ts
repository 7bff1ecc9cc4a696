// What proves who asks: a header, or a token that is kept for as long as it is good.
import { expect, test } from 'vitest';
import { type ClientCredentials, Credential } from '../../../src/kit/poll/credential.ts';
import { adapterContext, adapterError, expectNoSecret } from '../../contract/adapter-cases.ts';
import { startFarEnd } from '../../support/far-end.ts';

const never = new AbortController().signal;
const secret = 'a-secret-of-the-client';
const secrets = [{ what: 'client_secret', text: secret }];

async function withTokens(answer: object | string, status = 200, more: object = {}) {
  const farEnd = await startFarEnd((_request, response, nth) => {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    response.writeHead(status).end(text.replace('NTH', String(nth)));
  });
  let nowMs = 0;
  const plan: ClientCredentials = {
    ...{ kind: 'client', tokenUrl: `${farEnd.origin}/token`, id: 'id:1', secret, place: 'body' },
    ...more,
  };
  const credential = new Credential(plan, { ...adapterContext(), now: () => nowMs });
  const bearer = async () => (await credential.prove(never)).headers.authorization;
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { farEnd, credential, bearer, wait };
}

test('a token is kept until it ends, and then another is fetched', async () => {
  const { farEnd, bearer, wait } = await withTokens({ access_token: 'tNTH', expires_in: 1800 });
  expect([await bearer(), await bearer()]).toEqual(['Bearer t1', 'Bearer t1']);
  wait(1_739_000);
  expect(await bearer()).toBe('Bearer t1');
  wait(2_000);
  expect(await bearer()).toBe('Bearer t2');
  expect(farEnd.received.map(({ method, body }) => `${method} ${body}`)).toEqual([
    `POST grant_type=client_credentials&client_id=id%3A1&client_secret=${secret}`,
    `POST grant_type=client_credentials&client_id=id%3A1&client_secret=${secret}`,
  ]);
});

test('one that was refused is not used again, and says whether it was kept', async () => {
  const { credential, bearer } = await withTokens({ access_token: 'tNTH', expires_in: '1800' });
  expect((await credential.prove(never)).isOld).toBe(false);
  expect((await credential.prove(never)).isOld).toBe(true);
  credential.forget();
  expect(await bearer()).toBe('Bearer t2');
  expect(credential.secrets).toEqual([secret, 't2', 't1']);
});

test('one without an end, or with a short one, is kept for a while', async () => {
  const endless = await withTokens({ access_token: 'tNTH' });
  await endless.bearer();
  endless.wait(500_000);
  expect(await endless.bearer()).toBe('Bearer t1');
  endless.wait(100_000);
  expect(await endless.bearer()).toBe('Bearer t2');
  const short = await withTokens({ access_token: 'tNTH', expires_in: 40 });
  await short.bearer();
  short.wait(19_000);
  expect(await short.bearer()).toBe('Bearer t1');
  short.wait(2_000);
  expect(await short.bearer()).toBe('Bearer t2');
});

test('id and secret go into Basic where that is wanted, and the scope along', async () => {
  const more = { place: 'basic', scope: 'https://x/.default' };
  const { farEnd, bearer } = await withTokens({ access_token: 't' }, 201, more);
  await bearer();
  const [{ headers, body } = { headers: {}, body: '' }] = farEnd.received;
  const pair = Buffer.from(`id%3A1:${secret}`).toString('base64');
  expect(headers.authorization).toBe(`Basic ${pair}`);
  expect(body).toBe('grant_type=client_credentials&scope=https%3A%2F%2Fx%2F.default');
});

test.each([
  [400, '{"error":"invalid_client"}', 'auth', 'gives no token'],
  [401, secret, 'auth', 'gives no token'],
  [302, '', 'bad_config', 'redirects'],
  [429, '', 'rate_limited', 'limits requests'],
  [200, '<p>Sign in</p>', 'malformed', 'holds no token'],
  [200, `{"access_token":"a b","x":"${secret}"}`, 'malformed', 'holds no token'],
  [200, '{"access_token":""}', 'malformed', 'holds no token'],
  [200, 'null', 'malformed', 'holds no token'],
])('an answer of %i with %s is no token', async (status, body, reason, text) => {
  const { bearer } = await withTokens(body, status);
  const error = await adapterError(bearer());
  expect(error).toMatchObject({ outcome: 'retry', reason, status });
  expect(error.message).toContain(text);
  expectNoSecret(error, secrets);
});

test('a header is always the same, and nothing is nothing', async () => {
  const plan = { kind: 'header', header: 'x-key', value: 'v', secrets: ['v'] } as const;
  const fixed = new Credential(plan, adapterContext());
  expect(await fixed.prove(never)).toEqual({ headers: { 'x-key': 'v' }, isOld: false });
  expect(fixed.secrets).toEqual(['v']);
  const none = new Credential({ kind: 'none' }, adapterContext());
  expect(await none.prove(never)).toEqual({ headers: {}, isOld: false });
  expect(none.secrets).toEqual([]);
});
